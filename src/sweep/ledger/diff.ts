/** Two plans of sweeps side by side. In: trials by their hash. Out: those of one alone, and those of both. */

export interface DiffedTrial {
  readonly hash: string;
  /** Under earlier numerics, newest first. */
  readonly earlierHashes?: readonly string[];
  readonly label: string;
}

export interface SweepDiff {
  readonly onlyFirst: readonly DiffedTrial[];
  readonly onlySecond: readonly DiffedTrial[];
  readonly both: readonly DiffedTrial[];
}

/**
 * Each in the order of the plan that it is from; those of both in that of the first. Plans that differ in their numerics
 * alone are the same trial.
 */
export function diffTrials(first: readonly DiffedTrial[], second: readonly DiffedTrial[]): SweepDiff {
  /** Under the first numerics. */
  const identity = ({ hash, earlierHashes }: DiffedTrial): string => earlierHashes?.at(-1) ?? hash;
  const inFirst = new Set(first.map(identity));
  const inSecond = new Set(second.map(identity));
  const short = ({ hash, label }: DiffedTrial): DiffedTrial => ({ hash, label });
  return {
    onlyFirst: first.filter((trial) => !inSecond.has(identity(trial))).map(short),
    onlySecond: second.filter((trial) => !inFirst.has(identity(trial))).map(short),
    both: first.filter((trial) => inSecond.has(identity(trial))).map(short),
  };
}
