// Adds buttons that save a figure: the chart as SVG and PNG, its rows as CSV and JSON. Nothing is sent anywhere.
'use strict';

function save(name, type, content) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function csv({ columns, rows }) {
  const field = (value) => {
    const text = value === null ? '' : String(value);
    return /[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
  };
  return [columns, ...rows].map((row) => row.map(field).join(',') + '\n').join('');
}

function json({ columns, rows }) {
  return rows.map((row) => JSON.stringify(Object.fromEntries(row.map((value, i) => [columns[i], value]))) + '\n').join('');
}

// On white, whatever the page's colours are: a saved chart is for papers.
function svg(figure) {
  const copy = figure.querySelector('.chart svg').cloneNode(true);
  const paper = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  paper.setAttribute('width', '100%');
  paper.setAttribute('height', '100%');
  paper.setAttribute('fill', '#ffffff');
  copy.querySelector('title').after(paper);
  return new XMLSerializer().serializeToString(copy);
}

function savePng(figure, name) {
  const source = figure.querySelector('.chart svg');
  const image = new Image();
  image.onload = () => {
    const canvas = document.createElement('canvas');
    canvas.width = 2 * source.width.baseVal.value;
    canvas.height = 2 * source.height.baseVal.value;
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => save(name, 'image/png', blob), 'image/png');
  };
  image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(svg(figure));
}

for (const figure of document.querySelectorAll('figure')) {
  const name = figure.dataset.name;
  const data = () => JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
  const buttons = document.createElement('div');
  buttons.className = 'save';
  const add = (label, action) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = label;
    button.setAttribute('aria-label', 'Save as ' + label + ': ' + figure.querySelector('h4').textContent);
    button.addEventListener('click', action);
    buttons.append(button);
  };
  if (figure.querySelector('.chart svg')) {
    add('SVG', () => save(name + '.svg', 'image/svg+xml', svg(figure)));
    add('PNG', () => savePng(figure, name + '.png'));
  }
  add('CSV', () => save(name + '.csv', 'text/csv', csv(data())));
  add('JSON', () => save(name + '.json', 'application/json', json(data())));
  figure.querySelector('h4').after(buttons);
}
