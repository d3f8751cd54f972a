/**
 * A comparison as one HTML page that needs no network: Vega, charts and data stand in it. What comes from names is
 * escaped: as text in HTML, and with `<` written as an escape inside JSON.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { TopLevelSpec } from 'vega-lite';
import { formatLoss, formatNumberOf, formatScore } from '../report/text/format.ts';
import { metricName } from '../sweep/search/metric.ts';
import { curveSpec, effectSpec } from './charts.ts';
import { parallelOf } from './parallel.ts';
import { noRepetition, spreadSentence } from './repetition.ts';
import { meanOver, type Row, wordOf } from './rows.ts';
import type { Summary } from './statistics.ts';
import { type Comparison, percent } from './table.ts';
import { numericsNote } from './trials.ts';

const here = import.meta.dirname;
// The package lets its module be found, and the bundle for browsers lies beside it.
const vegaFile = join(dirname(createRequire(import.meta.url).resolve('vega')), 'vega.min.js');

/**
 * @param made.command as it was typed
 * @returns HTML
 */
export async function comparisonPage(
  comparison: Comparison,
  made: { readonly at: Date; readonly command: string },
): Promise<string> {
  const { compared, rows, verdict, importance } = comparison;
  const { names, axes, metric, trials } = compared;
  const vegaLite = await import('vega-lite');
  const title = names.join(', ');
  const specs: { id: string; spec: TopLevelSpec }[] = [
    ...(['loss', 'balancedAccuracy'] as const).map((of) => ({
      id: `curves-${of}`,
      spec: curveSpec(rows, of),
    })),
    ...axes.map((axis, i) => ({ id: `effect-${i}`, spec: effectSpec(axis, rows, metricName(metric)) })),
  ];
  const charts = specs.map(({ id, spec }) => ({ id, spec: vegaLite.compile(spec).spec }));
  const data = { charts, ...parallelOf(compared, rows) };
  const missing = rows.flatMap((row) => row.missing);
  const note = numericsNote(trials);
  const chart = (id: string): string => `<div class="chart" id="${id}"></div>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><title>${escapeHtml(title)}</title><style>${readFileSync(join(here, 'page.css'), 'utf8')}</style></head>
<body><main>
<header><h1>${escapeHtml(title)}</h1>
<p>${formatNumberOf(trials.length, 'trial')}, ${trials.length - missing.length} with a result. Compared by ${escapeHtml(metricName(metric))}, ${metric.direction === 'maximize' ? 'higher' : 'lower'} is better. Made ${made.at.toISOString().slice(0, 16).replace('T', ' ')} UTC by <code>${escapeHtml(made.command)}</code></p>${note === undefined ? '' : `<p>${escapeHtml(note)}</p>`}</header>
${verdict ? section('Do the best two differ?', `<p>Best: <code>${escapeHtml(verdict.best)}</code></p><p>Second: <code>${escapeHtml(verdict.second)}</code></p><p>${escapeHtml(verdict.text)}</p>`) : ''}
${axes.length > 0 ? section('Parallel coordinates', '<p>Drag along an axis to choose; click it to choose all again. The best is orange.</p><div id="parallel"></div>') : ''}
${section('Results', `<p>${spreadSentence(compared.repetition ?? noRepetition)} Click a heading to sort. The majority baseline is a plain accuracy.</p><div class="wide">${rowsTable(comparison)}</div>`)}
${missing.length > 0 ? section('Without a result', `<div class="wide"><table><tbody>${missing.map(({ label, status, reason }) => `<tr>${[label, status, reason ?? ''].map((text) => `<td>${escapeHtml(text)}</td>`).join('')}</tr>`).join('')}</tbody></table></div>`) : ''}
${axes.length > 0 ? section('Main effects', `<p>Small: one combination, its seeds averaged. Large: mean over the other axes, with one standard deviation.</p><div class="effects">${axes.map((_, i) => chart(`effect-${i}`)).join('')}</div>`) : ''}
${importance ? section('Importance', `<p>Share of the variance that each axis explains alone: ${importance.method === 'exact' ? 'exact functional ANOVA of the complete grid' : 'functional ANOVA by a random forest, an estimate'} (Hutter, Hoos and Leyton-Brown, ICML 2014). Seeds are averaged first.</p>${[...importance.axes, { name: 'interactions', share: importance.interactions, rest: true }].map((one) => `<div class="bar${'rest' in one ? ' rest' : ''}"><span>${escapeHtml(one.name)}</span><div><i style="width:${(one.share * 100).toFixed(2)}%"></i></div><span class="number">${percent(one.share)}</span></div>`).join('')}`) : ''}
${section('Learning curves', `<p>Validation rows, every run. The runs of the best row are orange; point at a line for its name.</p><div class="pair">${chart('curves-loss')}${chart('curves-balancedAccuracy')}</div>`)}
</main><script type="application/json" id="data">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
<script>${inline(readFileSync(vegaFile, 'utf8'))}</script><script>${inline(readFileSync(join(here, 'client.js'), 'utf8'))}</script></body></html>
`;
}

function section(title: string, body: string): string {
  return `<section><h2>${title}</h2>${body}</section>`;
}

function rowsTable({ compared: { axes, metric }, rows }: Comparison): string {
  const format = metric.name === 'loss' ? formatLoss : formatScore;
  const scores: { title: string; of: (row: Row) => Summary | null; format: typeof formatScore }[] = [
    { title: metricName(metric), of: (row) => row.metric, format },
    {
      title: 'balanced accuracy',
      of: (row) => meanOver(row, ({ metrics }) => metrics?.mean.balancedAccuracy),
      format: formatScore,
    },
    {
      title: 'macro F1',
      of: (row) => meanOver(row, ({ metrics }) => metrics?.mean.macroF1),
      format: formatScore,
    },
    {
      title: 'majority baseline',
      of: (row) => meanOver(row, ({ metrics }) => metrics?.mean.majorityAccuracy),
      format: formatScore,
    },
  ];
  const shown = scores.filter(
    (_, i) => i !== 1 || metric.head !== null || metric.name !== 'balancedAccuracy',
  );
  const titles = axes.length === 0 ? ['run'] : axes.map(({ name }) => name);
  const head = [
    ...titles.map((title) => [title, '']),
    ...[...shown.map(({ title }) => title), 'n'].map((title) => [title, 'number']),
  ]
    .map(
      ([title, kind], i) =>
        `<th class="${kind}"${i === titles.length ? ` aria-sort="${metric.direction === 'maximize' ? 'descending' : 'ascending'}"` : ''}><button type="button">${escapeHtml(title!)}</button></th>`,
    )
    .join('');
  const body = rows.map((row, i) => {
    const texts = axes.length === 0 ? [row.label] : axes.map((axis) => wordOf(axis, row.point));
    const cells = texts.map((text) => `<td data-value="${escapeHtml(text)}">${escapeHtml(text)}</td>`);
    const numbers = shown.map(({ of, format: write }) => {
      const summary = of(row);
      const spread = summary?.spread == null || of === scores[3]!.of ? '' : ` ± ${write(summary.spread)}`;
      return `<td class="number" data-value="${summary?.mean ?? ''}">${write(summary?.mean ?? null)}${spread}</td>`;
    });
    const count = `<td class="number" data-value="${row.done.length}">${row.done.length}</td>`;
    return `<tr data-row="${i}"${i === 0 && row.metric ? ' class="best"' : ''}>${[...cells, ...numbers, count].join('')}</tr>`;
  });
  return `<table id="rows"><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table>`;
}

export function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (letter) => entities[letter]!);
}

/** A script must not end early. */
function inline(script: string): string {
  return script.replaceAll('</script', '<\\/script');
}
