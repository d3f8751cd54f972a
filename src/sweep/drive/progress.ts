/**
 * What is known of the trials of a sweep: read from the ledger when a driver begins, and again when a trial may have changed,
 * whoever changed it.
 */
import { basename } from 'node:path';
import type { FrozenSweep, FrozenTrial } from '../ledger/freeze.ts';
import { knownResults } from '../ledger/known.ts';
import {
  begunTrials,
  exitCodes,
  publishResult,
  readTrialState,
  readTrials,
  type TrialResult,
  type TrialState,
  trialFolder,
} from '../ledger/ledger.ts';
import { readStanding } from '../ledger/rungs.ts';
import { metricOf } from '../search/metric.ts';
import { rungsOf } from '../search/strategies.ts';
import type { Standing } from '../search/strategy.ts';
import { adoptedNote } from './numerics-notes.ts';

export interface TrialProgress {
  readonly trial: FrozenTrial;
  /** `paused`: at a rung, with a checkpoint; it goes on when it is promoted. */
  status: 'waiting' | 'submitted' | 'elsewhere' | 'paused' | 'done' | 'failed';
  result: TrialResult | undefined;
  /** Why the newest attempt ended, where it did not end well. */
  reason: string | null;
  failures: number;
  /** Whether there is an attempt. */
  isBegun: boolean;
  /** Epochs that its checkpoint holds. */
  reached: number;
  /** What it took up to now, without epochs that other trials trained. */
  spent: { readonly epochs: number; readonly seconds: number };
  /** At the rungs of the sweep; nothing for strategies that stop no trial. */
  standing: Standing;
  /** Epochs of the rung where it stops next; null where it goes to its end. */
  until: number | null;
  /** Not before this time, by `performance.now`. */
  notBefore: number;
}

export interface ProgressOptions {
  readonly sweepFolder: string;
  /** The folder of the runs. */
  readonly runs: string;
  readonly sweep: FrozenSweep;
  /** Begin failed trials again, with all of their tries. */
  readonly failed: boolean;
  /** Whether results of other sweeps and runs count. */
  readonly adopt: boolean;
  /** First wait before a failed trial is tried again, doubled each time. */
  readonly backoffMs: number;
  /** Told of a trial whose status is another than at the last look. */
  readonly onChange: (one: TrialProgress) => void;
  /** Told of one that is done, or has failed for good. */
  readonly onEnd: (one: TrialProgress) => void;
  /** Told where results count that were computed in another way. */
  readonly notify: (message: string) => void;
}

export interface Progress {
  /** In the order of the plan; then those that were added since. */
  readonly trials: readonly TrialProgress[];
  /** Epochs at which trials stop; none for strategies that stop no trial. */
  readonly rungs: readonly number[];
  /** Reads what was done of the planned trials, once all who ask for `trials` are ready. */
  begin(): void;
  /** Trials that were chosen after the sweep was planned. */
  add(chosen: readonly FrozenTrial[]): TrialProgress[];
  /** What the ledger says of a trial now. */
  look(one: TrialProgress): void;
  /** Looks at trials that others have begun since the last look, or were at work on. */
  lookElsewhere(): void;
  /** Epochs of a rung that is not the trial's end; null for its end. */
  stopAt(trial: FrozenTrial, rung: number): number | null;
  /** The metric of a trial by its hash: null where it is still to come, NaN where none will come. */
  figureOf(hash: string): number | null;
}

export function createProgress(options: ProgressOptions): Progress {
  const { sweepFolder, sweep, onChange } = options;
  const frozen = readTrials(sweepFolder);
  const rungs = rungsOf(
    sweep.strategy,
    frozen.map(({ epochs }) => epochs),
  );
  const trials = frozen.map((trial) => waiting(trial, stopAt(trial, 0)));
  const byHash = new Map(trials.map((one) => [one.trial.hash, one]));
  /** What was before, which does not count when failed trials are begun again. */
  const forgiven = new Map<TrialProgress, Pick<TrialState, 'failures' | 'attempts'>>();
  return { trials, rungs, begin: () => takeIn(trials), add, look, lookElsewhere, stopAt, figureOf };

  /** Trials that are new to this driver: what was done of them before. */
  function takeIn(added: readonly TrialProgress[]): void {
    if (options.adopt) adoptResults(options, added);
    const begun = begunTrials(sweepFolder);
    for (const one of added) {
      if (!begun.has(basename(trialFolder(sweepFolder, one.trial.hash)))) continue;
      const state = readTrialState(sweepFolder, one.trial.hash);
      if (options.failed) forgiven.set(one, state);
      settle(one, state);
    }
  }

  function add(chosen: readonly FrozenTrial[]): TrialProgress[] {
    const added = chosen.map((trial) => waiting(trial, null));
    for (const one of added) byHash.set(one.trial.hash, one);
    trials.push(...added);
    takeIn(added);
    for (const one of added) onChange(one);
    return added;
  }

  /** What the ledger says now. */
  function settle(one: TrialProgress, state: TrialState): void {
    const before = forgiven.get(one);
    const isOld = before?.attempts.length === state.attempts.length;
    one.result = state.result;
    one.reason = state.result === undefined ? (state.exit?.reason ?? null) : null;
    one.failures = state.failures - (before?.failures ?? 0);
    one.isBegun = state.attempts.length > 0;
    one.reached = state.attempts.reduce((most, { exit }) => Math.max(most, exit?.epochs ?? 0), 0);
    one.spent = spentBy(state);
    const isCertain = state.exit?.code === exitCodes.doNotRetry && !isOld;
    if (state.status === 'done') one.status = 'done';
    else if (state.status === 'running') one.status = 'elsewhere';
    else if (state.status === 'failed' && (isCertain || one.failures > sweep.limits.retries))
      one.status = 'failed';
    else one.status = 'waiting';
    if (state.status === 'failed' && one.status === 'waiting' && !isOld) {
      const wait = options.backoffMs * 2 ** (one.failures - 1);
      one.notBefore = performance.now() + wait;
    }
    if (rungs.length > 0) stand(one);
    if (one.status === 'done' || one.status === 'failed') options.onEnd(one);
  }

  /** Where it is between the rungs. */
  function stand(one: TrialProgress): void {
    const { metric } = sweep;
    const { runs } = options;
    const folder = trialFolder(sweepFolder, one.trial.hash);
    one.standing = readStanding(folder, { runs, rungs, metric, result: one.result });
    const { figures, promotions } = one.standing;
    one.until = stopAt(one.trial, promotions);
    if (one.status === 'waiting' && figures.length > promotions) one.status = 'paused';
  }

  function stopAt({ epochs }: FrozenTrial, rung: number): number | null {
    const at = rungs[rung];
    return at === undefined || at >= epochs ? null : at;
  }

  function look(one: TrialProgress): void {
    const before = one.status;
    settle(one, readTrialState(sweepFolder, one.trial.hash));
    if (one.status !== before) onChange(one);
  }

  function lookElsewhere(): void {
    const names = begunTrials(sweepFolder);
    for (const one of trials) {
      // One that stands at a rung may have been promoted by another.
      if (one.status === 'elsewhere' || one.status === 'paused') look(one);
      else if (one.status === 'waiting' && one.notBefore === 0) {
        if (names.has(basename(trialFolder(sweepFolder, one.trial.hash)))) look(one);
      }
    }
  }

  function figureOf(hash: string): number | null {
    const { status, result } = byHash.get(hash)!;
    // JSON has null for what is not a number.
    if (status === 'done') return Number.isFinite(result!.metric) ? result!.metric : Number.NaN;
    return status === 'failed' ? Number.NaN : null;
  }
}

function waiting(trial: FrozenTrial, until: number | null): TrialProgress {
  return {
    trial,
    status: 'waiting',
    result: undefined,
    reason: null,
    failures: 0,
    isBegun: false,
    reached: 0,
    spent: { epochs: 0, seconds: 0 },
    standing: { figures: [], promotions: 0 },
    until,
    notBefore: 0,
  };
}

/** Results of the same plans from elsewhere become results here, without a run. */
function adoptResults(
  { sweepFolder, runs, sweep, notify }: ProgressOptions,
  trials: readonly TrialProgress[],
): void {
  const known = knownResults(
    runs,
    trials.map(({ trial }) => trial),
  );
  let earlier = 0;
  for (const { trial } of trials) {
    const found = known.get(trial.hash);
    if (found === undefined) continue;
    const { result, directory, isEarlier } = found;
    const isNew = publishResult(sweepFolder, {
      ...result,
      trial: trial.hash,
      label: trial.label,
      values: trial.values,
      metric: metricOf(sweep.metric, result.metrics),
      epochs: result.stages.reduce((sum, { epochs }) => sum + epochs, 0),
      seconds: result.stages.reduce((sum, { seconds }) => sum + seconds, 0),
      directory,
    });
    if (isNew && isEarlier) earlier += 1;
  }
  if (earlier > 0) notify(adoptedNote(earlier));
}

function spentBy({ result, attempts }: TrialState): TrialProgress['spent'] {
  if (result !== undefined) {
    const carried = result.stages.filter(({ carriedFrom }) => carriedFrom !== undefined);
    const epochs = carried.reduce((left, stage) => left - stage.epochs, result.epochs);
    return { epochs, seconds: result.seconds };
  }
  return attempts.reduce(
    ({ epochs, seconds }, { exit }) => ({
      epochs: Math.max(epochs, (exit?.epochs ?? 0) - (exit?.carriedEpochs ?? 0)),
      seconds: seconds + (exit?.seconds ?? 0),
    }),
    { epochs: 0, seconds: 0 },
  );
}
