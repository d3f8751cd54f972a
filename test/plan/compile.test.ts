import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ExperimentError } from '../../src/errors.ts';
import { compilePlan } from '../../src/plan/compile.ts';
import { folderWith } from '../file/folder.ts';
import { compileText, tinyTable, tinyText } from './tiny.ts';

function problemsOf(work: () => unknown): string[] {
  try {
    work();
    return [];
  } catch (error) {
    assert.ok(error instanceof ExperimentError, String(error));
    return error.problems.map(({ code, path, place }) => `${code} ${place?.line ?? '-'} ${path}`);
  }
}

test('compilePlan - with an absent table leaves the figures out that need it, unless it is needed', (t) => {
  const file = join(folderWith(t, { 'tiny.yaml': tinyText }), 'tiny.yaml');
  const { plan } = compilePlan(file, { environment: {} });
  assert.deepEqual(plan.dataset, { rows: null, trainingRows: null, validationRows: null });
  assert.equal(plan.settings.dataset.tableDigest, null);
  assert.equal(plan.stages[0]!.stepsPerEpoch, null);
  assert.equal(plan.model.pooledFeatures, 6);
  assert.deepEqual(
    problemsOf(() => compilePlan(file, { environment: {}, needTable: true })),
    ['fileNotFound 3 dataset.table'],
  );
});

test('compilePlan - where the table is needed and absent, classes to be found in it are no second problem', (t) => {
  const text = tinyText.replace('["no", "yes"]', 'null').replace('images: .', 'images: photos');
  const file = join(folderWith(t, { 'tiny.yaml': text }), 'tiny.yaml');
  assert.deepEqual(
    problemsOf(() => compilePlan(file, { environment: {}, needTable: true })),
    ['fileNotFound 3 dataset.table', 'fileNotFound 4 dataset.images'],
  );
});

test('compilePlan - finds classes in the table, sorted, without the empty cell', (t) => {
  const text = tinyText.replace('["no", "yes"]', 'null');
  const table = tinyTable.replace('0.jpg,no', '0.jpg,').replace('1.jpg,yes', '1.jpg,Yes');
  const { plan } = compileText(t, text, { 'table.csv': table });
  assert.deepEqual(plan.model.heads[0]!.classes, ['Yes', 'no', 'yes']);
});

test('compilePlan - a stage takes from the experiment what it does not say, and the schema fills the rest', (t) => {
  const text = `${tinyText}optimizer: { name: sgd, momentum: 0.5 }
augmentation: { zoom: 0.2 }
loss: { headWeights: { kids: 3 } }
`.replace('batchSize: 4 }', 'batchSize: 4, learningRate: 0.5, augmentation: { horizontalFlip: 1 } }');
  const plain = { weightDecay: 0, clipNorm: null, averageWeights: null, accumulateGradients: 1 };
  const [all, heads] = compileText(t, text).plan.settings.stages;
  assert.deepEqual(all!.optimizer, {
    name: 'sgd',
    learningRate: 0.5,
    momentum: 0.5,
    nesterov: false,
    ...plain,
  });
  assert.deepEqual(heads!.optimizer, {
    name: 'sgd',
    learningRate: 0.01,
    momentum: 0.9,
    nesterov: false,
    ...plain,
  });
  // Augmentation is replaced as a whole.
  assert.deepEqual([all!.augmentation.zoom.amount, all!.augmentation.horizontalFlip], [0, 1]);
  assert.deepEqual(heads!.augmentation.zoom, { amount: 0.2, probability: 1 });
  assert.deepEqual(all!.loss.headWeights, { kids: 3 });
});

test('compilePlan - values at the edge of what the rules allow are no problem', (t) => {
  const text =
    `${tinyText}augmentation: { randomErasing: { areaMin: 0.1, areaMax: 0.1, valueMin: 0, valueMax: 0 } }
optimizer: { name: adam, learningRate: 1e-3 }
loss: { classWeights: { kids: { "yes": 0 } } }
`.replace('batchSize: 4 }', 'batchSize: 4, stepsPerEpoch: 2, reduceOnPlateau: { minLearningRate: 1e-3 } }');
  assert.deepEqual(
    problemsOf(() => compileText(t, text)),
    [],
  );
});

test('compilePlan - a base that cannot be read is its only problem', (t) => {
  const text = `extends: absent.yaml\n${tinyText}loss: { headWeights: { heads_of_the_base: 1 } }\n`;
  assert.deepEqual(
    problemsOf(() => compileText(t, text)),
    ['fileNotFound 1 extends'],
  );
});

test('compilePlan - classWeights effectiveNumber is the one with the default beta of the schema', (t) => {
  const of = (written: string): unknown =>
    compileText(t, `${tinyText}loss: { classWeights: ${written} }\n`).plan.settings.stages[0]!.loss
      .classWeights;
  assert.deepEqual(of('effectiveNumber'), of('{ effectiveNumber: {} }'));
  assert.deepEqual(of('{ effectiveNumber: { beta: 0.9 } }'), { type: 'effectiveNumber', beta: 0.9 });
});

test('compilePlan - a test part is counted, and makes another plan', (t) => {
  const { plan } = compileText(t, tinyText, {}, ['dataset.split.test=0.2']);
  assert.deepEqual(plan.dataset, { rows: 10, trainingRows: 5, validationRows: 3, testRows: 2 });
  assert.notEqual(plan.hash, compileText(t).plan.hash);
});

test('compilePlan - folds have hashes of their own, whatever the share that they replace', (t) => {
  const hashOf = (validation: string, fold: number): string =>
    compileText(t, tinyText.replace('{ validation: 0.3 }', `{ ${validation}folds: 5, fold: ${fold} }`)).plan
      .hash;
  const hashes = [0, 1, 2].map((fold) => hashOf('', fold));
  assert.equal(new Set(hashes).size, 3);
  assert.equal(hashOf('validation: null, ', 1), hashes[1]);
});
