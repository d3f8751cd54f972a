import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { lrFindChart, lrFindPicture } from '../../../src/report/pictures/lr-find-plot.ts';
import { scheduleChart, schedulePicture } from '../../../src/report/pictures/schedule-plot.ts';
import { lineChart } from '../../../src/report/text/line-chart.ts';
import { textWidth } from '../../../src/report/text/text-width.ts';
import { compileText, tinyText } from '../../plan/tiny.ts';

const line = {
  points: [
    { x: 0, y: 0 },
    { x: 8, y: 7 },
  ],
  logarithmicFrom: null,
  formatY: String,
  words: [
    { x: 0, text: 'first' },
    { x: 4, text: 'second' },
  ],
} as const;

test('lineChart - a straight line of eight columns and eight rows, by hand', () => {
  // Margin of two, axis, eight columns. The second word has four columns from the fifth on, less none.
  assert.deepEqual(lineChart(line, { terminal: false, columns: 12 }), [
    '7 |       *',
    '  |      *',
    '  |     *',
    '  |    *',
    '  |   *',
    '  |  *',
    '  | *',
    '0 |*',
    '  +--------',
    '   fi… sec…',
  ]);
});

test('lineChart - a logarithmic axis, smaller values at its bottom, letters of the terminal', () => {
  const points = [1e-9, 1e-3, 1e-2].map((y, x) => ({ x, y }));
  const lines = lineChart(
    { ...line, points, logarithmicFrom: 1e-3, words: [] },
    { terminal: true, columns: 40 },
  );
  assert.match(lines[0]!, /^ 0\.01 │ +█+$/);
  assert.match(lines[7]!, /^0\.001 │█+$/);
  assert.equal(lines[8], `      └${'─'.repeat(32)}`);
});

test('lineChart - is never wider than the terminal', () => {
  for (const columns of [5, 20, 200])
    for (const text of lineChart(line, { terminal: true, columns }))
      assert.ok(textWidth(text) <= columns, text);
});

test('scheduleChart - nothing where the rate never moves, both stages where it does, on one axis', (t) => {
  const of = (...overrides: string[]) =>
    scheduleChart(compileText(t, tinyText, {}, overrides).plan, { terminal: false, columns: 40 });
  assert.equal(of('stages[heads].optimizer.learningRate=0.001'), undefined);
  // Rates of 0.001 and 0.01 are ten times apart: a logarithmic axis.
  const [first, ...rest] = of()!.split('\n');
  assert.match(first!, /^ {3}0\.01 \| +\*+$/);
  assert.match(rest[6]!, /^ {2}0\.001 \|\*+$/);
  assert.match(rest[8]!, /^ +all +heads$/);
  const linear = of('stages[heads].optimizer.learningRate=0.002')!.split('\n');
  assert.match(linear[7]!, /^ +0 \|$/);
});

test('scheduleChart, schedulePicture - nothing where the steps are not known', async (t) => {
  const { plan } = compileText(t);
  const unknown = { ...plan, stages: plan.stages.map((stage) => ({ ...stage, stepsPerEpoch: null })) };
  assert.equal(scheduleChart(unknown, { terminal: false }), undefined);
  assert.equal(await schedulePicture(unknown), undefined);
});

test('schedulePicture - a line for the rate, and one beneath for the momentum where it moves', async (t) => {
  const sizeOf = async (...overrides: string[]) => {
    const png = await schedulePicture(compileText(t, tinyText, {}, overrides).plan);
    return sharp(png).metadata();
  };
  const plain = await sizeOf();
  const moved = await sizeOf('learningRatePolicy={name: oneCycle, rise: {steps: 2}}');
  assert.ok(plain.width! >= 640 && plain.width! < 1200, String(plain.width));
  assert.ok(moved.height! > plain.height! + 100, `${moved.height}, ${plain.height}`);
});

test('lrFindChart, lrFindPicture - the divergence is cut off, decades stand under the axis', async () => {
  const points = Array.from({ length: 60 }, (_, i) => {
    const smoothed = i < 50 ? 3 - i / 50 : 2 + (i - 50) ** 2;
    return { learningRate: 10 ** (i / 10 - 5), loss: smoothed, smoothed };
  });
  const lines = lrFindChart({ points }, { terminal: false, columns: 80 }).split('\n');
  // From 3 down to 2 and up again: shown up to twice the fall.
  assert.match(lines[0]!, /^ {2}4\.000 \|/);
  assert.match(lines[7]!, /^ {2}2\.000 \|/);
  assert.match(lines[9]!, /1e-5 +1e-4 +0\.001 +0\.01 +0\.1/);
  const suggestion = { steepest: 1e-3, minimumOverTen: 0.01 };
  const picture = await lrFindPicture({ stage: 'small', points, diverged: true, suggestion });
  const { width } = await sharp(picture).metadata();
  assert.ok(width! >= 640 && width! < 1200, String(width));
});
