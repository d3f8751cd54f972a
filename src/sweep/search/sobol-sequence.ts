/**
 * Sobol's sequence: points that fill a cube evenly however many there are. In: dimensions, a seed. Out: points with
 * coordinates in [0, 1). Direction numbers of Joe and Kuo (SIAM J. Sci. Comput. 30, 2008; new-joe-kuo-6.21201), Gray-code
 * order of Antonov and Saleev: without a shift the points of scipy.stats.qmc.Sobol.
 */
import { keyFor, stream } from '../../random.ts';

const BITS = 30;

/** A primitive polynomial with all of its bits, and the first direction numbers, one line a dimension. */
const directions: readonly (readonly [number, readonly number[]])[] = [
  [1, [1]],
  [3, [1]],
  [7, [1, 3]],
  [11, [1, 3, 1]],
  [13, [1, 1, 1]],
  [19, [1, 1, 3, 3]],
  [25, [1, 3, 5, 13]],
  [37, [1, 1, 5, 5, 17]],
  [41, [1, 1, 5, 5, 5]],
  [47, [1, 1, 7, 11, 19]],
  [55, [1, 1, 5, 1, 1]],
  [59, [1, 1, 1, 3, 11]],
  [61, [1, 3, 5, 5, 31]],
  [67, [1, 3, 3, 9, 7, 49]],
  [91, [1, 1, 1, 15, 21, 21]],
  [97, [1, 3, 1, 13, 27, 49]],
  [103, [1, 1, 1, 15, 7, 5]],
  [109, [1, 3, 1, 15, 13, 25]],
  [115, [1, 1, 5, 5, 19, 61]],
  [131, [1, 3, 7, 11, 23, 15, 103]],
  [137, [1, 3, 7, 13, 13, 15, 69]],
  [143, [1, 1, 3, 13, 7, 35, 63]],
  [145, [1, 3, 5, 9, 1, 25, 53]],
  [157, [1, 3, 1, 13, 9, 35, 107]],
  [167, [1, 3, 1, 5, 27, 61, 31]],
  [171, [1, 1, 5, 11, 19, 41, 61]],
  [185, [1, 3, 5, 3, 3, 13, 69]],
  [191, [1, 1, 7, 13, 1, 19, 1]],
  [193, [1, 3, 7, 5, 13, 19, 59]],
  [203, [1, 1, 3, 9, 25, 29, 41]],
  [211, [1, 3, 5, 13, 23, 1, 55]],
  [213, [1, 3, 7, 3, 13, 59, 17]],
];

/** More dimensions than this have no direction numbers here. */
export const MOST_DIMENSIONS = directions.length;

/** Direction numbers of one dimension, as fractions of 2^30. */
function expand([polynomial, first]: (typeof directions)[number], dimension: number): number[] {
  if (dimension === 0) return Array.from({ length: BITS }, (_, i) => 2 ** (BITS - 1 - i));
  const degree = Math.floor(Math.log2(polynomial));
  const numbers = first.slice(0, degree).map((value, i) => value * 2 ** (BITS - 1 - i));
  for (let i = degree; i < BITS; i++) {
    let value = numbers[i - degree]! ^ (numbers[i - degree]! >>> degree);
    for (let k = 1; k < degree; k++) if ((polynomial >>> (degree - k)) & 1) value ^= numbers[i - k]!;
    numbers.push(value);
  }
  return numbers;
}

/**
 * @param dimensions at most `MOST_DIMENSIONS`
 * @param seed of a digital shift, which is the same for all points and keeps them as even; null for none
 */
export function* sobolSequence(dimensions: number, seed: number | null): Generator<Float64Array> {
  const numbers = directions.slice(0, dimensions).map(expand);
  const random = seed === null ? undefined : stream(keyFor(seed, 'sobol'));
  const state = numbers.map(() => {
    // Two draws of 15 bits: one draw has 24.
    return random === undefined ? 0 : random.integer(2 ** 15) * 2 ** 15 + random.integer(2 ** 15);
  });
  for (let count = 0; ; count++) {
    yield Float64Array.from(state, (value) => value / 2 ** BITS);
    // Position of the lowest zero bit of the count.
    const bit = 31 - Math.clz32(~count & (count + 1));
    if (bit >= BITS) return;
    for (let d = 0; d < dimensions; d++) state[d] = state[d]! ^ numbers[d]![bit]!;
  }
}
