// @ts-nocheck: runs in a browser; the types of this project are Node's.
/**
 * What moves on the page of `run compare`: charts by Vega, parallel coordinates that are brushed, a table that sorts.
 * Names reach the page as text only.
 */
const data = JSON.parse(document.getElementById('data').textContent);

for (const { id, spec } of data.charts) {
  const view = new vega.View(vega.parse(spec), {
    renderer: 'svg',
    container: document.getElementById(id),
    hover: true,
  });
  view.runAsync();
  window.addEventListener('resize', () => view.resize().runAsync());
}

const table = document.getElementById('rows');

function sortBy(column, direction) {
  const body = table.tBodies[0];
  const key = (row) => row.cells[column].dataset.value;
  const rows = [...body.rows].sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    if (x === '' || y === '') return Number(x === '') - Number(y === '');
    const [m, n] = [Number(x), Number(y)];
    const order = Number.isNaN(m) || Number.isNaN(n) ? x.localeCompare(y) : m - n;
    return direction * order;
  });
  body.append(...rows);
}

[...table.tHead.rows[0].cells].forEach((head, column) => {
  head.firstElementChild.addEventListener('click', () => {
    const direction = head.getAttribute('aria-sort') === 'descending' ? 1 : -1;
    for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', direction === 1 ? 'ascending' : 'descending');
    sortBy(column, direction);
  });
});

const SVG = 'http://www.w3.org/2000/svg';
const HEIGHT = 280;
const TOP = 62;
const BOTTOM = 18;

function element(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Brushes by axis, as shares from 0 (bottom) to 1. */
const brushes = new Map();

function isChosen(line) {
  return [...brushes].every(
    ([axis, [low, high]]) => line.at[axis] !== null && line.at[axis] >= low && line.at[axis] <= high,
  );
}

function showChoice() {
  for (const path of document.querySelectorAll('#parallel path.line'))
    path.classList.toggle('out', !isChosen(data.lines[path.dataset.line]));
  for (const row of table.tBodies[0].rows) {
    const line = data.lines.find(({ row: own }) => own === Number(row.dataset.row));
    row.classList.toggle('out', brushes.size > 0 && (line === undefined || !isChosen(line)));
  }
}

function drawParallel() {
  const holder = document.getElementById('parallel');
  if (holder === null) return;
  holder.replaceChildren();
  const width = holder.clientWidth;
  const margin = 90;
  const xOf = (i) => margin + (i * (width - 2 * margin)) / Math.max(1, data.parallel.length - 1);
  const yOf = (share) => TOP + (1 - share) * (HEIGHT - TOP - BOTTOM);
  const svg = element('svg', { width, height: HEIGHT, role: 'img', 'aria-label': 'parallel coordinates' });
  data.lines.forEach((line, i) => {
    const points = line.at.flatMap((share, axis) => (share === null ? [] : [`${xOf(axis)},${yOf(share)}`]));
    const path = element('path', {
      d: `M${points.join('L')}`,
      class: line.row === 0 ? 'line best' : 'line',
      stroke: line.colour,
      'data-line': i,
    });
    path.append(element('title', {}, line.label));
    svg.append(path);
  });
  data.parallel.forEach(({ name, ticks }, axis) => {
    const x = xOf(axis);
    svg.append(element('line', { x1: x, x2: x, y1: yOf(1), y2: yOf(0), class: 'axis' }));
    const title = element(
      'text',
      {
        x,
        y: axis % 2 === 1 && width < 240 * data.parallel.length ? 38 : 16,
        class: 'title',
        'text-anchor': 'middle',
      },
      name,
    );
    svg.append(title);
    for (const { at, text } of ticks)
      svg.append(element('text', { x: x - 8, y: yOf(at) + 4, class: 'tick', 'text-anchor': 'end' }, text));
    const brush = element('rect', { x: x - 9, width: 18, y: 0, height: 0, class: 'brush' });
    const catcher = element('rect', {
      x: x - 14,
      width: 28,
      y: TOP - 8,
      height: HEIGHT - TOP - BOTTOM + 16,
      class: 'catcher',
      'data-axis': axis,
    });
    let from = null;
    const shareAt = (event) =>
      1 - (event.clientY - svg.getBoundingClientRect().top - TOP) / (HEIGHT - TOP - BOTTOM);
    catcher.addEventListener('pointerdown', (event) => {
      from = shareAt(event);
      catcher.setPointerCapture(event.pointerId);
      brushes.delete(axis);
      brush.setAttribute('height', 0);
      showChoice();
    });
    catcher.addEventListener('pointermove', (event) => {
      if (from === null) return;
      const to = shareAt(event);
      const [low, high] = [Math.min(from, to), Math.max(from, to)];
      if (high - low < 0.02) return;
      brushes.set(axis, [low, high]);
      brush.setAttribute('y', yOf(high));
      brush.setAttribute('height', yOf(low) - yOf(high));
      showChoice();
    });
    catcher.addEventListener('pointerup', () => {
      from = null;
    });
    const known = brushes.get(axis);
    if (known !== undefined) {
      brush.setAttribute('y', yOf(known[1]));
      brush.setAttribute('height', yOf(known[0]) - yOf(known[1]));
    }
    svg.append(brush, catcher);
  });
  holder.append(svg);
  showChoice();
}

drawParallel();
window.addEventListener('resize', drawParallel);
