import * as api from './api.js';
import { element } from './dom.js';
import { address, go, read } from './state.js';
import { clear } from './charts.js';
import { VIEWS } from './views.js';

const POLL = 2000;
const LABELS = { sweep: 'Sweep', direction: 'Direction', metric: 'Metric', component: 'Component', tag: 'Tag', tag_value: 'Value of the tag', position_label: 'Label' };
const OPTIONAL = new Set(['component', 'tag', 'tag_value', 'position_label']);

let questions, study, choices, version, drawing = 0;
const main = document.getElementById('main');

async function load() {
  version = await api.version();
  [questions, study] = await Promise.all([api.questions(), api.study()]);
  choices = (await api.ask(questions.get('choices'), {})).rows;
  document.getElementById('study-name').textContent = study.study;
  document.title = study.study + ' - Patchgrid';
  const notices = [];
  if (study.simulated) notices.push('Simulated: the numbers of this study were made up. They say nothing about any model.');
  if (study.statistics_kind !== 'CURRENT') notices.push(study.statistics);
  document.getElementById('banners').replaceChildren(...notices.map((text) => element('p', { class: 'banner' }, text)));
}

function options(name, state) {
  return choices.filter((c) => c.name === name && (name !== 'tag_value' || c.parent === state.tag)).map((c) => c.choice);
}

// What is not chosen: the study's first metric, and the first of what else must be chosen.
function complete(state) {
  const full = { view: 'overview', ...state };
  if (!VIEWS[full.view]) full.view = 'overview';
  for (const name of ['sweep', 'direction', 'metric']) {
    const known = options(name, full);
    const first = name === 'metric' ? study.metrics.find((metric) => known.includes(metric)) : undefined;
    if (!full[name] && known.length > 0) full[name] = first ?? known[0];
  }
  if (!full.tag) delete full.tag_value;
  return full;
}

function showNavigation(state) {
  const shared = Object.fromEntries(['sweep', 'direction', 'metric', 'component', 'tag', 'tag_value'].map((name) => [name, state[name]]));
  document.getElementById('views').replaceChildren(...Object.entries(VIEWS)
    .filter(([name, view]) => (!view.hidden || name === state.view) && (!view.when || view.when(study)))
    .map(([name, view]) => element('li', {}, element('a', {
      href: name === state.view ? address(state) : address({ ...shared, view: name }),
      'aria-current': name === state.view ? 'page' : null,
    }, view.title))));
}

function showFilters(state) {
  const selects = VIEWS[state.view].filters
    .map((name) => [name, options(name, state)])
    .filter(([name, known]) => known.length > (OPTIONAL.has(name) ? 0 : 1))
    .map(([name, known]) => {
      const select = element('select', { name, onchange: () => change(name, select.value) },
        ...(OPTIONAL.has(name) ? [element('option', { value: '' }, name === 'tag' ? 'all pairs' : 'all')] : []),
        ...known.map((choice) => element('option', { value: choice, selected: choice === state[name] }, choice)));
      return element('label', {}, LABELS[name], select);
    });
  const form = document.getElementById('filters');
  const focused = form.contains(document.activeElement) ? document.activeElement.name : null;
  form.replaceChildren(...selects);
  if (focused) form.elements[focused]?.focus();
}

function change(name, value) {
  const state = { ...complete(read()), [name]: value };
  if (name === 'tag') {
    const first = choices.find((c) => c.name === 'tag_value' && c.parent === value);
    state.tag_value = first ? first.choice : '';
  }
  go(state);
}

async function show() {
  const mine = ++drawing;
  const state = complete(read());
  showNavigation(state);
  showFilters(state);
  main.setAttribute('aria-busy', 'true');
  let nodes;
  try {
    const context = { study, sweeps: options('sweep', state), ask: (name, wanted) => api.ask(questions.get(name), wanted) };
    nodes = await VIEWS[state.view].show(state, context);
  } catch (failure) {
    nodes = [element('p', { class: 'banner', role: 'alert' }, 'Cannot show this: ' + failure.message)];
  }
  if (mine !== drawing) return;
  // Charts are drawn when their places are in the page; functions in the list do that.
  const later = nodes.flat().filter((node) => typeof node === 'function');
  clear();
  main.replaceChildren(...nodes.flat().filter((node) => node instanceof Node));
  later.forEach((draw) => draw());
  main.setAttribute('aria-busy', 'false');
  main.dataset.shown = location.search;
}

async function poll() {
  try {
    if ((await api.version()) !== version) {
      await load();
      await show();
      document.getElementById('news').textContent = 'The study has changed: what is shown is new, ' + new Date().toLocaleTimeString() + '.';
    }
  } catch (failure) {
    document.getElementById('news').textContent = 'The dashboard does not answer: ' + failure.message + '. Was it ended?';
  }
  setTimeout(poll, POLL);
}

// Links inside the page change the state without loading the page again.
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="/?"]');
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  history.pushState(null, '', link.getAttribute('href'));
  show().then(() => main.focus({ preventScroll: true }));
});
window.addEventListener('popstate', show);
window.addEventListener('statechange', show);
window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', show);

await load();
await show();
setTimeout(poll, POLL);
