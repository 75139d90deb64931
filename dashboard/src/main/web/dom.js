// Makes elements. Text is always text: nothing that a study holds becomes markup.
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export function percent(value) {
  return value === null ? '–' : (Math.round(1000 * value) / 10 || 0).toFixed(1) + '%';
}

export function number(value) {
  if (Number.isInteger(value)) return String(value);
  return value === 0 ? '0' : Number(value.toPrecision(4)).toString();
}
