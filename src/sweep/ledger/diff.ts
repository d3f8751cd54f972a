/** Two plans of sweeps side by side. In: trials by their hash. Out: those of one alone, and those of both. */

export interface DiffedTrial {
  readonly hash: string;
  readonly label: string;
}

export interface SweepDiff {
  readonly onlyFirst: readonly DiffedTrial[];
  readonly onlySecond: readonly DiffedTrial[];
  readonly both: readonly DiffedTrial[];
}

/** Each in the order of the plan that it is from; those of both in that of the first. */
export function diffTrials(first: readonly DiffedTrial[], second: readonly DiffedTrial[]): SweepDiff {
  const inFirst = new Set(first.map(({ hash }) => hash));
  const inSecond = new Set(second.map(({ hash }) => hash));
  const short = ({ hash, label }: DiffedTrial): DiffedTrial => ({ hash, label });
  return {
    onlyFirst: first.filter(({ hash }) => !inSecond.has(hash)).map(short),
    onlySecond: second.filter(({ hash }) => !inFirst.has(hash)).map(short),
    both: first.filter(({ hash }) => inSecond.has(hash)).map(short),
  };
}
