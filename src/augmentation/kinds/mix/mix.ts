/** What mixUp and cutMix share: another image of the batch mixed in by a share from a Beta distribution. */
import type { Stream } from '../../../random.ts';

export interface Mix {
  /** Share of the image's own labels. */
  readonly share: number;
  /** Share of the image's own pixels outside the rectangle, and the rectangle that is all the partner's, in pixels. */
  readonly blend: readonly [outside: number, top: number, left: number, height: number, width: number];
}

export interface MixPlan {
  /** Of Beta(alpha, alpha). */
  readonly alpha: number;
  readonly probability: number;
}

export const ofMix = {
  family: 'mix',
  planOf: (written: MixPlan | null): MixPlan | null => written,
  strengthOf: (mix: MixPlan | null): number => (mix === null ? 0 : mix.probability * mix.alpha),
  scale: (mix: MixPlan | null, strength: number): MixPlan | null =>
    mix && { ...mix, probability: strength * mix.probability },
} as const;

/** Beta(alpha, alpha), as X / (X + Y) with X and Y from Gamma(alpha). */
export function beta(alpha: number, numbers: Stream): number {
  const [x, y] = [logGamma(alpha, numbers), logGamma(alpha, numbers)];
  // In logarithms, since both are 0 in floating point where alpha is small.
  return 1 / (1 + Math.exp(y - x));
}

/** Logarithm of a number from Gamma(alpha, 1). Marsaglia and Tsang, ACM TOMS 26(3), 2000; below 1 by their section 6. */
function logGamma(alpha: number, numbers: Stream): number {
  if (alpha < 1) return logGamma(alpha + 1, numbers) + Math.log(1 - numbers.uniform()) / alpha;
  const d = alpha - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = numbers.normal();
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    const logU = Math.log(1 - numbers.uniform());
    if (logU < 0.5 * x * x + d - d * v + d * Math.log(v)) return Math.log(d * v);
  }
}
