/**
 * One trial, from its lease to its published result: what the process of a job does.
 *
 *   1. lease ─▶ 2. a new attempt, with the newest checkpoint ─▶ 3. the run ─▶ 4. result, exit record
 */
import { appendFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ExperimentError, RunError } from '../../errors.ts';
import { packageModel } from '../../export/mlflow/package.ts';
import { diskError } from '../../machine/disk-error.ts';
import { tryLock } from '../../machine/lock.mjs';
import { ownMark } from '../../machine/process-mark.mjs';
import type { Progress } from '../../report/progress/progress.ts';
import { runExperiment } from '../../run/experiment.ts';
import { readResult } from '../../run/folders.ts';
import type { RunOutcome } from '../../run/outcome.ts';
import { withoutSecrets } from '../../secrets.ts';
import { type FrozenSweep, type FrozenTrial, overridesOf } from '../ledger/freeze.ts';
import {
  createAttempt,
  exitCodes,
  leaseFile,
  publishResult,
  readAttempts,
  readSweep,
  readTrial,
  readTrialResult,
  type TrialExit,
  trialFolder,
  writeAttempt,
  writeExit,
} from '../ledger/ledger.ts';
import { carriedEpochs, createSharedStages } from '../ledger/prefixes.ts';
import { hasRung, writeRung } from '../ledger/rungs.ts';
import { metricOf } from '../search/metric.ts';
import type { Job } from './launcher.ts';
import { jobName } from './launchers.ts';
import { seedAttempt } from './seed-attempt.ts';

export interface TrialOptions extends Job {
  /** Id of the trial's lease, where whoever started this process took it for it. */
  readonly lease?: string | undefined;
  readonly signal: AbortSignal;
  /** Makes the progress that writes to this function. */
  readonly progressTo: (write: (text: string) => void) => Progress;
}

/** Never throws for what goes wrong in the trial. */
export async function runTrial(sweepFolder: string, options: TrialOptions): Promise<TrialExit> {
  const { trial: hash } = options;
  if (readTrialResult(sweepFolder, hash) !== undefined) return exitCodes.done;
  if (isAtRung(sweepFolder, options)) return exitCodes.checkpointed;
  const lock = tryLock(leaseFile(sweepFolder, hash), options.lease);
  if (!('release' in lock)) return exitCodes.busy;
  try {
    // Its owner may have finished between the two looks.
    if (readTrialResult(sweepFolder, hash) !== undefined) return exitCodes.done;
    if (isAtRung(sweepFolder, options)) return exitCodes.checkpointed;
    return await runAttempt(sweepFolder, options);
  } finally {
    lock.release();
  }
}

function isAtRung(sweepFolder: string, { trial, epochs }: Job): boolean {
  return epochs !== null && hasRung(trialFolder(sweepFolder, trial), epochs);
}

async function runAttempt(sweepFolder: string, options: TrialOptions): Promise<TrialExit> {
  const { trial: hash, epochs, signal } = options;
  const started = performance.now();
  const sweep = readSweep(sweepFolder);
  const trial = findTrial(sweepFolder, hash);
  const folder = trialFolder(sweepFolder, hash);
  const earlier = readAttempts(folder);
  const attempt = createAttempt(folder);
  const from = seedAttempt(earlier, attempt.folder);
  const runId = earlier[0]?.record?.runId ?? `${sweep.id}-${hash.slice(0, 8)}`;
  const job = jobName() ?? null;
  writeAttempt(attempt.folder, { ...ownMark(), trial: hash, attempt: attempt.number, from, job, runId });

  const logFile = join(attempt.folder, 'log.txt');
  const write = (text: string): void => {
    try {
      appendFileSync(logFile, text);
    } catch {
      // On a full disk the end of the trial says so; its log is no reason to end it.
    }
  };
  const progress = options.progressTo(write);
  let epochsDone = 0;
  const end = (code: TrialExit, reason: string | null): TrialExit => {
    if (reason !== null) write(`${reason}\n`);
    const seconds = (performance.now() - started) / 1000;
    const ended = new Date().toISOString();
    const carried = carriedEpochs(attempt.folder);
    writeExit(attempt.folder, { code, reason, ended, seconds, epochs: epochsDone, carriedEpochs: carried });
    return code;
  };
  try {
    const outcome = await runExperiment(join(sweepFolder, 'base.yaml'), {
      overrides: overridesOf(trial),
      resume: false,
      signal,
      progress,
      packageModel,
      trial: {
        folder: attempt.folder,
        runId,
        name: trial.label,
        tags: tagsOf(sweep, trial),
        parent: { runId: sweep.id, name: sweep.name, folder: relative(attempt.folder, sweepFolder) },
        from: earlier.find(({ number }) => number === from)?.folder,
        planHash: hash,
        epochs,
        shared: createSharedStages(sweepFolder, trial, progress.note),
      },
    });
    epochsDone = outcome.epochs;
    if (outcome.status === 'interrupted') {
      const isEnough = epochs !== null && outcome.epochs >= epochs;
      if (isEnough) writeRung(folder, attempt.folder, epochs, sweep.metric);
      const where = isEnough ? ` at the rung of epoch ${epochs}` : '';
      return end(exitCodes.checkpointed, `stopped with a checkpoint${where}`);
    }
    const before = earlier.reduce((sum, { exit }) => sum + (exit?.seconds ?? 0), 0);
    publish(
      sweepFolder,
      sweep,
      trial,
      attempt.folder,
      outcome,
      before + (performance.now() - started) / 1000,
    );
    return end(exitCodes.done, null);
  } catch (error) {
    const isCertain = error instanceof ExperimentError || (error instanceof RunError && error.isCertain);
    const reason = withoutSecrets(reasonOf(error));
    try {
      return end(isCertain ? exitCodes.doNotRetry : 1, reason);
    } catch {
      // Nothing can be written here: whoever started this process hears the first reason.
      throw new RunError(reason, { cause: error });
    }
  } finally {
    progress.close();
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const known = error instanceof ExperimentError || error instanceof RunError ? error : diskError(error);
  return known?.message ?? error.stack ?? error.message;
}

function findTrial(sweepFolder: string, hash: string): FrozenTrial {
  const trial = readTrial(sweepFolder, hash);
  if (trial === undefined)
    throw new RunError(`there is no trial ${hash} in ${sweepFolder}`, { isCertain: true });
  return trial;
}

function tagsOf(sweep: FrozenSweep, trial: FrozenTrial): Record<string, string> {
  const point = Object.entries(trial.point).map(([axis, value]) => [`axis.${axis}`, String(value)]);
  return { sweep: sweep.id, ...Object.fromEntries(point) };
}

function publish(
  sweepFolder: string,
  sweep: FrozenSweep,
  { hash, label, values }: FrozenTrial,
  folder: string,
  { epochs, metrics }: RunOutcome,
  seconds: number,
): void {
  publishResult(sweepFolder, {
    ...readResult(folder)!,
    trial: hash,
    label,
    values,
    metric: metricOf(sweep.metric, metrics!),
    epochs,
    seconds,
    directory: relative(join(sweepFolder, '..'), folder),
  });
}
