/** Steps and the moments they ended at go in, the seconds that an epoch and a stage may still take come out. */

/** Weight of the newest step in the running mean: the last twenty or so steps count. */
const NEWEST = 0.1;

export interface TimeLeft {
  /** Forgets everything: another stage has other steps. */
  reset(): void;
  /** A training step has ended. */
  step(now: number, step: number, steps: number): void;
  /** Validation rows are done. @returns whether they are the first of their epoch */
  validation(done: number, rows: number): boolean;
  /** An epoch has ended, its validation included. */
  epoch(now: number): void;
  /** Seconds to the end of the current epoch; null before two steps were seen. */
  ofEpoch(now: number): number | null;
  /** Seconds of one whole epoch; null as above. */
  perEpoch(): number | null;
}

/** Times are in milliseconds, whatever they count from; results in seconds. */
export function createTimeLeft(): TimeLeft {
  let perStep: number | null = null;
  let validationMs = 0;
  let last: { now: number; step: number; steps: number } | null = null;
  let validated: { done: number; rows: number } | null = null;

  return {
    reset() {
      perStep = null;
      validationMs = 0;
      last = null;
      validated = null;
    },
    step(now, step, steps) {
      // The first step of a stage has none before it to measure from, and is no measure: it sets things up.
      if (last && step === last.step + 1) {
        const taken = now - last.now;
        perStep = perStep === null ? taken : (1 - NEWEST) * perStep + NEWEST * taken;
      }
      last = { now, step, steps };
      validated = null;
    },
    validation(done, rows) {
      const first = validated === null;
      validated = { done, rows };
      return first;
    },
    epoch(now) {
      if (last && last.step === last.steps) validationMs = now - last.now;
      // The next epoch's first step is measured from here.
      if (last) last = { now, step: 0, steps: last.steps };
      validated = null;
    },
    ofEpoch(now) {
      if (perStep === null || !last) return null;
      if (!validated || validated.done === 0) {
        return ((last.steps - last.step) * perStep + validationMs) / 1000;
      }
      return ((now - last.now) * (validated.rows / validated.done - 1)) / 1000;
    },
    perEpoch() {
      return perStep === null || !last ? null : (last.steps * perStep + validationMs) / 1000;
    },
  };
}
