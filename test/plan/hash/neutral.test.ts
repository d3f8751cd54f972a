/**
 * Every key of the settings is one of version 0.1.0 or stands in the table of later keys: a key that is in neither would
 * change the hash of every plan, so that no older run would be found again.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { type LaterKeys, laterKeys } from '../../../src/plan/hash/neutral.ts';
import { neutralTree, withoutNeutral } from '../../../src/plan/hash/without-neutral.ts';
import type { Plan, Settings } from '../../../src/plan/plan.ts';
import { goldenNames, readGolden } from '../../golden/plans.ts';
import { compileText, tinyText } from '../tiny.ts';
import { firstKeys } from './fixtures/first-keys.ts';
import { type KeyPaths, keysIn, type Unlisted } from './key-paths.ts';

type Later = keyof typeof laterKeys;
type First = (typeof firstKeys)[number];

/**
 * TypeScript says here which keys are new: "Type 'NEW KEY' does not satisfy the constraint 'never'". Add each to `laterKeys`
 * in src/plan/hash/neutral.ts, with the value with which all is computed as it was before.
 */
export type NewKeys = None<Unlisted<KeyPaths<Settings>, First | Later>>;
/** Here, which keys of the table are not there, or not any more. One that is taken out changes hashes too. */
export type LostKeys = None<Unlisted<First, KeyPaths<Settings>>>;
type None<T extends never> = T;

// And it does so: a stage, and one optimizer, with a key more.
type Stage = Settings['stages'][number];
type Grown<T, More> = Omit<Settings, 'stages'> & {
  readonly stages: readonly (Omit<Stage, keyof T> & T & More)[];
};
type NewOf<S> = Unlisted<KeyPaths<S>, First | Later>;
export type Found = [
  // @ts-expect-error: Type '"stages.*.unheardOf"' does not satisfy the constraint 'never'
  None<NewOf<Grown<object, { readonly unheardOf: null }>>>,
  // @ts-expect-error: an optimizer that has momentum beside those that have it
  None<NewOf<Grown<{ readonly optimizer: { readonly name: 'adam'; readonly momentum: number } }, object>>>,
  // @ts-expect-error: all keys of a loss that is new
  None<NewOf<Grown<{ readonly loss: { readonly heads: Record<string, { readonly type: 'new' }> } }, object>>>,
];

const whatToDo =
  'a new key: add it to laterKeys in src/plan/hash/neutral.ts, with the value with which all is computed as before';
const listed: readonly string[] = [...firstKeys, ...Object.keys(laterKeys)];

/** Between them, most variants of all that can be written. */
const more: readonly string[] = [
  'optimizer={name: rmsprop, averageWeights: {decay: 0.9}}',
  'learningRatePolicy={name: polynomial, warmUp: {steps: 1}}',
  'learningRatePolicy={name: step, every: {epochs: 1}, factor: 0.5}',
  'learningRatePolicy={name: exponential, every: {epochs: 1}, factor: 0.5}',
  'learningRatePolicy={name: cosine, restarts: {after: {share: 0.5}}}',
  'loss.classWeights={kids: {"no": 1, "yes": 2}}',
  'loss.classWeights={kids: effectiveNumber}',
  'dataset.normalize={mean: [1, 2, 3], std: [1, 2, 3]}',
  'model.towers={kids: [batchNorm, {dropout: 0.1}, {dense: 2}, {activation: gelu}]}',
  'model.headInitializer={truncatedNormal: 0.1}',
  'stages[all].earlyStopping={patience: 1}',
];

test('laterKeys - every key that a plan has is one of version 0.1.0 or stands in the table', (t) => {
  const plans = [
    ...goldenNames().map((name) => readGolden(name) as Plan),
    ...more.map((override) => compileText(t, tinyText.replace('  tower: []\n', ''), {}, [override]).plan),
  ];
  const known = new Set<string>();
  for (const { name, settings } of plans) {
    const keys = keysIn(settings, listed);
    for (const key of keys.known) known.add(key);
    assert.deepEqual([...keys.unknown], [], `${name}: ${whatToDo}`);
  }
  // The walk does come to them.
  assert.ok(known.size > 250, `${known.size} keys of ${listed.length}`);
});

test('keysIn - a key that is new is found wherever it stands, and one of a variant alone', () => {
  const { settings } = readGolden('improvements/backbone_resnet50') as Plan;
  const [stage] = settings.stages;
  const unheard = { unheardOf: null };
  const places: Record<string, unknown> = {
    unheardOf: { ...settings, ...unheard },
    'dataset.split.unheardOf': { dataset: { split: { ...settings.dataset.split, ...unheard } } },
    'dataset.heads.*.unheardOf': { dataset: { heads: [{ ...settings.dataset.heads[0], ...unheard }] } },
    'stages.*.unheardOf': { stages: [{ ...stage, ...unheard }] },
    'stages.*.augmentation.unheardOf': { stages: [{ augmentation: unheard }] },
    'stages.*.loss.heads.*.unheardOf': {
      stages: [{ loss: { heads: { kids: { type: 'focal', ...unheard } } } }],
    },
    'model.tower.*.unheardOf': { model: { tower: [{ type: 'dropout', ...unheard }] } },
    // EfficientNets have it.
    'model.backbone.stochasticDepth': {
      model: { backbone: { ...settings.model.backbone, stochasticDepth: 0 } },
    },
  };
  for (const [path, value] of Object.entries(places))
    assert.deepEqual([...keysIn(value, listed).unknown], [path]);
  const values = {
    stages: [
      {
        loss: {
          headWeights: { kids: 2, name: 1 },
          classWeights: { type: 'given', weights: { kids: { no: 1 } } },
        },
      },
    ],
  };
  assert.deepEqual([...keysIn(values, listed).unknown], [], 'names that a file gives are no keys');
  const backbone = { model: { backbone: { name: 'vit', patch: 16 } } };
  assert.deepEqual([...keysIn(backbone, listed).unknown], ['model.backbone.name', 'model.backbone.patch']);
  assert.deepEqual([...keysIn(backbone, [...listed, 'model.backbone[vit]']).unknown], []);
});

test('laterKeys - where a file says nothing, each has its neutral value', (t) => {
  const { settings } = compileText(t, tinyText).plan;
  const keys: LaterKeys = laterKeys;
  for (const [path, key] of Object.entries(keys)) {
    assert.match(key.since, /^\d+\.\d+\.\d+$/, path);
    if (!('neutral' in key) || key.newDefault !== undefined) continue;
    const left = withoutNeutral(settings, neutralTree({ [path]: key }));
    assert.ok(
      !keysIn(left, [...listed, path]).known.has(path),
      `${path}: the schema's default is not the neutral value, so that every plan gets another hash`,
    );
  }
});

test('the keys of version 0.1.0 - are those that its plans have', () => {
  assert.equal(firstKeys.length, 369);
  const digest = createHash('sha256').update(firstKeys.join('\n')).digest('hex');
  assert.equal(
    digest.slice(0, 16),
    'bea2343c1d405034',
    'a key that is new belongs in src/plan/hash/neutral.ts',
  );
  assert.deepEqual(
    firstKeys.filter((key) => key in laterKeys),
    [],
  );
});
