import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillDefaults } from '../../src/schema/defaults.ts';
import { experimentSchema } from '../../src/schema/schema.ts';
import { check } from './experiment.ts';

test('fillDefaults - everything that is left out, in the order of the schema', (t) => {
  const { experiment } = check(t);
  assert.deepEqual(experiment?.optimizer, {
    name: 'adam',
    learningRate: 0.001,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-7,
    weightDecay: 0,
    clipNorm: null,
    averageWeights: null,
    accumulateGradients: 1,
  });
  assert.deepEqual(experiment?.augmentation.shift, { x: 0, y: 0, probability: 1 });
  assert.deepEqual(experiment?.dataset.attributes, { kids: null, age: ['young', 'old'] });
  assert.deepEqual(experiment?.tracking, { mlflow: { uri: null, experiment: 'manyheads', register: null } });
  assert.deepEqual(Object.keys(experiment ?? {}), [
    'name',
    'seed',
    'dataset',
    'model',
    'loss',
    'optimizer',
    'learningRatePolicy',
    'augmentation',
    'lastBatch',
    'stages',
    'execution',
    'tracking',
  ]);
});

test('fillDefaults - of unions those of the branch that is there', (t) => {
  const { experiment } = check(t, [
    'optimizer={name: sgd, momentum: 0}',
    'model.backbone={name: densenet, blocks: [2]}',
    'model.tower=[{dense: 4}, {dropout: 0}, batchNorm]',
    'stages[0].earlyStopping={minDelta: 0}',
    'stages[0].augmentation={randomErasing: {areaMax: 0.1}}',
  ]);
  assert.deepEqual(experiment?.optimizer, {
    name: 'sgd',
    learningRate: 0.01,
    momentum: 0,
    nesterov: false,
    weightDecay: 0,
    clipNorm: null,
    averageWeights: null,
    accumulateGradients: 1,
  });
  assert.deepEqual(experiment?.model.backbone, {
    name: 'densenet',
    blocks: [2],
    growthRate: 32,
    initialFilters: 64,
    stem: 'imagenet',
    initializer: 'glorotUniform',
  });
  assert.deepEqual(experiment?.model.tower, [
    { dense: 4, activation: 'relu', initializer: 'glorotUniform' },
    { dropout: 0 },
    'batchNorm',
  ]);
  const [stage] = experiment?.stages ?? [];
  assert.deepEqual(stage?.earlyStopping, { metric: 'loss', patience: 8, minDelta: 0 });
  assert.equal(stage?.reduceOnPlateau, null);
  assert.equal(stage?.augmentation?.fillMode, 'nearest');
  assert.equal(stage?.augmentation?.randomErasing?.areaMax, 0.1);
  assert.equal(stage?.augmentation?.randomErasing?.areaMin, 0.02);
  // What a stage may leave to the experiment is not filled in.
  assert.equal(stage && 'optimizer' in stage, false);
});

test('fillDefaults - a tag that is left out is the default one, for the file, a stage, and an extension', (t) => {
  const plain = check(t);
  const rest = { heads: {}, headWeights: {}, classWeights: 'none' };
  assert.deepEqual(plain.experiment?.loss, { type: 'crossEntropy', labelSmoothing: 0, ...rest });
  assert.equal(plain.originOf(['loss', 'type']), 'default');
  const said = check(t, [
    'loss={labelSmoothing: 0.1, heads: {age: {type: focal}}}',
    'stages[0].loss={classWeights: balanced}',
  ]);
  assert.deepEqual(said.problems, []);
  assert.deepEqual(said.experiment?.loss, {
    type: 'crossEntropy',
    labelSmoothing: 0.1,
    ...rest,
    heads: { age: { type: 'focal', gamma: 2, labelSmoothing: 0 } },
  });
  assert.equal(said.originOf(['loss', 'type']), 'default');
  assert.equal(said.originOf(['loss', 'labelSmoothing']), 'argument 1');
  assert.deepEqual(said.experiment?.stages[0]?.loss, {
    type: 'crossEntropy',
    labelSmoothing: 0,
    ...rest,
    classWeights: 'balanced',
  });
  const other = check(t, ['loss={type: ordinal}']);
  assert.deepEqual(other.experiment?.loss, { type: 'ordinal', ...rest });
});

test('fillDefaults - does not touch its input, shares nothing with the schema', (t) => {
  const { document } = check(t);
  const before = structuredClone(document.value);
  const first = fillDefaults(experimentSchema(), document.value).value as { model: { pooling: string[] } };
  assert.deepEqual(document.value, before);
  first.model.pooling.push('gmp');
  const second = fillDefaults(experimentSchema(), document.value).value as { model: { pooling: string[] } };
  assert.deepEqual(second.model.pooling, ['gap']);
});

test('checkExperiment originOf - the line, the argument, or default', (t) => {
  const { originOf } = check(t, ['optimizer={name: adam, beta1: 0.8}']);
  assert.match(originOf(['stages', 0, 'epochs']), /x\.yaml:9$/);
  assert.equal(originOf(['optimizer', 'beta1']), 'argument 1');
  assert.equal(originOf(['optimizer', 'beta2']), 'default');
  assert.equal(originOf(['model', 'tower', 1, 'dropout']), 'default');
  assert.equal(originOf(['stages', 0, 'batchSize']), 'default');
});
