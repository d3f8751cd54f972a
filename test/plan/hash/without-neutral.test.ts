// Keys that are left out of hashes, by a table of their own beside that of the program, which may be empty.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson } from '../../../src/plan/hash/canonical.ts';
import { createSettingsHasher, hashSettings } from '../../../src/plan/hash/hash.ts';
import { type LaterKeys, laterKeys } from '../../../src/plan/hash/neutral.ts';
import { createPartTexts, createShape } from '../../../src/plan/hash/part-texts.ts';
import { neutralTree, settingsTree, withoutNeutral } from '../../../src/plan/hash/without-neutral.ts';
import type { Plan, Settings } from '../../../src/plan/plan.ts';
import { goldenNames, readGolden } from '../../golden/plans.ts';
import { compileText } from '../tiny.ts';
import { prefixKeys } from './prefix-keys.ts';
import { raiseNumerics } from './raised.ts';

const since = '9.9.9';
const keys: LaterKeys = {
  repeats: { since, neutral: null },
  'dataset.split.gap': { since, neutral: 0 },
  'dataset.heads.*.kind': { since, neutral: 'classes' },
  'stages.*.ema': { since, neutral: { decay: 0, list: [] } },
  'stages.*.ema.warm': { since, neutral: false },
  'stages.*.loss.heads.*.margin': { since, neutral: 0.5 },
  'stages.*.optimizer.lookahead': { since, neutral: false },
  'stages.*.optimizer[sgd].dampening': { since, neutral: 0 },
  'model.backbone[vit].patch': { since, always: 'no other backbone has it' },
};
const tree = neutralTree({ ...laterKeys, ...keys });

type Map = Readonly<Record<string, unknown>>;

/** Settings as a later version has them, which says nothing that is new. */
function grown(settings: Settings, changes: { [path in keyof typeof keys]?: unknown } = {}): Settings {
  const value = (path: string): unknown => {
    const key = keys[path]!;
    return path in changes ? changes[path] : 'neutral' in key ? key.neutral : undefined;
  };
  const { dataset, stages } = settings;
  return {
    ...settings,
    repeats: value('repeats'),
    dataset: {
      ...dataset,
      split: { ...dataset.split, gap: value('dataset.split.gap') },
      heads: dataset.heads.map((head) => ({ ...head, kind: value('dataset.heads.*.kind') })),
    },
    stages: stages.map((stage) => {
      const { optimizer, loss } = stage;
      const margin = value('stages.*.loss.heads.*.margin');
      const dampening = value('stages.*.optimizer[sgd].dampening');
      const lookahead = value('stages.*.optimizer.lookahead');
      return {
        ...stage,
        ema: { ...(value('stages.*.ema') as Map), warm: value('stages.*.ema.warm') },
        optimizer: { ...optimizer, lookahead, ...(optimizer.name === 'sgd' ? { dampening } : {}) },
        loss: {
          ...loss,
          heads: Object.fromEntries(
            Object.entries(loss.heads).map(([name, head]) => [name, { ...head, margin }]),
          ),
        },
      };
    }),
  } as unknown as Settings;
}

const goldens = goldenNames().map((name) => readGolden(name) as Plan);
test('hashSettings - new keys with their neutral values change no golden hash', () => {
  for (const { name, hash, settings } of goldens) {
    const later = grown(settings);
    assert.notEqual(hashSettings(later, { tree: undefined }), hash, 'the keys are there');
    assert.equal(hashSettings(later, { tree }), hash, name);
    assert.deepEqual(withoutNeutral(later, tree), withoutNeutral(settings, settingsTree), name);
    assert.deepEqual(prefixKeys(later, tree), prefixKeys(settings), name);
  }
});

test('hashSettings - any other value of a new key changes the hash', (t) => {
  // One of its stages has SGD.
  const { hash, settings } = compileText(t).plan;
  const changes: Record<string, unknown> = {
    repeats: 5,
    'dataset.split.gap': 0.1,
    'dataset.heads.*.kind': 'labels',
    'stages.*.ema': { decay: 0.9, list: [] },
    'stages.*.ema.warm': true,
    'stages.*.loss.heads.*.margin': 0.4,
    'stages.*.optimizer.lookahead': null,
    'stages.*.optimizer[sgd].dampening': 0.1,
  };
  const hashes = Object.entries(changes).map(([path, value]) =>
    hashSettings(grown(settings, { [path]: value }), { tree }),
  );
  assert.equal(new Set([hash, ...hashes]).size, 1 + Object.keys(changes).length);
});

test('withoutNeutral - a variant has keys that others keep, in lists, in maps and at the top', () => {
  const own = neutralTree({
    'a.*[x].b': { since, neutral: 0 },
    'a.*.c': { since, neutral: 0 },
    'd.*.e': { since, neutral: [] },
    '[x].f': { since, neutral: '' },
  });
  const value = {
    a: [
      { type: 'x', b: 0, c: 0 },
      { type: 'y', b: 0, c: 0 },
      { kind: 'x', type: 'y', b: 0, c: 1 },
    ],
    d: { one: { e: [] }, two: { e: [0] }, three: null },
    f: '',
    b: 0,
  };
  const left = {
    a: [{ type: 'x' }, { type: 'y', b: 0 }, { kind: 'x', type: 'y', c: 1 }],
    d: { one: {}, two: { e: [0] }, three: null },
    f: '',
    b: 0,
  };
  assert.deepEqual(withoutNeutral(value, own), left);
  const { f: _, ...leftOfVariant } = left;
  assert.deepEqual(withoutNeutral({ ...value, name: 'x' }, own), { ...leftOfVariant, name: 'x' });
  const texts = createPartTexts(new Set(), own);
  for (const one of [value, { ...value, name: 'x' }, value])
    assert.equal(texts.textOf(one, createShape(own)), canonicalJson(withoutNeutral(one, own)));
  assert.equal(neutralTree({}), undefined);
  assert.equal(neutralTree({ 'a[x]': { since, always: 'new' } }), undefined);
  assert.throws(() => neutralTree({ 'a[x]': { since, neutral: 0 } }), /x is a variant/);
});

test('createSettingsHasher - the hashes of hashSettings, whatever parts are shared and in whatever order they come', (t) => {
  const lasting = new Set<object>();
  const many = goldens.flatMap(({ settings }) => [
    grown(settings),
    grown(settings, { 'stages.*.loss.heads.*.margin': 0.1, repeats: 3 }),
    settings,
    // Another seed of the same parts.
    { ...settings, seed: 7 },
  ]);
  for (const settings of many) {
    lasting.add(settings.dataset).add(settings.model);
    for (const stage of settings.stages) lasting.add(stage).add(stage.loss);
  }
  const texts = createPartTexts(lasting, tree);
  const hashOf = createSettingsHasher(texts);
  for (let again = 0; again < 2; again++)
    for (const settings of many) assert.equal(hashOf(settings).hash, hashSettings(settings, { tree }));

  const number = raiseNumerics(t);
  const raised = createSettingsHasher(texts);
  for (const settings of many) {
    const { hash, earlierHashes } = raised(settings);
    const [first, ...others] = Array.from({ length: number }, (_, i) =>
      hashSettings(settings, { numerics: number - i, tree }),
    );
    assert.equal(hash, first);
    assert.deepEqual(earlierHashes, others);
  }
});
