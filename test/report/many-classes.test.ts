import assert from 'node:assert/strict';
import { test } from 'node:test';
import { confusionSpec } from '../../src/report/pictures/confusion-plot.ts';
import { classMarkdown, classRows } from '../../src/report/tables/class-scores.ts';
import { headMetrics, meanMetrics } from '../../src/train/score/metrics.ts';

const CLASSES = 400;
const classes = Array.from({ length: CLASSES }, (_, k) => `w${k}`);

/** Two rows a class, both right, but for those of the first 50, of which one is taken for the next class but one. */
function metricsOfMany() {
  const confusion = new Float64Array(CLASSES * CLASSES);
  for (let k = 0; k < CLASSES; k++) {
    confusion[k * CLASSES + k] = k < 50 ? 1 : 2;
    if (k < 50) confusion[k * CLASSES + k + 2] = 1;
  }
  return headMetrics({ lossSum: 1, lossWeight: 1, confusion }, { majority: 0, ordinal: false });
}

test('confusionSpec - of 400 classes the 40 with the most wrong rows are drawn, with the counts of all', () => {
  const spec = confusionSpec('whale', classes, metricsOfMany().confusion) as unknown as {
    title: { subtitle: string[] };
    data: { values: { label: number; prediction: number; count: number; share: number }[] };
  };
  assert.equal(spec.data.values.length, 40 * 40);
  assert.deepEqual(spec.title.subtitle, [
    '750 of 800 rows are right (0.938).',
    'Numbers are rows; the darker, the larger their share of the label.',
    'The 40 of 400 classes with the most wrong rows.',
  ]);
  // Classes 2 to 41 have a wrong row as label and one as prediction; w2 is drawn first.
  const cell = spec.data.values.find(({ label, prediction }) => label === 0 && prediction === 2)!;
  assert.deepEqual([cell.count, cell.share], [1, 0.5]);
});

test('classMarkdown - of 400 classes those with the lowest recall; a program gets all', () => {
  const metrics = metricsOfMany();
  const heads = { whale: metrics };
  const all = { loss: 1, heads, mean: meanMetrics(heads) };
  assert.equal(classRows(all, [{ name: 'whale', classes }]).rows.length, CLASSES);
  const markdown = classMarkdown(all, [{ name: 'whale', classes }]);
  assert.match(markdown, /^## Classes\n\nOf whale, the 40 classes with the lowest recall\.\n\n/);
  assert.equal(markdown.match(/^\| whale /gm)?.length, 40);
  assert.match(markdown, /\| whale \| w0 \| 2 \| 0\.500 \|/);
});
