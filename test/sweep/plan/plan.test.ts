import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SweepPlan } from '../../../src/sweep/plan/plan.ts';
import { labelAt, valuesAt } from '../../../src/sweep/space/points.ts';
import { planText } from '../planned.ts';

const labels = ({ axes, trials }: SweepPlan): string[] => trials.map(({ point }) => labelAt(axes, point));

test('planSweep - every combination, the last axis fastest, seeds side by side', (t) => {
  const plan = planText(
    t,
    'axes:\n  model.pooling: [[gap], [gap, gmp]]\n  augmentation.zoom: [0, 0.5]\nseeds: [1, 2]\n',
  );
  assert.deepEqual(labels(plan), [
    'model.pooling=[gap] augmentation.zoom=0 seed=1',
    'model.pooling=[gap] augmentation.zoom=0 seed=2',
    'model.pooling=[gap] augmentation.zoom=0.5 seed=1',
    'model.pooling=[gap] augmentation.zoom=0.5 seed=2',
    'model.pooling=[gap,gmp] augmentation.zoom=0 seed=1',
    'model.pooling=[gap,gmp] augmentation.zoom=0 seed=2',
    'model.pooling=[gap,gmp] augmentation.zoom=0.5 seed=1',
    'model.pooling=[gap,gmp] augmentation.zoom=0.5 seed=2',
  ]);
  assert.deepEqual(valuesAt(plan.axes, plan.trials[1]!.point), {
    'model.pooling': ['gap'],
    'augmentation.zoom': 0,
    seed: 2,
  });
  assert.equal(plan.trials[0]!.epochs, 4);
});

test('planSweep - the hash of a trial is the one that run plan gives for its values', (t) => {
  const plan = planText(
    t,
    `values: { "stages[all].epochs": 3, optimizer.name: adam }
axes:
  optimizer:
    choices:
      adam: { optimizer.beta1: 0.8 }
      amsgrad: { optimizer.beta2: 0.9, optimizer.epsilon: 1e-6 }
  stages[heads].learningRate: { from: 1e-4, to: 1e-2, count: 3, scale: log }
  stages[0].augmentation: [{}, { zoom: 0.5 }]
  stages[1].imageSize: [8, 16]
  dataset.split.seed: [1, 2]
  model.backbone: { path: model.backbone, values: [{ name: densenet, blocks: [1], stem: small }, { name: densenet, blocks: [2], stem: small }] }
  loss.headWeights.kids: { zip: { "loss.headWeights.kids": [1, 2], model.pooling: [[gap], [gmp]] } }
seeds: [3, 4]
`,
  );
  assert.equal(plan.trials.length, 2 * 3 * 2 * 2 * 2 * 2 * 2 * 2);
  for (const { hash, point } of plan.trials)
    assert.equal(hash, plan.space.compile(point).plan.hash, labelAt(plan.axes, point));
});

test('planSweep - the hash of a trial whose numbers are drawn is the one of run plan, also where an axis takes no part', (t) => {
  const plan = planText(
    t,
    `axes:
  optimizer.name: [sgd, adam]
  optimizer.learningRate: { distribution: logUniform, from: 1e-5, to: 1e-1 }
  optimizer.momentum: { distribution: uniform, from: 0.1, to: 0.9, when: { optimizer.name: sgd } }
  augmentation.zoom: { distribution: uniform, from: 0, to: 0.9 }
  loss.labelSmoothing: { distribution: uniform, from: 0.01, to: 0.5 }
  stages[heads].batchSize: [8, 16]
strategy: { name: random }
budget: { trials: 60 }
`,
  );
  assert.equal(plan.trials.length, 60);
  for (const { hash, point } of plan.trials)
    assert.equal(hash, plan.space.compile(point).plan.hash, labelAt(plan.axes, point));
});

test('coveringPoints - a rule that two ends of long axes break together is found, and one wrong value among many', (t) => {
  const long = 'stages[all].batchSize: { from: 1, to: 64, step: 1 }';
  const wrong = [...Array(400).keys()].map((i) => (i === 217 ? 1.5 : i / 1000));
  assert.throws(
    () => planText(t, `axes:\n  ${long}\n  augmentation.zoom: [${wrong.join()}]\n`),
    /augmentation\.zoom/,
  );
  // Of seven rows a batch of 7 is the only one that leaves an epoch a single step, too few for two gradients.
  const seeds = [...Array(60).keys()];
  const together = `axes:
  stages[all].batchSize: [1, 2, 3, 4, 5, 6, 7]
  optimizer.accumulateGradients: [1, 2]
  stages[all].learningRate: { from: 1e-3, to: 1e-2, count: 12, scale: log }
seeds: [${seeds.join()}]
`;
  assert.throws(() => planText(t, together), /accumulateGradients: expected at most the 1 steps/);
});

test('planSweep - an axis that names another variant replaces the map, whatever the order of the axes', (t) => {
  const plan = planText(
    t,
    `axes:
  model.backbone.initializer: [glorotUniform, heNormal]
  model.backbone.name: [resnet50, densenet121]
  optimizer.learningRate: [0.1]
  optimizer.name: [adam, sgd]
  'stages[0].imageSize': [32]
  'stages[1].imageSize': [32]
`,
  );
  assert.equal(plan.trials.length, 8);
  for (const { hash, point } of plan.trials) {
    const { plan: compiled } = plan.space.compile(point);
    assert.equal(hash, compiled.hash, labelAt(plan.axes, point));
    assert.equal(compiled.experiment.optimizer.learningRate, 0.1);
  }
});

test('planSweep - combinations of the same content are one trial', (t) => {
  const plan = planText(t, 'axes: { augmentation.zoom: [0.001, 1e-3, 0.01] }\n');
  assert.equal(plan.trials.length, 2);
  assert.equal(plan.duplicates, 1);
});
