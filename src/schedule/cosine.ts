/**
 * Half a cosine from the peak to the end, again after each cycle where there are restarts. Loshchilov and Hutter, SGDR,
 * arXiv:1608.03983, equation 5: end + (1 - end)·peak·(1 + cos(π·t/T))/2, t steps into a cycle of T. Cycle i is
 * lengthFactor^i times as long as the first (T_mult of the paper) and peaks at peakFactor^i, which the paper leaves at
 * 1; keras.optimizers.schedules.CosineDecayRestarts has both.
 */
import { type CosinePolicy, type PolicyDef, rateOnly } from './policy.ts';

export const cosine: PolicyDef<CosinePolicy> = {
  durations: ({ restarts }) => (restarts === null ? {} : { 'restarts.after': restarts.after }),
  check: (_, { 'restarts.after': after }, steps) =>
    after === undefined || after < steps
      ? []
      : [
          {
            at: ['restarts', 'after'],
            message: `expected fewer than the ${steps} steps of the stage, got ${after}`,
            hint: 'It would never restart; without restarts there is one cycle as long as the stage.',
          },
        ],
  curve({ endFactor, restarts }, { 'restarts.after': after = Number.NaN }, steps) {
    const falling = (share: number, peak: number): number =>
      endFactor + ((1 - endFactor) * peak * (1 + Math.cos(Math.PI * share))) / 2;
    if (restarts === null) return rateOnly((t) => falling(t / steps, 1));
    return rateOnly((t) => {
      let [begin, length, peak] = [0, after, 1];
      while (t >= begin + length) {
        begin += length;
        length *= restarts.lengthFactor;
        peak *= restarts.peakFactor;
      }
      return falling((t - begin) / length, peak);
    });
  },
};
