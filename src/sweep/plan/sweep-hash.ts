/**
 * A sweep's hash: SHA-256 of all of its file but name and description, and of its trials' hashes. As in the hash of a plan,
 * keys that came after version 0.1.0 are left out where they have their neutral value.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../plan/hash/canonical.ts';
import type { Hashes } from '../../plan/hash/hash.ts';
import type { LaterKeys } from '../../plan/hash/neutral.ts';
import { neutralTree, withoutNeutral } from '../../plan/hash/without-neutral.ts';
import type { ResolvedSweep } from '../../schema/sweep.ts';

/** As `laterKeys` of src/plan/hash/neutral.ts: keys of sweeps. */
export const laterSweepKeys = {} as const satisfies LaterKeys;

const sweepTree = neutralTree(laterSweepKeys);

/** @param trials in the order of the plan */
export function hashSweep(sweep: ResolvedSweep, trials: readonly Hashes[], tree = sweepTree): Hashes {
  const { name: _, description: __, extends: ___, base: ____, ...rest } = sweep;
  const text = tree === undefined ? canonicalJson(rest) : canonicalJson(withoutNeutral(rest, tree));
  const digest = (hashes: Iterable<string>): string => {
    const hash = createHash('sha256').update(text);
    for (const one of hashes) hash.update(`\n${one}`);
    return hash.digest('hex');
  };
  const earlier = trials[0]?.earlierHashes ?? [];
  return {
    hash: digest(trials.map(({ hash }) => hash)),
    earlierHashes: earlier.map((_, i) => digest(trials.map(({ earlierHashes }) => earlierHashes[i]!))),
  };
}
