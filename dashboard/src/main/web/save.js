import { element } from './dom.js';

// Nothing is sent anywhere: the browser writes what it has.
function download(name, blob) {
  const link = element('a', { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function csv(columns, rows) {
  const field = (value) => {
    const text = value === null || value === undefined ? '' : String(value);
    return /[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
  };
  return [columns, ...rows.map((row) => columns.map((column) => row[column]))].map((row) => row.map(field).join(',') + '\n').join('');
}

// Buttons that save a chart or a table. `canvas` makes the picture, for a chart.
export function saveButtons(title, columns, rows, canvas) {
  const name = title.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const button = (label, onclick) => element('button', { type: 'button', 'aria-label': `Save as ${label}: ${title}`, onclick }, label);
  return element('div', { class: 'save' },
    canvas ? button('PNG', () => canvas().toBlob((blob) => download(name + '.png', blob), 'image/png')) : null,
    button('CSV', () => download(name + '.csv', new Blob([csv(columns, rows)], { type: 'text/csv' }))));
}
