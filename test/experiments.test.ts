/** Every shipped experiment is right, and comes to the plan that test/golden holds. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compilePlan } from '../src/plan/compile.ts';
import type { Plan } from '../src/plan/plan.ts';
import { planSweep } from '../src/sweep/plan/plan.ts';
import { speedOf } from '../src/sweep/plan/price.ts';
import { currentPlan, experimentFile, experimentNames, goldenNames, readGolden } from './golden/plans.ts';

for (const name of experimentNames) {
  test(`experiments/${name}.yaml - comes to its golden plan`, () => {
    assert.deepEqual(currentPlan(name), readGolden(name), 'if the change is meant: npm run golden');
  });
}

test('test/golden - holds a plan for each experiment and no other', () => {
  assert.deepEqual(goldenNames().sort(), [...experimentNames].sort());
  assert.ok(experimentNames.includes('quickstart') && experimentNames.includes('densenet_gapgmp'));
});

const planOf = (name: string): Plan => compilePlan(experimentFile(name), { environment: {} }).plan;

// The numbers that Keras gives for the article's model.
test('densenet_gap.yaml - has the parameters of the article', () => {
  const { model, stages } = planOf('densenet_gap');
  assert.equal(model.backbone.parameters, 7_037_504);
  assert.equal(model.parameters, 8_123_355);
  assert.equal(model.trainableParameters, 8_023_323);
  assert.equal(model.pooledFeatures, 1024);
  // At 100 pixels: 50 after the stem's convolution, 25 after its pooling, then 12, 6 and 3.
  assert.deepEqual(model.backbone.outputShape, [3, 3, 1024]);
  assert.deepEqual(
    stages.map(({ imageSize }) => imageSize),
    [100, 100, 100, 200, 200],
  );
  // Eight towers, each batch norm (2·1024) and a dense layer (1024·128 + 128); heads of 27 classes, each 128 + 1.
  assert.equal(stages[1]!.trainableParameters, 8 * (2048 + 1024 * 128 + 128) + 27 * 129);
});

test('densenet_gapgmp.yaml - has twice the features', () => {
  const { model } = planOf('densenet_gapgmp');
  assert.equal(model.pooledFeatures, 2048);
  assert.equal(model.parameters, 9_204_699);
});

test('densenet_gap.yaml - without its table says which figures are not known', () => {
  const { dataset, stages, settings } = planOf('densenet_gap');
  assert.deepEqual(dataset, { rows: null, trainingRows: null, validationRows: null });
  assert.ok(stages.every(({ stepsPerEpoch }) => stepsPerEpoch === null));
  assert.equal(settings.dataset.tableDigest, null);
});

const labels = process.env.HVC_DATA ?? join(import.meta.dirname, '..', '..', 'shared', 'data', 'hvc');
const skip = existsSync(join(labels, 'hvc_annotations.csv'))
  ? false
  : "skipped: the article's table is not on this machine";

test("densenet_gap.yaml - with the article's table has its rows", { skip }, () => {
  const { plan } = compilePlan(experimentFile('densenet_gap'), { environment: { HVC_DATA: labels } });
  // 15 % of 13,573 is 2,035.95.
  assert.deepEqual(plan.dataset, { rows: 13_573, trainingRows: 11_537, validationRows: 2036 });
  // 11,537 / 32 is 360.5: the article's loader drops the last 17 rows of an epoch.
  assert.equal(plan.stages[0]!.stepsPerEpoch, 360);
});

test('experiments/digits - a short, an even and a dropped last batch, each with the seeds that are told of', () => {
  const file = join(import.meta.dirname, '..', 'experiments', 'digits', 'last_batch.yaml');
  const { trials, axes } = planSweep(file, { environment: {}, needTable: false, speed: speedOf([]) });
  assert.equal(trials.length, 20);
  assert.deepEqual(
    axes.map(({ name }) => name),
    ['batches', 'seed'],
  );
  const { plan } = compilePlan(join(file, '..', 'digits.yaml'), { environment: {} });
  assert.equal(plan.model.parameters, 15_386);
});
