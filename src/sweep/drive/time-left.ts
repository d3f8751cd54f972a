/**
 * How long a sweep still takes. In: its trials and what was seen of them. Out: seconds. Work is counted in estimated seconds,
 * or in epochs where the plan knew no speed, and stages that trials share are counted once.
 */
import type { TrialProgress } from './progress.ts';

export type Timed = Pick<TrialProgress, 'trial' | 'status' | 'result'>;

export interface TimeLeftOptions {
  /** Trials that are yet to be chosen; each counts like the mean of those that are known. */
  readonly toCome: number;
  /** Trials at a time. */
  readonly capacity: number;
  /** Seconds since this driver began. */
  readonly elapsed: number;
  /** Hashes of trials that were done by then. */
  readonly doneBefore: ReadonlySet<string>;
}

/** @returns null where neither an estimate nor a trial that has ended tells */
export function secondsLeft(trials: readonly Timed[], options: TimeLeftOptions): number | null {
  const { toCome, capacity, elapsed, doneBefore } = options;
  const isEstimated = trials.every(({ trial }) => trial.estimatedSeconds !== null);
  const workOf = ({ trial }: Timed): number => (isEstimated ? trial.estimatedSeconds! : trial.epochs);
  const shareOf = createShares(trials);

  const done = trials.filter(({ status }) => status === 'done');
  const trained = new Set(done.flatMap((one) => keysOf(one)));
  const seen = sum(
    done.filter(({ trial }) => !doneBefore.has(trial.hash)),
    (one) => workOf(one) * (1 - shareOf(one, carriedStages(one))),
  );
  const left = sum(
    trials.filter(({ status }) => !['done', 'failed', 'paused'].includes(status)),
    (one) => {
      const taken = one.trial.prefixes?.findLast(({ key }) => trained.has(key));
      for (const key of keysOf(one)) trained.add(key);
      return workOf(one) * (1 - shareOf(one, taken?.stages ?? 0));
    },
  );
  const all = left + (toCome * sum(trials, workOf)) / trials.length;
  // What was seen counts more than what was estimated, and has the trials that run at a time in it.
  if (seen > 0) return (elapsed * all) / seen;
  return isEstimated ? all / capacity : null;
}

const keysOf = ({ trial }: Timed): string[] => (trial.prefixes ?? []).map(({ key }) => key);

const carriedStages = ({ result }: Timed): number =>
  result?.stages.filter(({ carriedFrom }) => carriedFrom !== undefined).length ?? 0;

/**
 * Which part of a trial's time its first stages take: as in the trials that are done, whoever trained the stages there; by
 * their epochs before the first is.
 */
function createShares(trials: readonly Timed[]): (one: Timed, stages: number) => number {
  const known = new Map<number, number>();
  function measured(stages: number): number {
    const parts = trials.flatMap(({ result }) => {
      if (result === undefined || result.stages.length < stages) return [];
      const whole = sum(result.stages, ({ seconds }) => seconds);
      return whole > 0 ? [sum(result.stages.slice(0, stages), ({ seconds }) => seconds) / whole] : [];
    });
    return sum(parts, (part) => part) / parts.length;
  }
  return ({ trial }, stages) => {
    if (stages === 0) return 0;
    if (!known.has(stages)) known.set(stages, measured(stages));
    const share = known.get(stages)!;
    if (!Number.isNaN(share)) return share;
    const prefix = trial.prefixes?.find((one) => one.stages === stages);
    return prefix === undefined ? 0 : prefix.epochs / trial.epochs;
  };
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}
