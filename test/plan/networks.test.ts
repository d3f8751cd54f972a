import assert from 'node:assert/strict';
import test from 'node:test';
import type { Network } from '../../src/model/network.ts';
import { compilePlan } from '../../src/plan/compile.ts';
import { makeTiny } from '../run/tiny.ts';

function ratesOf({ layers }: Network): number[] {
  return layers.flatMap((layer) =>
    layer.type === 'dropout' || layer.type === 'stochasticDepth' ? [layer.settings.rate] : [],
  );
}

test('networks - a stage sets the rates of dropout and stochastic depth, and leaves the weights', async () => {
  const { experiment } = await makeTiny(30);
  const { plan, networkFor } = compilePlan(experiment, {
    overrides: [
      'model.backbone={name: efficientnetb0, stochasticDepth: 0}',
      'model.towers={shape: [{dropout: 0.1}]}',
      'stages[0]={name: one, imageSize: 32, epochs: 1}',
      'stages[1]={name: two, imageSize: 32, epochs: 1, dropout: 0.6, stochasticDepth: 0.16}',
    ],
  });
  const [one, two] = plan.settings.stages.map(networkFor);
  assert.deepEqual(ratesOf(one!), [0.2, 0.1]);
  // Of 16 blocks the last that adds to its input is number 14 from 0.
  assert.deepEqual(ratesOf(two!).slice(-3), [(0.16 * 14) / 16, 0.6, 0.6]);
  const namesOf = ({ layers }: Network) => layers.flatMap(({ weights }) => weights.map(({ name }) => name));
  assert.deepEqual(namesOf(two!), namesOf(one!));
  assert.equal(networkFor(plan.settings.stages[0]!), one);
});

test('networks - each head has its own tower where one is given', async () => {
  const { experiment } = await makeTiny(30);
  const { plan, networkFor } = compilePlan(experiment, {
    overrides: ['model.towers={shape: [{dense: 8, activation: linear}, batchNorm, {activation: swish}]}'],
  });
  const names = networkFor(plan.settings.stages[0]!).layers.map(({ name }) => name);
  assert.deepEqual(
    names.filter((name) => name.startsWith('shape_')),
    ['shape_tower_0_dense', 'shape_tower_1_batchNorm', 'shape_tower_2_swish', 'shape_output'],
  );
  assert.ok(names.includes('colour_tower_2_dense'));
});
