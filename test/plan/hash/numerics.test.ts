import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { canonicalJson } from '../../../src/plan/hash/canonical.ts';
import { hashesOf, hashSettings, knownHashes } from '../../../src/plan/hash/hash.ts';
import { changesSince, currentNumerics, numerics } from '../../../src/plan/hash/numerics.ts';
import { settingsTree, withoutNeutral } from '../../../src/plan/hash/without-neutral.ts';
import { compileText } from '../tiny.ts';
import { prefixKeys } from './prefix-keys.ts';
import { RAISED_REASON, raiseNumerics } from './raised.ts';

test('numerics - are counted from 1, each with its version and its reason', () => {
  assert.deepEqual(
    numerics.map(({ number }) => number),
    numerics.map((_, i) => i + 1),
  );
  for (const { version, reason } of numerics) {
    assert.match(version, /^\d+\.\d+\.\d+$/);
    assert.match(reason, /\S\.$/);
  }
  assert.equal(currentNumerics(), numerics.length);
});

test('hashSettings - the first numerics are left out, later ones are a key of the settings', (t) => {
  const { settings } = compileText(t).plan;
  const content = withoutNeutral(settings, settingsTree) as object;
  const digest = (value: unknown): string => createHash('sha256').update(canonicalJson(value)).digest('hex');
  assert.equal(hashSettings(settings, { numerics: 1 }), digest(content));
  assert.equal(hashSettings(settings, { numerics: 2 }), digest({ ...content, numerics: 2 }));
});

test('knownHashes, hashesOf - a plan knows the hashes that it had under earlier numerics', (t) => {
  const before = compileText(t).plan;
  const keys = prefixKeys(before.settings);
  raiseNumerics(t);
  raiseNumerics(t);
  const { plan } = compileText(t);
  assert.deepEqual(plan.settings, before.settings);
  const current = currentNumerics();
  const [newest, second, third] = [current, current - 1, current - 2].map((number) =>
    hashSettings(plan.settings, { numerics: number }),
  );
  assert.equal(plan.hash, newest);
  assert.equal(third, before.hash);
  assert.deepEqual([...knownHashes(plan.settings)].slice(0, 3), [
    [newest, current],
    [second, current - 1],
    [third, current - 2],
  ]);
  const { hash, earlierHashes } = hashesOf(plan.settings);
  assert.deepEqual([hash, ...earlierHashes.slice(0, 2)], [newest, second, third]);
  assert.equal(hashesOf(plan.settings, current - 1).hash, second);
  assert.equal(hashesOf(plan.settings, current - 1).earlierHashes[0], third);
  // Stages that were trained under other numerics are not shared.
  assert.deepEqual(
    prefixKeys(plan.settings).filter((key) => keys.includes(key)),
    [],
  );
  assert.equal(changesSince(current - 1), RAISED_REASON);
  assert.equal(changesSince(current - 2), `${RAISED_REASON} ${RAISED_REASON}`);
  assert.equal(changesSince(current), '');
});
