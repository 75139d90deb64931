import * as echarts from './vendor/echarts.js';
import { percent } from './dom.js';
import { saveButtons } from './save.js';

const BLUE = '#4477aa', ROSE = '#cc6677';
// Red below zero, white at zero, blue above: ColorBrewer's RdBu, as in the report.
const DIVERGING = ['#b2182b', '#f4a582', '#f7f7f7', '#92c5de', '#2166ac'];
const charts = new Set();

// Forgets the charts of the view before.
export function clear() {
  for (const chart of charts) chart.dispose();
  charts.clear();
}

window.addEventListener('resize', () => charts.forEach((chart) => chart.resize()));

function colours() {
  const style = getComputedStyle(document.documentElement);
  const value = (name) => style.getPropertyValue(name).trim();
  return { ink: value('--ink'), line: value('--line'), paper: value('--paper') };
}

function draw(target, height, label, rows, option, onclick) {
  target.style.height = height + 'px';
  const { ink, paper } = colours();
  const chart = echarts.init(target, null, { renderer: 'canvas' });
  charts.add(chart);
  chart.setOption({
    animation: false,
    textStyle: { color: ink },
    // Rich text is drawn on the canvas: markup would need inline styles, which the page forbids.
    tooltip: { renderMode: 'richText', confine: true, backgroundColor: paper, textStyle: { color: ink }, ...option.tooltip },
    ...option,
  });
  target.setAttribute('role', 'img');
  target.setAttribute('aria-label', label + '. The table below has the same numbers.');
  if (onclick) chart.on('click', onclick);
  target.after(saveButtons(label, Object.keys(rows[0] ?? {}), rows, () => chart.renderToCanvas({ pixelRatio: 2, backgroundColor: paper })));
}

const axisStyle = () => {
  const { ink, line } = colours();
  return { axisLabel: { color: ink }, axisLine: { lineStyle: { color: ink } }, splitLine: { lineStyle: { color: line } } };
};

// Whiskers from low to high, along the axis of values, which is x.
function whiskers(rows, low, high) {
  const { ink } = colours();
  return {
    type: 'custom', silent: true, z: 3, encode: { x: [1, 2], y: 0 }, data: rows.map((row, i) => [i, row[low], row[high]]),
    renderItem: (params, api) => {
      if (Number.isNaN(api.value(1)) || Number.isNaN(api.value(2))) return null;
      const from = api.coord([api.value(1), api.value(0)]), to = api.coord([api.value(2), api.value(0)]);
      const line = (x1, y1, x2, y2) => ({ type: 'line', shape: { x1, y1, x2, y2 }, style: { stroke: ink, lineWidth: 1.2 } });
      return { type: 'group', children: [line(from[0], from[1], to[0], to[1]), line(from[0], from[1] - 3, from[0], from[1] + 3), line(to[0], to[1] - 3, to[0], to[1] + 3)] };
    },
  };
}

export function intervals(rows) {
  return rows.some((row) => row.bootstrap_low !== null) ? ['bootstrap_low', 'bootstrap_high'] : ['t_low', 't_high'];
}

// The guide's chart: a row a layer, a bar from zero, with error bars.
export function bars(target, { label, rows, name, extent, notes, onclick }) {
  const [low, high] = intervals(rows);
  const text = (row) => row.mean_effect === null ? notes(row) : `${percent(row.mean_effect)}` + (row[low] === null ? '' : ` (${percent(row[low])} to ${percent(row[high])})`);
  const longest = Math.max(...rows.map((row) => name(row).length));
  draw(target, 60 + 20 * rows.length, label, rows, {
    grid: { left: Math.max(70, 7 * longest), right: 175, top: 10, bottom: 28 },
    tooltip: { trigger: 'item', formatter: ({ dataIndex }) => `${name(rows[dataIndex])}\n${text(rows[dataIndex])}` },
    xAxis: { type: 'value', min: extent[0], max: extent[1], ...axisStyle(), axisLabel: { ...axisStyle().axisLabel, formatter: (v) => Math.round(100 * v) + '%' } },
    yAxis: { type: 'category', inverse: true, data: rows.map(name), axisTick: { show: false }, ...axisStyle(), splitLine: { show: false } },
    series: [
      { type: 'bar', barWidth: 13, data: rows.map((row) => ({ value: row.mean_effect, itemStyle: { color: row.mean_effect < 0 ? ROSE : BLUE } })) },
      whiskers(rows, low, high),
      { type: 'bar', barGap: '-100%', barWidth: 13, silent: true, itemStyle: { color: 'transparent' }, data: rows.map(() => extent[1]),
        label: { show: true, position: 'right', color: colours().ink, fontSize: 11, formatter: ({ dataIndex }) => text(rows[dataIndex]) } },
    ],
  }, onclick && (({ dataIndex }) => onclick(rows[dataIndex])));
}

// Columns are in the order of their numbers; labels in that in which the study names them.
export function heatMap(target, { label, rows, column, order = [], limit, onclick }) {
  const number = (a, b, name) => (a[name] ?? -1) - (b[name] ?? -1);
  const text = (row) => row.position_label ?? '';
  const inOrder = (a, b) => number(a, b, 'head') || number(a, b, 'position') || order.indexOf(text(a)) - order.indexOf(text(b)) || text(a).localeCompare(text(b)) || number(a, b, 'source_position');
  const layers = [...new Set(rows.map((row) => row.layer))].sort((a, b) => a - b);
  const columns = [...new Set([...rows].sort(inOrder).map(column))];
  const small = columns.length <= 24;
  const longest = Math.max(...columns.map((name) => name.length));
  const top = longest > 3 ? Math.min(120, 20 + 6 * longest) : 24;
  draw(target, top + 24 * layers.length + 50, label, rows, {
    grid: { left: 70, right: 20, top, bottom: 44 },
    tooltip: { formatter: ({ value }) => `layer ${layers[value[1]]}, ${columns[value[0]]}\n${percent(value[2])}` },
    xAxis: { type: 'category', position: 'top', data: columns, ...axisStyle(), axisLabel: { color: colours().ink, rotate: longest > 3 ? 40 : 0, interval: small ? 0 : 'auto' } },
    yAxis: { type: 'category', inverse: true, data: layers.map((layer) => 'Layer ' + layer), ...axisStyle() },
    visualMap: { min: -limit, max: limit, calculable: false, orient: 'horizontal', left: 70, bottom: 0, itemHeight: 160, itemWidth: 10, text: [percent(limit), percent(-limit)], textStyle: { color: colours().ink }, inRange: { color: DIVERGING } },
    series: [{
      type: 'heatmap', data: rows.map((row) => [columns.indexOf(column(row)), layers.indexOf(row.layer), row.mean_effect]),
      itemStyle: { borderColor: colours().paper, borderWidth: 1 },
      label: { show: small, fontSize: 10, formatter: ({ value }) => `${Math.round(100 * value[2])}` },
    }],
  }, onclick && (({ dataIndex }) => onclick(rows[dataIndex])));
}

export function points(target, { label, rows, name, onclick }) {
  const [low, high] = intervals(rows);
  const longest = Math.max(...rows.map((row) => name(row).length));
  draw(target, 50 + 21 * rows.length, label, rows, {
    grid: { left: Math.max(300, 7 * longest), right: 170, top: 8, bottom: 28 },
    tooltip: { formatter: ({ dataIndex }) => `${name(rows[dataIndex])}\n${percent(rows[dataIndex].mean_effect)}` },
    xAxis: { type: 'value', ...axisStyle(), axisLabel: { color: colours().ink, formatter: (v) => Math.round(100 * v) + '%' } },
    yAxis: { type: 'category', inverse: true, data: rows.map(name), axisTick: { show: false }, ...axisStyle(), splitLine: { show: false } },
    series: [
      { type: 'scatter', symbolSize: 9, itemStyle: { color: BLUE }, data: rows.map((row, i) => [row.mean_effect, i]),
        label: { show: true, position: 'right', distance: 8, color: colours().ink, fontSize: 11, formatter: ({ dataIndex }) => percent(rows[dataIndex].mean_effect) } },
      whiskers(rows, low, high),
    ],
  }, onclick && (({ dataIndex }) => onclick(rows[dataIndex])));
}

export function histogram(target, { label, rows }) {
  const { ink } = colours();
  draw(target, 190, label, rows, {
    grid: { left: 60, right: 20, top: 14, bottom: 28 },
    tooltip: { formatter: ({ dataIndex }) => `${percent(rows[dataIndex].low)} to ${percent(rows[dataIndex].high)}\n${rows[dataIndex].measurements}` },
    xAxis: { type: 'value', min: -0.5, max: 1.5, ...axisStyle(), axisLabel: { color: ink, formatter: (v) => Math.round(100 * v) + '%' } },
    yAxis: { type: 'value', ...axisStyle() },
    series: [{ type: 'bar', barWidth: 6, itemStyle: { color: BLUE }, data: rows.map((row) => [(row.low + row.high) / 2, row.measurements]) }],
  });
}
