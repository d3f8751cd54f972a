// Numbers behind the charts of a comparison: main effects, curves, lines through parallel axes, worked by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { curveSpec, effectSpec } from '../../src/compare/charts.ts';
import { differingValues } from '../../src/compare/differences.ts';
import { parallelOf } from '../../src/compare/parallel.ts';
import { rowsOf } from '../../src/compare/rows.ts';
import type { Compared } from '../../src/compare/trials.ts';
import { compared, listAxis, trial } from './compared.ts';

const rate = listAxis('rate', ['0.1', '0.2']);
const pooling = listAxis('pooling', ['gap', 'gmp', 'gem']);
const drawn: Compared['axes'][number] = {
  name: 'drawn',
  labels: null,
  distribution: { scale: 'log', from: 1e-4, to: 1e-2 },
};

interface Layer {
  readonly data: { readonly values: readonly Readonly<Record<string, unknown>>[] };
  readonly encoding: { readonly x: { readonly type: string; readonly scale: unknown } };
}
const layersOf = (spec: unknown): readonly Layer[] => (spec as { layer: readonly Layer[] }).layer;

test('effectSpec - the mean of each value over all others, with the deviation of its rows, not of its seeds', () => {
  const rows = rowsOf(
    compared(
      [rate, pooling],
      [
        // Two seeds are one row: 0.2.
        trial({ rate: '0.1', pooling: 'gap' }, 0.1, 1),
        trial({ rate: '0.1', pooling: 'gap' }, 0.3, 2),
        trial({ rate: '0.1', pooling: 'gmp' }, 0.6),
        trial({ rate: '0.2', pooling: 'gap' }, 0.5),
        trial({ rate: '0.2', pooling: 'gmp' }, null),
      ],
    ),
  );
  const [points, rules, means] = layersOf(effectSpec(rate, rows, 'balancedAccuracy'));
  assert.equal(points!.data.values.length, 3);
  const near = Object.entries({
    at: '0.1',
    value: 0.4,
    low: 0.4 - Math.sqrt(0.08),
    high: 0.4 + Math.sqrt(0.08),
  });
  for (const [key, value] of near) {
    const found = means!.data.values[0]![key];
    if (typeof value === 'number') assert.ok(Math.abs((found as number) - value) < 1e-12, `${key} ${found}`);
    else assert.equal(found, value);
  }
  assert.deepEqual(means!.data.values[1], { at: '0.2', value: 0.5, low: 0.5, high: 0.5 });
  assert.deepEqual(rules!.data, means!.data);
  // gem has no result.
  assert.deepEqual(
    layersOf(effectSpec(pooling, rows, 'x'))[2]!.data.values.map(({ at }) => at),
    ['gap', 'gmp'],
  );
});

test('effectSpec - drawn numbers are points on the scale of their distribution; a trial without the axis is none', () => {
  const rows = rowsOf(
    compared([drawn], [trial({ drawn: 1e-3 }, 0.3), trial({ drawn: 2e-3 }, 0.4), trial({}, 0.5)]),
  );
  const layers = layersOf(effectSpec(drawn, rows, 'x'));
  assert.equal(layers.length, 1, 'no means');
  assert.deepEqual(
    layers[0]!.data.values.map(({ at, value }) => [at, value]),
    [
      [2e-3, 0.4],
      [1e-3, 0.3],
    ],
  );
  const { type, scale } = layers[0]!.encoding.x;
  assert.deepEqual([type, scale], ['quantitative', { type: 'log' }]);
});

test('curveSpec - a line for each trial, done or not; those of the best row stand out; what is not known is left out', () => {
  const curve = [
    { epoch: 1, loss: 2, balancedAccuracy: null },
    { epoch: 2, loss: 1, balancedAccuracy: 0.5 },
  ];
  const rows = rowsOf(
    compared(
      [rate],
      [
        trial({ rate: '0.1' }, 0.2, 1, { curve }),
        trial({ rate: '0.2' }, 0.3, 1, { curve }),
        trial({ rate: '0.2' }, null, 2, { curve: curve.slice(0, 1) }),
      ],
    ),
  );
  const valuesOf = (of: 'loss' | 'balancedAccuracy') =>
    (curveSpec(rows, of) as unknown as Layer).data.values.map((one) => [
      one.run,
      one.best,
      one.epoch,
      one.value,
    ]);
  assert.deepEqual(valuesOf('loss'), [
    [0, true, 1, 2],
    [0, true, 2, 1],
    [1, true, 1, 2],
    [2, false, 1, 2],
    [2, false, 2, 1],
  ]);
  assert.deepEqual(valuesOf('balancedAccuracy'), [
    [0, true, 2, 0.5],
    [2, false, 2, 0.5],
  ]);
});

test('parallelOf - places on each axis, the metric last; the best is drawn last, in its colour', () => {
  const trials = [
    trial({ pooling: 'gmp', drawn: 1e-3 }, 0.2),
    trial({ pooling: 'gem' }, 0.6),
    trial({ pooling: 'gap', drawn: 1e-2 }, 0.3),
  ];
  const seen = compared([pooling, drawn], trials);
  const { parallel, lines } = parallelOf(seen, rowsOf(seen));
  assert.deepEqual(
    parallel.map(({ ticks }) => ticks.map(({ text }) => text)),
    [
      ['gap', 'gmp', 'gem'],
      ['0.0001', '0.01'],
      ['0.200', '0.400', '0.600'],
    ],
  );
  const rounded = lines.map(({ row, at }) => [row, ...at.map((one) => one && Math.round(one * 1e6) / 1e6)]);
  assert.deepEqual(rounded, [
    [2, 0.5, 0.5, 0],
    [1, 0, 1, 0.25],
    [0, 1, null, 1],
  ]);
  assert.deepEqual([lines[0]!.colour, lines[2]!.colour], ['rgb(176 190 205)', 'rgb(38 104 180)']);
  // By a loss the lowest is the best.
  const loss = compared([pooling, drawn], trials, { name: 'loss', head: null, direction: 'minimize' });
  const best = parallelOf(loss, rowsOf(loss)).lines.at(-1)!;
  assert.deepEqual([best.at.at(-1), best.colour], [0, 'rgb(38 104 180)']);
});

test('differingValues - only what is not the same in all; names, descriptions and tracking are left out, the seed is apart', () => {
  const experiment = (changes: object, stage: object): object => ({
    name: 'x',
    seed: 1,
    model: { pooling: ['gap'] },
    stages: [{ name: 'small', epochs: 2, ...stage }],
    ...changes,
  });
  const { axes, points, seeds } = differingValues([
    experiment({}, {}),
    experiment({ name: 'y', seed: 2, tracking: { uri: 'z' } }, { epochs: 3 }),
    experiment({ model: { pooling: ['gap', 'gmp'] } }, { dropout: 0.1 }),
    undefined,
  ]);
  assert.deepEqual(axes, [
    { name: 'model.pooling', labels: ['[gap]', '[gap,gmp]'] },
    { name: 'stages[small].epochs', labels: ['2', '3'] },
    { name: 'stages[small].dropout', labels: ['0.1'] },
  ]);
  // The last has not begun.
  assert.deepEqual(points[3], {});
  assert.deepEqual(points[1], { 'model.pooling': '[gap]', 'stages[small].epochs': '3' });
  assert.deepEqual(seeds, ['1', '2', '1', null]);
});
