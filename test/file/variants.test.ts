import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readDocument } from '../../src/file/read.ts';
import { checkExperiment } from '../../src/schema/validate.ts';
import { variantsOf } from '../../src/schema/variants.ts';
import { folderWith } from './folder.ts';

const variantAt = variantsOf('experiment');

function read(t: TestContext, files: Record<string, string>, ...overrides: string[]) {
  const folder = folderWith(t, files);
  return readDocument(join(folder, 'x.yaml'), { variantAt, overrides, environment: { NET: 'resnet50' } });
}

const base =
  'model: { backbone: { name: densenet, blocks: [1, 2], growthRate: 8 } }\noptimizer: { learningRate: 0.5, beta1: 0.8 }\n';

test('another variant - a file that names it replaces the map of its base', (t) => {
  const { document, problems } = read(t, {
    'base.yaml': base,
    'x.yaml':
      'extends: base.yaml\nmodel: { backbone: { name: densenet121 }, pooling: max }\noptimizer: { name: sgd }\n',
  });
  assert.deepEqual(problems, []);
  assert.deepEqual(document.value, {
    model: { backbone: { name: 'densenet121' }, pooling: 'max' },
    optimizer: { name: 'sgd' },
  });
});

test('the same variant - keys merge, also where the base leaves the name of the default out', (t) => {
  const { document } = read(t, {
    'base.yaml': base,
    'x.yaml':
      'extends: base.yaml\nmodel: { backbone: { name: densenet, growthRate: 4 } }\noptimizer: { name: adam, beta1: 0.7 }\n',
  });
  assert.deepEqual(document.value, {
    model: { backbone: { name: 'densenet', blocks: [1, 2], growthRate: 4 } },
    optimizer: { learningRate: 0.5, name: 'adam', beta1: 0.7 },
  });
});

test('a name that is a variable is compared by its value', (t) => {
  const { document } = read(t, {
    'base.yaml': 'model: { backbone: { name: resnet50, zeroGamma: true } }\n',
    'x.yaml': `extends: base.yaml\nmodel: { backbone: { name: '\${env:NET}' } }\n`,
  });
  assert.deepEqual(document.value, { model: { backbone: { name: 'resnet50', zeroGamma: true } } });
});

test('the name of the experiment, and of a stage, is no variant', (t) => {
  const { document } = read(
    t,
    {
      'base.yaml': `name: one\n${base}`,
      'x.yaml': 'extends: base.yaml\nname: two\nstages: [{ name: a, epochs: 1 }]\n',
    },
    'name=three',
    'stages[0].name=b',
  );
  assert.deepEqual(Object.keys(document.value as object), ['name', 'model', 'optimizer', 'stages']);
  assert.deepEqual((document.value as { stages: unknown }).stages, [{ name: 'b', epochs: 1 }]);
});

test('another variant on the command line - in whatever order its keys come', (t) => {
  const files = { 'x.yaml': base };
  for (const overrides of [
    ['model.backbone.name=resnet50', 'model.backbone.zeroGamma=true'],
    ['model.backbone.zeroGamma=true', 'model.backbone.name=resnet50'],
  ])
    assert.deepEqual((read(t, files, ...overrides).document.value as { model: unknown }).model, {
      backbone: { name: 'resnet50', zeroGamma: true },
    });
  const { document } = read(t, files, 'model.backbone.name=densenet', 'optimizer.name=adam');
  assert.deepEqual(document.value, {
    model: { backbone: { name: 'densenet', blocks: [1, 2], growthRate: 8 } },
    optimizer: { learningRate: 0.5, beta1: 0.8, name: 'adam' },
  });
});

test('!replace - nothing of the base stays in the map, and !remove takes one key away', (t) => {
  const { document, problems } = read(
    t,
    {
      'base.yaml':
        'augmentation: { shift: { x: 0.1 }, horizontalFlip: 0.5 }\nloss: { labelSmoothing: 0.1, type: crossEntropy }\nseed: 3\n',
      'x.yaml':
        'extends: base.yaml\naugmentation: !replace { grayscale: 0.1 }\nloss:\n  labelSmoothing: !remove\nseed: !remove\n',
    },
    'loss.type=!remove',
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(document.value, { augmentation: { grayscale: 0.1 }, loss: {} });
});

test('!remove of what is not there, or with a value, is a mistake', (t) => {
  const { problems } = read(t, {
    'base.yaml': 'seed: 3\n',
    'x.yaml': 'extends: base.yaml\nname: !remove\nmodel: { pooling: !remove }\nseed: !remove 5\n',
  });
  assert.deepEqual(
    problems.map(({ path, place, message }) => [path, place?.line, message]),
    [
      ['name', 2, 'there is no such key to take away'],
      ['model.pooling', 3, 'there is no such key to take away'],
      ['seed', 4, '!remove takes a key away, so no value can follow it'],
    ],
  );
});

test('a map whose default is one variant takes its keys without the name; a stage, which has no default, does not', (t) => {
  const start =
    'name: x\ndataset: { table: t.csv, images: ., imageColumn: path, attributes: { a: [x, y] } }\n';
  const stages = 'stages: [{ name: a, epochs: 1, imageSize: 32, batchSize: 4 }]\n';
  const { document } = read(
    t,
    { 'x.yaml': start + stages },
    'optimizer.learningRate=0.1',
    'model.backbone.initializer=heNormal',
    'learningRatePolicy.warmUp.steps=3',
  );
  const { experiment, problems, originOf } = checkExperiment(document);
  assert.deepEqual(problems, []);
  assert.equal(experiment!.optimizer.name, 'adam');
  assert.equal(experiment!.optimizer.learningRate, 0.1);
  assert.equal(experiment!.model.backbone.name, 'densenet121');
  assert.equal(experiment!.learningRatePolicy.name, 'constant');
  assert.equal(originOf(['optimizer', 'name']), 'default');
  const inStage = read(t, { 'x.yaml': start + stages }, 'stages[0].optimizer={learningRate: 0.1}');
  assert.deepEqual(
    checkExperiment(inStage.document).problems.map(({ path, message }) => [path, message]),
    [['stages[0].optimizer.name', 'the key "name" is missing: "adam", "adamw", "sgd" or "rmsprop"']],
  );
});

test('a variable in quotes stays text; without, it is what YAML reads', (t) => {
  const folder = folderWith(t, { 'x.yaml': `a: \${env:N}\nb: "\${env:N}"\nc: '\${env:N}'\nd: x\${env:N}\n` });
  const { document } = readDocument(join(folder, 'x.yaml'), { environment: { N: '20260101' } });
  assert.deepEqual(document.value, { a: 20260101, b: '20260101', c: '20260101', d: 'x20260101' });
});
