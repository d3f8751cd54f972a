/**
 * Whole numbers by the hundred million: sfc32 (Chris Doty-Humphrey's Small Fast Counting generator, of PractRand), a few
 * times faster than the counted generator of src/random.ts, which seeds it. Its numbers depend on those before them.
 */
import { keyFor } from '../random.ts';

/** Rounds after which the seed is spread over the whole state, as PractRand has it. */
const WARM_UP = 15;

/**
 * @param seed any safe integer
 * @param purpose what the numbers are for
 * @returns fills a list: how often each of its places is drawn in so many draws with replacement as it has places
 */
export function resampler(seed: number, purpose: string): (counts: Uint32Array) => void {
  let [a, b] = keyFor(seed, purpose).map((word) => word | 0) as [number, number];
  let c = 0;
  let d = 1;
  const draw = (counts: Uint32Array, draws: number): void => {
    const { length } = counts;
    for (let i = 0; i < draws; i++) {
      const word = (a + b + d) | 0;
      d = (d + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + word) | 0;
      counts[Math.floor(((word >>> 0) / 0x100000000) * length)]! += 1;
    }
  };
  draw(new Uint32Array(1), WARM_UP);
  return (counts) => {
    counts.fill(0);
    draw(counts, counts.length);
  };
}
