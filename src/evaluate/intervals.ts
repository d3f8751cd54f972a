/**
 * Replicates to a 95 % interval: the expanded percentile interval (Hesterberg, "What teachers should know about the
 * bootstrap", The American Statistician 69, 2015, section 4.4). The percentile interval is too narrow where there are few
 * units, because resamples of n units vary by (n - 1) / n of what samples do and because its quantiles are the normal
 * distribution's; here its shares are widened so that both are made good for a mean.
 */
import jstat from 'jstat';

const CONFIDENCE = 0.95;
/** Resamples without a value may be so many of all: an interval of the others would be of other data. */
const MOST_UNKNOWN = 0.05;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * @param replicates values of the resamples; NaN where one cannot tell it
 * @param units that each resample was drawn from
 * @returns null for fewer than two units, where too many resamples cannot tell the value, and where all are the same: rows
 *   that are all right, or all wrong, say nothing of how often others are not
 */
export function intervalOf(replicates: Float64Array, units: number): Interval | null {
  if (units < 2) return null;
  const known = replicates.filter((value) => !Number.isNaN(value)).sort();
  if (known.length < (1 - MOST_UNKNOWN) * replicates.length || known.length < 2) return null;
  const share = expandedShare(units);
  const [low, high] = [quantile(known, share), quantile(known, 1 - share)];
  return low === high ? null : { low, high };
}

/** From so many units on Student's distribution is the normal one, and jStat loses digits. */
const MANY_UNITS = 10_000;

/** The share of the replicates below the interval: Φ(-√(n / (n - 1)) · t), t the quantile of Student's distribution. */
export function expandedShare(units: number): number {
  if (units > MANY_UNITS) return (1 - CONFIDENCE) / 2;
  const t = jstat.studentt.inv((1 + CONFIDENCE) / 2, units - 1);
  const z = Math.sqrt(units / (units - 1)) * t;
  return (1 - jstat.erf(z / Math.SQRT2)) / 2;
}

/** Between the values at (R + 1) · share (type 6 of Hyndman and Fan 1996), at the ends the first and the last. */
function quantile(sorted: Float64Array, share: number): number {
  const at = Math.min(Math.max((sorted.length + 1) * share, 1), sorted.length);
  const below = Math.floor(at);
  const [low, high] = [sorted[below - 1]!, sorted[Math.min(below, sorted.length - 1)]!];
  return low + (at - below) * (high - low);
}
