/** Which layers become one step, and where outputs lie; nothing is computed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunError } from '../../../src/errors.ts';
import { describeNetwork } from '../../../src/model/describe.ts';
import type { Layer, Network } from '../../../src/model/network.ts';
import { checkShapes } from '../../../src/network/inference/check.ts';
import { planInference } from '../../../src/network/inference/plan.ts';
import type { Step } from '../../../src/network/inference/step.ts';
import { articleHeads, kerasBackbones, timmBackbones } from '../../model/article.ts';
import { askedOf, oddNetwork } from './networks.ts';

const backbones = { ...kerasBackbones, ...timmBackbones };

function networkOf(name: string, size = 100): Network {
  const model = {
    backbone: backbones[name]!,
    pooling: ['gap'],
    tower: [],
    towers: {},
    headInitializer: 'glorotUniform',
  };
  return describeNetwork(model as never, articleHeads, size);
}

function stepsOf(name: string, batch = 32): readonly Step[] {
  const network = networkOf(name);
  return planInference(network, askedOf(network), batch).steps;
}

function counts(steps: readonly Step[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { kind } of steps) found[kind] = (found[kind] ?? 0) + 1;
  return found;
}

test('planInference - densenet121: 120 convolutions and 8 heads, no norm but the last, no copy, no pooling behind a transition', () => {
  const steps = stepsOf('densenet121');
  const { conv, winograd, ...others } = counts(steps);
  assert.equal(conv! + winograd!, 120 + 8);
  assert.deepEqual(others, { maxPool: 1, affine: 1, globalAverage: 1 });
  assert.equal(steps.filter(({ weights }) => weights.before >= 0).length, 58 + 3);
  assert.equal(steps.filter(({ pool }) => pool === 2).length, 3);
});

test('planInference - resnet50: every norm is folded, every sum and its ReLU belong to a convolution', () => {
  const steps = stepsOf('resnet50');
  const { conv, winograd, ...others } = counts(steps);
  assert.equal(conv! + winograd!, 53 + 8);
  assert.deepEqual(others, { maxPool: 1, globalAverage: 1 });
  const sums = steps.filter(({ other }) => other.place !== 'none');
  assert.equal(sums.length, 16);
  assert.ok(sums.every(({ activation }) => activation === 'relu'));
});

test('planInference - one image: large kernels are not made larger', () => {
  const channels = (batch: number): number[] =>
    stepsOf('resnet50', batch).flatMap(({ kind, shape }) => (kind === 'winograd' ? [shape[2]] : []));
  assert.equal(Math.max(...channels(1)), 128);
  assert.equal(Math.max(...channels(32)), 512);
});

test('planInference - what is in two concatenations is copied once, and what is in one never', () => {
  const network = oddNetwork(24, 16);
  const steps = planInference(network, askedOf(network)).steps;
  const copies = steps.filter(({ kind, activation }) => kind === 'copy' && activation === 'none');
  // `highest` in the inner one and in the outer one.
  assert.equal(copies.length, 1);
});

test('checkShapes - every layer that does not fit is named', () => {
  const network = oddNetwork(24, 16);
  const changed = (name: string, change: (layer: Layer) => object): Network => ({
    ...network,
    layers: network.layers.map((layer) =>
      layer.name === name ? ({ ...layer, ...change(layer) } as Layer) : layer,
    ),
  });
  checkShapes(network);
  for (const [name, change] of [
    ['stem', { inputs: ['nowhere'] }],
    ['stem', { outputShape: [12, 12, 17] }],
    ['dense1_conv2', { inputs: ['gap'] }],
    ['res_add', { inputs: ['transition_pool', 'image'] }],
    ['tower', { inputs: ['outer'] }],
    ['se', { inputs: ['dw_swish', 'gap'] }],
    ['res_bn1', { weights: [{ name: 'res_bn1/gamma', shape: [37] }] }],
    ['dw', { weights: [{ name: 'dw/kernel', shape: [5, 5, 38, 2] }] }],
  ] as const) {
    assert.throws(
      () => checkShapes(changed(name, () => change)),
      (error) => error instanceof RunError && error.message.includes(`layer ${name} cannot be computed`),
    );
  }
});
