/** Numbers as text, all of them here: one spelling for the terminal, the tables, the pictures and MLflow. */

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** What stands where a number is not known. */
export const UNKNOWN = '-';

/** `8,123,355`; null becomes `-`. */
export function formatCount(count: number | null): string {
  return count === null ? UNKNOWN : grouped.format(count);
}

/** A share or a score from 0 to 1 with three decimals, as `0.704`. */
export function formatScore(score: number | null): string {
  return score === null ? UNKNOWN : score.toFixed(3);
}

/** `1.205`, `0.034`; very large and very small ones as `3.1e-5`. */
export function formatLoss(loss: number | null): string {
  if (loss === null) return UNKNOWN;
  const size = Math.abs(loss);
  if (size !== 0 && (size < 0.001 || size >= 10_000)) return exponential(loss, 2);
  return loss.toFixed(3);
}

/** `0.001`, `0.05`, `3e-4`, `2.5e-5`: at most three digits that count. */
export function formatLearningRate(rate: number): string {
  return rate !== 0 && Math.abs(rate) < 0.001 ? exponential(rate, 3) : String(Number(rate.toPrecision(3)));
}

/** A number that was drawn: whole, or with at most four digits that count. */
export function formatDrawn(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

/** Seconds as `4.2 s`, `42 s`, `3:07 min` (minutes and seconds) or `1:05 h` (hours and minutes). */
export function formatDuration(seconds: number | null): string {
  if (seconds === null) return UNKNOWN;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}:${twoDigits(whole % 60)} min`;
  const minutes = Math.round(seconds / 60);
  return `${grouped.format(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)} h`;
}

/** Images a second without the unit: `3.25`, `48.1`, `1,204`. */
export function formatRate(imagesPerSecond: number | null): string {
  if (imagesPerSecond === null) return UNKNOWN;
  if (imagesPerSecond < 9.995) return imagesPerSecond.toFixed(2);
  return imagesPerSecond < 99.95 ? imagesPerSecond.toFixed(1) : grouped.format(imagesPerSecond);
}

/** Decimal multiples, as `850 MB` or `1.23 GB`. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, ['bytes', 'kB', 'MB', 'GB', 'TB']);
}

/** Floating-point operations, as `5.67 GFLOP`. */
export function formatFlops(flops: number): string {
  return scaled(flops, ['FLOP', 'kFLOP', 'MFLOP', 'GFLOP', 'TFLOP', 'PFLOP']);
}

/** `224×224×3`; an empty list is a scalar. */
export function formatShape(shape: readonly number[]): string {
  return shape.length === 0 ? 'scalar' : shape.join('×');
}

/** The first twelve digits of a hash: enough to tell plans apart at a glance. */
export function formatHash(hash: string): string {
  return hash.slice(0, 12);
}

/** `1 epoch`, `2 epochs`. */
export function formatNumberOf(count: number, thing: string): string {
  return `${formatCount(count)} ${thing}${count === 1 ? '' : 's'}`;
}

function scaled(value: number, units: readonly string[]): string {
  let unit = 0;
  let rest = value;
  // 999.5 and above would be written as 1000.
  while (rest >= 999.5 && unit < units.length - 1) {
    rest /= 1000;
    unit += 1;
  }
  if (unit === 0) return `${grouped.format(rest)} ${units[0]}`;
  return `${rest >= 99.95 ? grouped.format(rest) : rest.toPrecision(3)} ${units[unit]}`;
}

function exponential(value: number, digits: number): string {
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e');
  return `${Number(mantissa)}e${Number(exponent)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
