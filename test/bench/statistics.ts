/** Numbers of several measurements to the few that are reported. */

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** How a row was measured: rows of one table may be of different days. */
export interface Circumstances {
  /** When, ISO 8601. */
  readonly date: string;
  readonly rounds: number;
  /** Cores that other work kept busy meanwhile; null where that was not looked at. */
  readonly othersLoad: Spread | null;
}

export function circumstances(othersLoad: readonly number[], rounds: number): Circumstances {
  return { date: new Date().toISOString(), rounds, othersLoad: spread(othersLoad) };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** @param values at least one */
export function spread(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** Ratios of what was measured one after the other, round by round: what slows the machine slows both. */
export function pairedRatio(ours: readonly number[], theirs: readonly number[]): Spread {
  const rounds = Math.min(ours.length, theirs.length);
  return spread(Array.from({ length: rounds }, (_, i) => ours[i]! / theirs[i]!));
}
