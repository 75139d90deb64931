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

// A layer with those that were patched together with it: 'Layer 4 ±1' for a window of three, 'Layers 3-4' for one of two. A window ends at the last layer.
export function layerName({ layer, window }, last = Infinity) {
  if (window % 2 === 1) return 'Layer ' + layer + (window === 1 ? '' : ' ±' + (window - 1) / 2);
  const first = Math.max(0, layer - window / 2), end = Math.min(last, layer + window / 2 - 1);
  return first === end ? 'Layer ' + first : `Layers ${first}-${end}`;
}
