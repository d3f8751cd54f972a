import assert from 'node:assert/strict';
import { test } from 'node:test';
import { neutralTree } from '../../../src/plan/hash/without-neutral.ts';
import type { ResolvedSweep } from '../../../src/schema/sweep.ts';
import { hashSweep, type laterSweepKeys } from '../../../src/sweep/plan/sweep-hash.ts';
import type { KeyPaths, Unlisted } from '../../plan/hash/key-paths.ts';
import { forgetLaterNumerics, raiseNumerics } from '../../plan/hash/raised.ts';
import { planText } from '../planned.ts';
import type { firstSweepKeys } from './fixtures/first-keys.ts';

type First = (typeof firstSweepKeys)[number];
forgetLaterNumerics();

/** What a sweep's hash is of; the trials' own hashes are those of their plans. */
type Hashed = Omit<ResolvedSweep, 'name' | 'description' | 'extends' | 'base'>;

/** TypeScript says here which keys are new: add each to `laterSweepKeys` in src/sweep/plan/sweep-hash.ts. */
export type NewKeys = None<Unlisted<KeyPaths<Hashed>, First | keyof typeof laterSweepKeys>>;
export type LostKeys = None<Unlisted<First, KeyPaths<Hashed>>>;
type None<T extends never> = T;

const text = 'axes: { "stages[heads].epochs": [1, 2, 3] }\nseeds: [1, 2]\n';

test('hashSweep - a sweep and its trials have the hashes that version 0.1.0 gave them', (t) => {
  const { hash, trials } = planText(t, text);
  assert.equal(hash, 'f7e4dc74acaf88fd2ea33dce0033d3d63eda2b7269fe954ff0ad78456896a5dc');
  assert.equal(trials[0]!.hash, '26e20e83ba023a1b4034c7d956ad84b820c2d1141cd07b7252a69b796f94ca08');
});

test('hashSweep - changes with an axis and with the metric, and not with name and description', (t) => {
  const { hash, earlierHashes } = planText(t, text);
  assert.deepEqual(earlierHashes, []);
  assert.equal(planText(t, `${text}description: else\n`).hash, hash);
  assert.notEqual(planText(t, `${text}metric: { name: accuracy }\n`).hash, hash);
  assert.notEqual(planText(t, text.replace('3]', '4]')).hash, hash);
});

test('hashSweep - a key that is new counts where it has another than its neutral value', (t) => {
  const { sweep, trials, hash } = planText(t, text);
  const tree = neutralTree({ 'limits.disk': { since: '9.9.9', neutral: null } });
  const grown = (disk: number | null): ResolvedSweep =>
    ({ ...sweep, limits: { ...sweep.limits, disk } }) as unknown as ResolvedSweep;
  assert.equal(hashSweep(grown(null), trials, tree).hash, hash);
  assert.notEqual(hashSweep(grown(1), trials, tree).hash, hash);
  assert.notEqual(hashSweep(grown(null), trials, undefined).hash, hash);
});

test('hashSweep - a sweep knows the hash that it and its trials had under earlier numerics', (t) => {
  const before = planText(t, text);
  raiseNumerics(t);
  const after = planText(t, text);
  assert.notEqual(after.hash, before.hash);
  assert.equal(after.earlierHashes[0], before.hash);
  after.trials.forEach(({ hash, earlierHashes }, i) => {
    assert.notEqual(hash, before.trials[i]!.hash);
    assert.equal(earlierHashes[0], before.trials[i]!.hash);
  });
});
