import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { compilePlan } from '../../src/plan/compile.ts';
import { startingWeights } from '../../src/train/step/starting-weights.ts';
import { writeSafeTensors } from '../../src/weights/safetensors.ts';

const fixture = (name: string): string => join(import.meta.dirname, '..', 'weights', 'fixtures', name);
const folder = mkdtempSync(join(tmpdir(), 'manyheads-starting-'));
after(() => rmSync(folder, { recursive: true }));

const experiment = join(folder, 'small.yaml');
writeFileSync(join(folder, 'table.csv'), 'image_path,kids\na.jpg,no\nb.jpg,yes\nc.jpg,no\nd.jpg,yes\n');
writeFileSync(
  experiment,
  `name: small
dataset:
  table: table.csv
  images: .
  attributes: { kids: ["no", "yes"] }
  split: { validation: 0.5 }
model:
  backbone: { name: densenet, blocks: [1, 1], growthRate: 4, initialFilters: 8 }
  tower: [batchNorm, { dense: 6 }]
stages:
  - { name: small, imageSize: 32, epochs: 2 }
`,
);
const compile = (...overrides: string[]) => compilePlan(experiment, { overrides, environment: {} });
const from = (file: string, more = '') => `model.weights={file: ${JSON.stringify(file)}${more}}`;

test('compilePlan - says what comes from the file, what is drawn, and what is left of it', () => {
  const { plan } = compile(from(fixture('small.keras')));
  const { matched, matchedParameters, initialized, unused } = plan.model.weights!;
  assert.deepEqual([matched, matchedParameters], [34, plan.model.backbone.parameters]);
  // The tower's batch norm and dense layer, and the head's.
  assert.deepEqual(initialized.length, 8);
  assert.ok(initialized.every((name) => name.startsWith('kids_')));
  // Both heads' towers and outputs.
  assert.equal(unused.length, 16);
  assert.equal(compile().plan.model.weights, null);
});

test('compilePlan - the hash covers what is in the file and what is done with it, not where it is', () => {
  const copy = join(folder, 'copy.keras');
  copyFileSync(fixture('small.keras'), copy);
  const hashOf = (override: string): string => compile(override).plan.hash;
  const hash = hashOf(from(fixture('small.keras')));
  assert.equal(hashOf(from(copy)), hash);
  const others = [
    compile().plan.hash,
    hashOf(from(fixture('small.h5'))),
    hashOf(from(copy, ', parts: [backbone, tower]')),
    hashOf(from(copy, ', onMissing: initialize')),
  ];
  assert.equal(new Set([hash, ...others]).size, 5);
});

test('startingWeights - values of the file in its parts, those of the seed elsewhere', () => {
  const drawn = compile();
  const given = compile(from(fixture('small.keras'), ', parts: [backbone, heads]'));
  const seeded = startingWeights(drawn.plan, drawn.networkFor);
  const started = startingWeights(given.plan, given.networkFor);
  assert.deepEqual([...started.keys()], [...seeded.keys()]);
  const changed = [...started.keys()].filter((name) =>
    started.get(name)!.some((value, i) => value !== seeded.get(name)![i]),
  );
  assert.ok(changed.includes('conv1_conv/kernel') && changed.includes('kids_output/bias'));
  assert.ok(!changed.some((name) => name.startsWith('kids_tower')));
});

test('startingWeights - a checkpoint of a run gives back its weights, and its optimizer is left out', () => {
  const { plan, networkFor } = compile('seed=7');
  const weights = startingWeights(plan, networkFor);
  const shapes = new Map(
    networkFor(plan.settings.stages[0]!).layers.flatMap((layer) =>
      layer.weights.map(({ name, shape }) => [name, shape] as const),
    ),
  );
  const stored = (prefix: string) =>
    [...weights].map(
      ([name, values]) => [`${prefix}/${name}`, { shape: shapes.get(name)!, values }] as const,
    );
  const file = join(folder, 'last.safetensors');
  writeSafeTensors(file, { tensors: new Map([...stored('weights'), ...stored('m')]), metadata: {} });
  const next = compile('seed=8', from(file, ', parts: [backbone, tower, heads]'));
  assert.deepEqual(startingWeights(next.plan, next.networkFor), weights);
  assert.deepEqual(next.plan.model.weights!.initialized, []);
  assert.ok(next.plan.model.weights!.unused.every((name) => name.startsWith('m/')));
});

test('startingWeights - a file that has changed since the plan was made is refused', () => {
  const file = join(folder, 'changing.h5');
  copyFileSync(fixture('small.h5'), file);
  const { plan, networkFor } = compile(from(file));
  copyFileSync(fixture('small.weights.h5'), file);
  assert.throws(() => startingWeights(plan, networkFor), /found it changed/);
});

test('compilePlan - a plan that is made can be begun: values that no run could start from are found', () => {
  const plan = compile(from(fixture('small.keras')));
  const values = startingWeights(plan.plan, plan.networkFor);
  const tensors = new Map(
    plan
      .networkFor(plan.plan.settings.stages[0]!)
      .layers.flatMap(({ weights }) =>
        weights.map(({ name, shape }) => [name, { shape, values: values.get(name)! }] as const),
      ),
  );
  const file = join(folder, 'not-finite.safetensors');
  writeSafeTensors(file, { tensors, metadata: {} });
  assert.equal(compile(from(file)).plan.model.weights!.matched, 34);
  tensors.get('conv1_conv/kernel')!.values[5] = Number.POSITIVE_INFINITY;
  writeSafeTensors(file, { tensors, metadata: {} });
  assert.throws(
    () => compile(from(file)),
    /model\.weights\.file: expected values for this network in .*, but conv1_conv\/kernel holds Infinity, value 6 of 1176/,
  );
});
