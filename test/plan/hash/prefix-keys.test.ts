// The key of a prefix changes with all that its stages' numbers depend on, and with nothing else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileText, tinyText } from '../tiny.ts';
import { prefixKeys } from './prefix-keys.ts';

/** Stage heads is the second; another one after it is what the first two don't depend on. */
const text = `${tinyText.replace('tower: []', 'tower: [{ dropout: 0.2 }]')}  - { name: last, imageSize: 8, epochs: 1, batchSize: 4 }\noptimizer: { name: adam }\n`;
const other = '{ name: densenet, blocks: [1], growthRate: 4, initialFilters: 4, stem: small }';

/** How many stages from the first on keep their keys. */
const keeping: Readonly<Record<string, { overrides: string[]; stages: number }>> = {
  'the name, the description and the place in MLflow': {
    overrides: ['name=else', 'description=else', 'tracking.mlflow.experiment=else'],
    stages: 3,
  },
  'how images are held and the device that is asked for': {
    overrides: ['dataset.residence=file', 'execution.device=cpu'],
    stages: 3,
  },
  'the name of a stage': { overrides: ['stages[all].name=some'], stages: 3 },
  'the last stage': { overrides: ['stages[last].epochs=2', 'stages[last].dropout=0.1'], stages: 2 },
  'a later stage': { overrides: ['stages[heads].optimizer.momentum=0.5'], stages: 1 },
  "a later stage's trainable part": { overrides: ['stages[heads].trainable=[tower,heads]'], stages: 1 },
  // All after this leave nothing.
  seed: { overrides: ['seed=7'], stages: 0 },
  'epochs of the first stage': { overrides: ['stages[all].epochs=3'], stages: 0 },
  'its batches': { overrides: ['stages[all].batchSize=5'], stages: 0 },
  'its steps': { overrides: ['stages[all].stepsPerEpoch=1'], stages: 0 },
  'what it trains': { overrides: ['stages[all].trainable=[heads]'], stages: 0 },
  'its dropout': { overrides: ['stages[all].dropout=0.1'], stages: 0 },
  'its learning rate': { overrides: ['stages[all].learningRate=0.5'], stages: 0 },
  'its rates by part': { overrides: ['stages[all].learningRateFactors.heads=2'], stages: 0 },
  'early stopping': { overrides: ['stages[all].earlyStopping.patience=1'], stages: 0 },
  plateaus: { overrides: ['stages[all].reduceOnPlateau.patience=1'], stages: 0 },
  'whether the best epoch is restored': { overrides: ['stages[all].restoreBest=false'], stages: 0 },
  'what the best epoch is chosen by': { overrides: ['stages[all].selectBy=accuracy'], stages: 0 },
  "the experiment's optimizer": { overrides: ['optimizer.name=rmsprop'], stages: 0 },
  'gradients that are clipped': { overrides: ['optimizer.clipNorm=1'], stages: 0 },
  'gradients that are added up': { overrides: ['optimizer.accumulateGradients=2'], stages: 0 },
  'averages of weights': { overrides: ['optimizer.averageWeights.decay=0.9'], stages: 0 },
  'the policy': { overrides: ['learningRatePolicy.name=cosine'], stages: 0 },
  'the loss': { overrides: ['loss.headWeights.kids=2'], stages: 0 },
  'class weights': { overrides: ['loss.classWeights=balanced'], stages: 0 },
  'the augmentation': { overrides: ['augmentation.zoom=0.1'], stages: 0 },
  'the network': { overrides: [`model.backbone=${other}`], stages: 0 },
  'the pooling': { overrides: ['model.pooling=[gmp]'], stages: 0 },
  'the tower': { overrides: ['model.tower=[batchNorm]'], stages: 0 },
  'the initializer of the heads': { overrides: ['model.headInitializer=heNormal'], stages: 0 },
  'the split': { overrides: ['dataset.split.seed=5'], stages: 0 },
  'the normalisation': { overrides: ['dataset.normalize=unit'], stages: 0 },
  'how images are fitted': { overrides: ['dataset.fit=crop'], stages: 0 },
  'what is done with a bad image': { overrides: ['dataset.onBadImage=skip'], stages: 0 },
  'the precision': { overrides: ['execution.precision=bfloat16'], stages: 0 },
  // The images of the cache are as large as the largest stage's, and all stages are fed from it.
  "a later stage's image size": { overrides: ['stages[last].imageSize=16'], stages: 0 },
  // Its weights stand in every checkpoint.
  'a later stage that learns head weights': {
    overrides: ['stages[last].loss.headWeights=uncertainty'],
    stages: 0,
  },
};

test('prefixKeys - each change leaves the keys of the stages that do not depend on it, and of no other', (t) => {
  const before = prefixKeys(compileText(t, text).plan.settings);
  assert.equal(new Set(before).size, 3);
  for (const [what, { overrides, stages }] of Object.entries(keeping)) {
    const after = prefixKeys(compileText(t, text, {}, overrides).plan.settings);
    const kept = before.map((key, i) => key === after[i]);
    assert.deepEqual(kept, [stages > 0, stages > 1, stages > 2], what);
  }
});

test('prefixKeys - the table and the stages that are added count', (t) => {
  const { settings } = compileText(t, text).plan;
  const before = prefixKeys(settings);
  const dataset = { ...settings.dataset, tableDigest: 'another' };
  assert.notEqual(prefixKeys({ ...settings, dataset })[0], before[0]);
  const weights = { digest: 'a file', parts: ['backbone'], onMissing: 'stop' } as const;
  assert.notEqual(prefixKeys({ ...settings, weights })[0], before[0]);
  assert.deepEqual(prefixKeys({ ...settings, stages: settings.stages.slice(0, 2) }), before.slice(0, 2));
});

test('prefixKeys - each setting of a stage but its name counts, and one that is new', (t) => {
  const { settings } = compileText(t, text).plan;
  const [first] = prefixKeys(settings);
  for (const key of Object.keys(settings.stages[0]!)) {
    const stages = settings.stages.map((stage) => Object.assign({}, stage, { [key]: 'another' }));
    // A loss is looked into.
    if (key !== 'loss') assert.equal(prefixKeys({ ...settings, stages })[0] === first, key === 'name', key);
  }
  assert.notEqual(prefixKeys(Object.assign({}, settings, { later: 1 }))[0], first);
  const stages = settings.stages.map((stage) => Object.assign({}, stage, { later: 1 }));
  assert.notEqual(prefixKeys({ ...settings, stages })[0], first);
});
