/**
 * One experiment, from its file to a trained model.
 *
 *   1. plan ─▶ 2. folder ─▶ 3. data ─▶ 4. engine ─▶ 5. tracker ─▶ 6. training ─▶ 7. results
 */
import { join, relative } from 'node:path';
import { openData } from './data/dataset.ts';
import { compilePlan } from './plan/compile.ts';
import type { Progress } from './report/progress.ts';
import { createRunLog } from './run-log.ts';
import {
  createRunFolder,
  findUnfinished,
  type RunRecord,
  type RunStatus,
  readRecord,
  runsFolder,
  writeRecord,
} from './runs.ts';
import { cacheFolder } from './runtime/cache.ts';
import { chooseTarget } from './track/mlflow.ts';
import { startSystemMetrics } from './track/system-metrics.ts';
import { createTracker } from './track/tracker.ts';
import { readCheckpoint } from './train/checkpoint.ts';
import { Interrupted, type TrainEvent } from './train/events.ts';
import type { Metrics } from './train/metrics.ts';
import type { StageResult } from './train/position.ts';
import { train } from './train/train.ts';

export interface RunOptions {
  readonly overrides: readonly string[];
  /** Go on with the newest run of this plan that was not finished. */
  readonly resume: boolean;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** What `run FILE --json` prints. */
export interface RunOutcome {
  readonly runId: string;
  readonly directory: string;
  readonly status: RunStatus;
  readonly stages: readonly StageResult[];
  readonly timeToFirstStepSeconds: number | null;
  readonly peakMemoryBytes: number;
  readonly metrics: Metrics | null;
  readonly weightsHash: string | null;
}

/** @throws ExperimentError for the input, RunError where training failed */
export async function runExperiment(file: string, options: RunOptions): Promise<RunOutcome> {
  const started = performance.now();
  const { progress, signal } = options;

  // 1. The plan: every mistake of the file is found here.
  const compiled = compilePlan(file, { overrides: options.overrides, needTable: true });
  const { plan, document } = compiled;
  const target = chooseTarget(
    plan.tracking.mlflow.uri,
    process.env,
    document.placeOf(['tracking', 'mlflow', 'uri']),
  );

  const runs = runsFolder();
  const unfinished = options.resume ? findUnfinished(runs, plan) : undefined;

  // 2. The data, before a folder is made: a bad image is a mistake in the input, not a failed run.
  const data = await openData(plan, {
    cacheFolder: join(cacheFolder(), 'images'),
    onProgress: progress.preparing,
  });
  for (const { path } of data.skipped) progress.note(`left out: ${path}`);

  // 3. The run's folder, new or the one to go on with.
  const { runId, folder } = unfinished ?? createRunFolder(runs, plan, new Date());
  const record: RunRecord = {
    runId,
    name: plan.name,
    planHash: plan.hash,
    status: 'running',
    pid: process.pid,
    started: unfinished ? readRecord(folder).started : new Date().toISOString(),
    ended: null,
    file: relative('', document.file),
    overrides: options.overrides,
    loss: null,
    error: null,
  };
  writeRecord(folder, record);
  const finish = (status: RunStatus, more: Partial<RunRecord> = {}): void => {
    writeRecord(folder, { ...record, ...more, status, ended: new Date().toISOString() });
  };

  const tracker = createTracker({ runsFolder: runs, target, notify: progress.note });
  const log = createRunLog({ tracker, folder, runId, plan, document });
  const outcome = { runId, directory: relative('', folder), stages: [], metrics: null, weightsHash: null };
  try {
    const from = unfinished ? readCheckpoint(folder, plan.hash) : undefined;

    // 4. The engine. TensorFlow is loaded here and not before.
    const { createGraphEngine } = await import('./train/graph.ts');
    const { describeTensorFlow } = await import('./runtime/describe.ts');
    const engine = createGraphEngine(plan, data, compiled.networkFor, join(folder, 'program'));

    // 5. The tracker.
    await log.begin(data, describeTensorFlow(), from?.position.epochsDone ?? 0);
    const sampler = startSystemMetrics((values) => tracker.system(values), { folder });

    // 6. Training.
    const secondsBefore = (performance.now() - started) / 1000;
    const onEvent = (event: TrainEvent): void => {
      if (event.type === 'epoch') log.epoch(event.report);
      progress.onEvent(event);
    };
    const result = await train({ plan, data, engine, folder, from, signal, onEvent }).finally(() => {
      sampler.stop();
      engine.dispose();
    });

    // 7. Results.
    await log.results(result.stages, result.metrics);
    finish('finished', { loss: result.metrics.loss });
    await tracker.end('FINISHED');
    return {
      ...outcome,
      status: 'finished',
      stages: result.stages,
      timeToFirstStepSeconds:
        result.secondsToFirstStep === null ? null : secondsBefore + result.secondsToFirstStep,
      peakMemoryBytes: peakMemory(),
      metrics: result.metrics,
      weightsHash: result.weightsHash,
    };
  } catch (error) {
    if (error instanceof Interrupted) {
      finish('interrupted');
      await log.stop('KILLED');
      return {
        ...outcome,
        status: 'interrupted',
        timeToFirstStepSeconds: null,
        peakMemoryBytes: peakMemory(),
      };
    }
    finish('failed', { error: String(error) });
    await log.stop('FAILED', String(error));
    throw error;
  }
}

/** Most memory that this process has held so far, bytes. */
function peakMemory(): number {
  return process.resourceUsage().maxRSS * 1024;
}
