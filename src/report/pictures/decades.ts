/** Powers of ten around a range of values: where a logarithmic axis begins and ends, and its marks. */

/** Logarithms of powers of ten are not always whole. */
const ROUNDING = 1e-9;

/** Powers of ten from the last one below the lowest value to the first one above the highest. */
export function wholeDecades(lowest: number, highest: number): number[] {
  const from = Math.floor(Math.log10(lowest) + ROUNDING);
  const to = Math.ceil(Math.log10(highest) - ROUNDING);
  return Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
}
