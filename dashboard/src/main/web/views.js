import { element, layerName, percent } from './dom.js';
import { ask } from './api.js';
import { address, go } from './state.js';
import { table, sql } from './tables.js';
import * as charts from './charts.js';

// Each view: its title, the filters it has, and what it shows for a state. `context` has questions and the study.
const ALL = ['sweep', 'direction', 'metric', 'component', 'tag', 'tag_value'];

const pairLink = (state) => (row) => address({ view: 'pair', pair_id: row.pair_id, sweep: row.sweep ?? state.sweep, direction: row.direction ?? state.direction, metric: row.metric ?? state.metric });
const siteState = (row) => ({ view: 'site', sweep: row.sweep, direction: row.direction, metric: row.metric, component: row.component, layer: row.layer, head: row.head, position: row.position, position_label: row.position_label, source_position: row.source_position, receiver: row.receiver });
const siteLink = (row) => address(siteState(row));
const isGiven = (value) => value !== null && value !== undefined;
const numbered = (row, column, name) => isGiven(row[column]) ? `${name} ${row[column]}` : null;
const siteName = (row) => [row.component, 'layer ' + row.layer, numbered(row, 'head', 'head'), numbered(row, 'position', 'position'), row.position_label, numbered(row, 'source_position', 'source position'), row.receiver ? 'to ' + row.receiver : null].filter(Boolean).join(', ');

// What one chart is of: a component, or the paths from it to one receiver.
function byComponent(rows) {
  const groups = new Map();
  for (const row of rows) {
    const name = row.receiver ? `${row.component} to ${row.receiver}` : row.component;
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  return groups;
}

// A column of a map of positions: a position with its token, a label, or an entry of a pattern: where it is <- its source position.
const positionColumn = (tokens) => (row) => {
  const at = (position) => `${position} ${tokens.get(position) ?? ''}`.trim();
  const place = row.position_label ?? (isGiven(row.position) ? at(row.position) : '');
  return isGiven(row.source_position) ? `${place} <- ${at(row.source_position)}`.trim() : place;
};

// The last layer of the model as far as the rows of a sweep say it.
function lastLayer(study, rows, sweep) {
  return study.sweeps_of_all_layers.includes(sweep) ? Math.max(...rows.filter((row) => row.sweep === sweep).map((row) => row.layer)) : Infinity;
}

function chart(wide = false) {
  return element('div', { class: wide ? 'chart wide' : 'chart' });
}

async function overview(state, context) {
  const { study } = context;
  const progress = await context.ask('progress', {});
  const quality = await context.ask('data-quality', {});
  const components = await context.ask('components', state);
  const statuses = await context.ask('statuses', state);
  // They read every cell, so they are asked of screened studies alone.
  const isScreened = context.sweeps.some((name) => name.endsWith('.screen'));
  const screen = isScreened ? await context.ask('screen', state) : null;
  const missed = isScreened ? await context.ask('screen-missed', state) : null;
  const changes = await context.ask('changes', state);
  const now = progress.rows[0];
  const facts = { study: study.study, model: `${study.model}, ${study.dtype}`, prompts: study.prompts, metrics: study.metrics.join(', '), fingerprint: study.fingerprint, statistics: study.statistics, ...Object.fromEntries(Object.entries(study.versions).map(([k, v]) => [k + ' version', v])) };
  return [
    element('h2', {}, 'What was run'),
    element('dl', {}, ...Object.entries(facts).flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)])),
    element('details', {}, element('summary', {}, 'The study with every default'), element('pre', { tabindex: '0' }, study.study_conf)),
    element('h2', {}, 'Progress'),
    now.tasks === null ? null : element('p', {}, element('progress', { max: now.tasks, value: now.tasks_done, 'aria-label': 'Tasks done' }), ` ${now.tasks_done} of ${now.tasks} tasks, ${now.cells} cells, ${now.failed_cells} failed, ${now.audited_cells} audited and agreed`),
    ...Object.entries(study.quarantined).map(([task, reason]) => element('p', { class: 'banner' }, `Task ${task} was given up: ${reason}`)),
    table(progress, { caption: 'Progress' }), sql(progress),
    element('h2', {}, 'Data quality'),
    table(quality, { caption: 'Pairs and measurements by status' }), sql(quality),
    table(statuses, { caption: 'Sites and layers with measurements that do not count' }), sql(statuses),
    ...(screen?.rows.length ? [element('h2', {}, 'How good was the screen?'), table(screen, { caption: 'Estimates against measurements, on the sample of pairs' }), sql(screen), table(missed, { caption: 'What the screen missed' }), sql(missed)] : []),
    ...(changes.rows.length ? [element('h2', {}, 'What does the ablation change?'), table(changes, { caption: 'patched - clean, in the unit of the metric' }), sql(changes)] : []),
    element('h2', {}, 'Which component matters?'),
    table(components, { caption: 'Components, by their best layer', links: { component: (row) => address({ view: 'layers', sweep: row.sweep, direction: row.direction, metric: row.metric, component: row.component }) } }), sql(components),
  ];
}

async function layers(state, context) {
  const answer = await context.ask('layers', state);
  const statuses = await context.ask('statuses', state);
  const notes = (row) => {
    const found = statuses.rows.find((s) => s.grouping === 'layer' && s.component === row.component && s.receiver === row.receiver && s.layer === row.layer && s.window === row.window && s.direction === row.direction && s.metric === row.metric && s.sweep === row.sweep);
    if (!found) return 'no value';
    return ['n_by_construction', 'n_degenerate_baseline', 'n_no_baseline', 'n_not_finite', 'n_failed'].reduce((a, b) => (found[b] > found[a] ? b : a)).slice(2).replaceAll('_', ' ');
  };
  const [low, high] = charts.intervals(answer.rows);
  const numbers = answer.rows.flatMap((row) => [row.mean_effect, row[low], row[high]]).filter((v) => v !== null);
  const extent = [Math.min(0, ...numbers), Math.max(0.05, ...numbers)].map((v) => Math.ceil(v * 20 * 1.02) / 20);
  extent[0] = Math.floor(Math.min(0, ...numbers) * 20) / 20;
  const holder = element('div', { class: 'charts' });
  const later = [];
  for (const [component, rows] of byComponent(answer.rows)) {
    const target = chart();
    holder.append(element('section', { 'aria-label': component }, element('h3', {}, component), target));
    later.push(() => charts.bars(target, { label: `Mean effect of ${component} by layer`, rows, extent, notes, name: (row) => layerName(row, lastLayer(context.study, answer.rows, row.sweep)), onclick: (row) => go({ ...state, view: 'heatmap', component: row.component }) }));
  }
  return [
    element('h2', {}, 'Which layers matter?'),
    element('p', { class: 'quiet' }, `Bars are mean effects over pairs; whiskers are 95% ${low === 't_low' ? 't' : 'bootstrap'} intervals. Where a layer has several sites (heads, positions, labels, source positions), a pair's effect is the mean over them. What is so by construction has no bar and no rank.`),
    holder, table(answer, { caption: 'Layers', links: { component: (row) => address({ ...state, view: 'heatmap', component: row.component }) } }), sql(answer), later,
  ];
}

async function heatmap(state, context) {
  const positions = await context.ask('heatmap-layer-position', state);
  const heads = await context.ask('heatmap-layer-head', state);
  const tokens = await context.ask('position-tokens', {});
  const token = new Map(tokens.rows.map((row) => [row.position, 2 * row.n >= row.pairs ? row.token : `(${row.tokens} tokens)`]));
  const shown = positions.rows.filter((row) => !state.position_label || row.position_label === state.position_label);
  const nodes = [element('h2', {}, 'Where in the prompt, and which heads?'),
    element('p', { class: 'quiet' }, 'Blue is above zero, red below, white is nothing. Choose a field, or a layer in the table, for the pairs behind it.')];
  const later = [];
  const maps = (answer, rows, title, column) => {
    if (rows.length === 0) return;
    const limit = Math.max(0.01, ...rows.map((row) => Math.abs(row.mean_effect ?? 0)));
    for (const [component, own] of byComponent(rows)) {
      const target = chart(true);
      nodes.push(element('h3', {}, `${title}: ${component}`), target);
      later.push(() => charts.heatMap(target, { label: `${title}: ${component}`, rows: own, column, order: context.study.labels[state.sweep], limit, onclick: (row) => go(siteState(row)) }));
    }
    nodes.push(table({ ...answer, rows, total: rows.length }, { caption: title, links: { layer: siteLink } }), sql(answer));
  };
  maps(positions, shown, 'Layer by position', positionColumn(token));
  maps(heads, heads.rows, 'Layer by head', (row) => String(row.head));
  if (shown.length === 0 && heads.rows.length === 0) nodes.push(element('p', {}, 'This sweep patches all positions and all heads at once: there is no map. The view Layers has its effects.'));
  return [...nodes, later];
}

async function sites(state, context) {
  const answer = await context.ask('top-sites', state);
  const rows = answer.rows.filter((row) => !state.position_label || row.position_label === state.position_label);
  const target = chart(true);
  return [
    element('h2', {}, 'The sites with the largest mean effect'),
    element('p', { class: 'quiet' }, 'The first of many is partly luck: look at q_value, which counts how many sites were looked at.'),
    target, table({ ...answer, rows, total: rows.length }, { caption: 'Top sites', links: { layer: siteLink, component: siteLink } }), sql(answer),
    rows.length ? [() => charts.points(target, { label: 'Top sites with intervals', rows, name: siteName, onclick: (row) => go(siteState(row)) })] : [],
  ];
}

async function site(state, context) {
  const answer = await context.ask('site-pairs', state);
  return [
    element('h2', {}, 'One site: ' + siteName(state)),
    element('p', { class: 'quiet' }, 'Each pair measured there, the largest effect first.'),
    table(answer, { caption: 'Pairs at this site', links: { pair_id: (row) => address({ ...state, view: 'pair', pair_id: row.pair_id }) } }), sql(answer),
  ];
}

async function pairs(state, context) {
  const outliers = await context.ask('outlier-pairs', state);
  const all = await context.ask('pairs', {});
  return [
    element('h2', {}, 'Which pairs are unlike the others?'),
    table(outliers, { caption: 'Outlier pairs', links: { pair_id: pairLink(state) } }), sql(outliers),
    element('h2', {}, 'All pairs'),
    table(all, { caption: 'Pairs', links: { pair_id: pairLink(state) } }), sql(all),
  ];
}

async function pair(state, context) {
  if (!state.pair_id) return pairs(state, context);
  const tokens = await context.ask('pair-tokens', state);
  const answer = await context.ask('pair', state);
  const hasCorrupted = tokens.rows.some((row) => row.corrupted_token !== null);
  const list = (run) => element('ol', { class: 'tokens' }, ...tokens.rows.filter((row) => row[run + '_token'] !== null).map((row) => element('li', {
    class: [hasCorrupted && row.clean_token !== row.corrupted_token ? 'differs' : '', String(row.position) === String(state.position) ? 'site' : ''].join(' ').trim() || null,
    title: 'position ' + row.position,
  }, row[run + '_token'])));
  const isPlaced = (row) => row.position !== null || row.position_label !== null || row.source_position !== null;
  const ofAllHeads = answer.rows.filter((row) => row.head === null && row.effect !== null);
  const whole = ofAllHeads.filter((row) => !isPlaced(row));
  const placed = ofAllHeads.filter(isPlaced);
  const holder = element('div', { class: 'charts' });
  const later = [];
  const own = (row) => ({ ...row, mean_effect: row.effect, t_low: null, t_high: null, bootstrap_low: null, bootstrap_high: null });
  const clean = new Map(tokens.rows.map((row) => [row.position, row.clean_token]));
  for (const [component, rows] of byComponent(whole)) {
    const target = chart();
    const values = rows.map((row) => row.effect);
    holder.append(element('section', { 'aria-label': component }, element('h3', {}, component), target));
    later.push(() => charts.bars(target, { label: `Effect of ${component} by layer in this pair`, rows: rows.map(own), extent: [Math.min(0, ...values), Math.max(0.05, ...values)], notes: () => '', name: (row) => layerName(row, lastLayer(context.study, answer.rows, row.sweep)) }));
  }
  for (const [component, rows] of byComponent(placed)) {
    const target = chart(true);
    holder.append(element('section', { 'aria-label': component, class: 'chart wide' }, element('h3', {}, component), target));
    later.push(() => charts.heatMap(target, { label: `Effect of ${component} by layer and position in this pair`, rows: rows.map(own), column: positionColumn(clean), order: context.study.labels[state.sweep], limit: Math.max(0.01, ...rows.map((row) => Math.abs(row.effect))) }));
  }
  return [
    element('h2', {}, 'One pair: ' + state.pair_id),
    element('h3', {}, 'Clean'), list('clean'), ...(hasCorrupted ? [element('h3', {}, 'Corrupted'), list('corrupted')] : []),
    sql(tokens), holder, table(answer, { caption: 'Measurements of this pair, beside the mean over all pairs' }), sql(answer), later,
  ];
}

async function metrics(state, context) {
  const agreement = await context.ask('metric-agreement', state);
  const both = await context.ask('sufficient-necessary', state);
  const distribution = await context.ask('distribution', state);
  const holder = element('div', { class: 'charts' });
  const later = [];
  for (const [component, rows] of byComponent(distribution.rows)) {
    const target = chart();
    holder.append(element('section', { 'aria-label': component }, element('h3', {}, component), target));
    later.push(() => charts.histogram(target, { label: `Distribution of effects of ${component}`, rows }));
  }
  return [
    element('h2', {}, 'Do the metrics agree on which sites matter?'), table(agreement, { caption: 'Agreement of metrics' }), sql(agreement),
    element('h2', {}, 'Which sites restore the behaviour, and which break it?'), table(both, { caption: 'Sufficient and necessary sites', links: { layer: (row) => siteLink({ ...row, direction: 'denoising' }) } }), sql(both),
    element('h2', {}, 'How are the effects distributed?'), holder, table(distribution, { caption: 'Histogram' }), sql(distribution), later,
  ];
}

async function compare(state, context) {
  const answer = await context.ask('compare-studies', state);
  const rows = answer.rows.slice(0, 30);
  const target = chart(true);
  return [
    element('h2', {}, 'Where do the two studies differ?'),
    element('p', { class: 'quiet' }, 'Sites that both have, the largest difference first: the other study minus this one.'),
    target, table(answer, { caption: 'Differences', links: { layer: siteLink } }), sql(answer),
    rows.length ? [() => charts.points(target, { label: 'Differences between the studies', rows: rows.map((row) => ({ ...row, mean_effect: row.difference, bootstrap_low: null, bootstrap_high: null, t_low: row.standard_error === null ? null : row.difference - 1.96 * row.standard_error, t_high: row.standard_error === null ? null : row.difference + 1.96 * row.standard_error })), name: siteName, onclick: (row) => go(siteState(row)) })] : [],
  ];
}

export const VIEWS = {
  overview: { title: 'Overview', filters: ['sweep', 'direction', 'metric', 'tag', 'tag_value'], show: overview },
  layers: { title: 'Layers', filters: ALL, show: layers },
  heatmap: { title: 'Positions and heads', filters: [...ALL, 'position_label'], show: heatmap },
  sites: { title: 'Top sites', filters: [...ALL, 'position_label'], show: sites },
  pairs: { title: 'Pairs', filters: ['sweep', 'direction', 'metric'], show: pairs },
  metrics: { title: 'Metrics and distributions', filters: ALL, show: metrics },
  compare: { title: 'Compare', filters: ALL, show: compare, when: (study) => study.compares },
  site: { title: 'Site', filters: ['direction', 'metric'], show: site, hidden: true },
  pair: { title: 'Pair', filters: ['sweep', 'direction', 'metric', 'component'], show: pair, hidden: true },
};
