import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compilePlan } from '../../../src/plan/compile.ts';
import { canonicalJson } from '../../../src/plan/hash/canonical.ts';
import { folderWith } from '../../file/folder.ts';
import { compileText, tinyTable, tinyText } from '../tiny.ts';

test('canonicalJson - sorts keys and writes numbers in their shortest form', () => {
  assert.equal(canonicalJson({ b: 1e-3, a: [1.0, 'ü', null, true] }), '{"a":[1,"ü",null,true],"b":0.001}');
});

test('plan hash - does not change with comments, blank lines and the order of keys', (t) => {
  const { hash } = compileText(t).plan;
  assert.match(hash, /^[0-9a-f]{64}$/);
  assert.equal(compileText(t, `# a comment\n\n${tinyText}`).plan.hash, hash);
  const [name, ...rest] = tinyText.split('\n');
  assert.equal(compileText(t, `${rest.join('\n')}${name}\n`).plan.hash, hash, 'name at the end');
  const turned = '{ epochs: 2, batchSize: 4, imageSize: 8, name: all }';
  const text = tinyText.replace('{ name: all, imageSize: 8, epochs: 2, batchSize: 4 }', turned);
  assert.notEqual(text, tinyText);
  assert.equal(compileText(t, text).plan.hash, hash);
});

test('plan hash - does not change with the folder, nor with how the paths are written', (t) => {
  const { hash } = compileText(t).plan;
  const elsewhere = folderWith(t, {
    'deep/er/x.yaml': tinyText
      .replace('table.csv', '../../data/labels.csv')
      .replace('images: .', 'images: ../..'),
    'data/labels.csv': tinyTable,
  });
  assert.equal(compilePlan(join(elsewhere, 'deep/er/x.yaml'), { environment: {} }).plan.hash, hash);
});

test('plan hash - does not change with a default that is written out, nor with name, description and tracking', (t) => {
  const { hash } = compileText(t).plan;
  const more =
    'seed: 42\nloss: { classWeights: none }\ndescription: x\ntracking: { mlflow: { experiment: x } }\n';
  assert.equal(compileText(t, tinyText.replace('name: tiny', 'name: other') + more).plan.hash, hash);
});

test('plan hash - changes with a value, whether of the file or of an argument, and in the same way', (t) => {
  const { hash } = compileText(t).plan;
  const written = compileText(t, `${tinyText}seed: 43\n`).plan.hash;
  assert.notEqual(written, hash);
  assert.equal(compileText(t, tinyText, {}, ['seed=43']).plan.hash, written);
  const changes = [
    'stages[heads].epochs=3',
    'stages[all].learningRate=0.01',
    'model.backbone.growthRate=3',
    'dataset.split.seed=1',
    'augmentation.zoom=0.1',
    'loss.headWeights.kids=2',
  ];
  const hashes = changes.map((change) => compileText(t, tinyText, {}, [change]).plan.hash);
  assert.equal(new Set([hash, written, ...hashes]).size, changes.length + 2);
});

test('plan hash - changes with the order of classes and with a cell of the table', (t) => {
  const { hash } = compileText(t).plan;
  assert.notEqual(compileText(t, tinyText.replace('["no", "yes"]', '["yes", "no"]')).plan.hash, hash);
  const other = compileText(t, tinyText, { 'table.csv': tinyTable.replace('9.jpg,yes', '9.jpg,') }).plan;
  assert.notEqual(other.hash, hash);
});

test('plan - extends another file: maps merge, lists replace, paths belong to the file they stand in', (t) => {
  const folder = folderWith(t, {
    'base/base.yaml': tinyText,
    'base/table.csv': tinyTable,
    'child.yaml': `extends: base/base.yaml
name: child
dataset: { split: { seed: 7 } }
model: { pooling: [gap, gmp], backbone: { growthRate: 3 } }
stages: [{ name: only, imageSize: 16, epochs: 1 }]
`,
  });
  const { plan, originOf } = compilePlan(join(folder, 'child.yaml'), { environment: {} });
  assert.equal(plan.name, 'child');
  assert.deepEqual(
    plan.stages.map(({ name }) => name),
    ['only'],
  );
  const { split } = plan.settings.dataset;
  assert.deepEqual([split.seed, split.validation], [7, 0.3]);
  const { backbone, pooling } = plan.settings.model;
  assert.ok(backbone.name === 'densenet');
  assert.deepEqual([backbone.growthRate, backbone.initialFilters, pooling], [3, 4, ['gap', 'gmp']]);
  assert.equal(plan.locations.table, join(folder, 'base/table.csv'));
  assert.equal(readFileSync(plan.locations.table, 'utf8'), tinyTable);
  assert.match(originOf(['model', 'backbone', 'growthRate']), /child\.yaml:4$/);
  assert.match(originOf(['model', 'backbone', 'initialFilters']), /base\.yaml:8$/);
  assert.equal(originOf(['dataset', 'fit']), 'default');
});
