import { element, number } from './dom.js';
import { saveButtons } from './save.js';

const PROSE = new Set(['clean', 'corrupted', 'clean_prompt', 'corrupted_prompt', 'reason']);

// A table beside every chart: the same rows, for who cannot see the chart or wants the numbers.
export function table(answer, { caption, links = {} }) {
  const { columns } = answer;
  if (answer.rows.length === 0) return element('p', { class: 'quiet' }, caption + ': none.');
  const head = element('tr', {}, ...columns.map((column) => element('th', { scope: 'col', title: describe(answer, column) }, column)));
  const body = answer.rows.map((row) => element('tr', {}, ...columns.map((column) => cell(row, column, links))));
  const more = answer.total > answer.rows.length ? ` The first ${answer.rows.length} of ${answer.total} rows.` : '';
  return element('div', {}, saveButtons(caption, columns, answer.rows), element('div', { class: 'table', tabindex: '0', role: 'region', 'aria-label': 'Table: ' + caption },
    element('table', {}, element('caption', {}, caption + '.' + more), element('thead', {}, head), element('tbody', {}, ...body))));
}

function cell(row, column, links) {
  const value = row[column];
  const attributes = { 'data-column': column };
  if (typeof value === 'number') {
    attributes.class = 'number';
    attributes['data-value'] = value;
    attributes.title = value;
  } else if (PROSE.has(column) && typeof value === 'string' && value.length > 40) {
    attributes.class = 'prose';
  }
  const text = value === null ? '' : typeof value === 'number' ? number(value) : String(value);
  const link = links[column]?.(row);
  return element('td', attributes, link && text !== '' ? element('a', { href: link }, text) : text);
}

function describe(answer, column) {
  return answer.question.columns.find((known) => known.name === column)?.description || null;
}

// The SQL of a view as it runs, with its parameters, to be pasted into DuckDB or Spark.
export function sql(answer) {
  const values = Object.entries(answer.parameters).map(([key, value]) => `-- with ${key} = ${value}\n`).join('');
  const text = values + answer.question.sql;
  const said = element('span', { role: 'status', class: 'quiet' });
  const copy = element('button', {
    type: 'button',
    'aria-label': 'Copy the SQL of ' + answer.question.name,
    onclick: async () => {
      try {
        await navigator.clipboard.writeText(text);
        said.textContent = ' copied';
      } catch (refused) {
        said.textContent = ' the browser refuses to copy: select the text';
      }
    },
  }, 'Copy');
  return element('details', { class: 'sql' }, element('summary', {}, `SQL: ${answer.question.name}.sql`),
    copy, said, element('pre', { tabindex: '0' }, text));
}
