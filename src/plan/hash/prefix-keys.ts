/**
 * What the first stages of a run depend on, as a key: runs of the same key have the same weights and metrics after so many
 * stages, on the same machine by the same program. All settings count but those that are known not to matter: the names of
 * stages, which nothing computes with, the later stages, and keys that have their neutral value. So a setting that is new
 * counts. The numerics count: stages that were trained under others are never shared.
 */
import { createHash } from 'node:crypto';
import type { Settings, StagePlan } from '../plan.ts';
import { currentNumerics } from './numerics.ts';

/** What all stages depend on, as values by name, of plain JSON. */
export function foundationOf({ stages, ...rest }: Settings): Readonly<Record<string, unknown>> {
  // Weights that a later stage learns are in the checkpoints of the stages before it.
  const hasLearnedHeadWeights = stages.some(({ loss }) => loss.headWeights === 'uncertainty');
  return { ...rest, hasLearnedHeadWeights, numerics: currentNumerics() };
}

/** What one stage does to the weights that it is given. */
export function effectOf({ name: _, ...rest }: StagePlan): Readonly<Record<string, unknown>> {
  return rest;
}

/** @param foundation canonical JSON of `foundationOf` without neutral values @returns 32 hexadecimal digits */
export function foundationKey(foundation: string): string {
  return digest(foundation);
}

/**
 * @param before key of the stages before, or of the foundation
 * @param effect canonical JSON of `effectOf` without neutral values
 */
export function keyAfter(before: string, effect: string): string {
  return digest(`${before}\n${effect}`);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
