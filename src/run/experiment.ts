/**
 * One experiment, from its file to a trained model.
 *
 *   1. plan ─▶ 2. folder ─▶ 3. data ─▶ 4. engine ─▶ 5. tracker ─▶ 6. training ─▶ 7. results
 */
import { hostname } from 'node:os';
import { join, relative } from 'node:path';
import { openData } from '../data/dataset.ts';
import { formatProblem, RunError } from '../errors.ts';
import type { WrittenFile } from '../file/read.ts';
import { cacheFolder } from '../machine/cache-folder.mjs';
import { ownMark } from '../machine/process-mark.mjs';
import { type Compiled, compilePlan } from '../plan/compile.ts';
import { currentNumerics } from '../plan/hash/numerics.ts';
import type { Progress } from '../report/progress/progress.ts';
import { weightsLines } from '../report/tables/weights-lines.ts';
import { withoutSecrets } from '../secrets.ts';
import { assertDevice, hasInstructions, prepareDevice } from '../tensorflow/device.ts';
import type { PackageModel } from '../track/delivery.ts';
import { chooseTarget } from '../track/mlflow.ts';
import { startSystemMetrics } from '../track/system-metrics.ts';
import { createTracker } from '../track/tracker.ts';
import { Interrupted, type TrainEvent } from '../train/events.ts';
import { findResumePoint } from '../train/resume-point.ts';
import { train } from '../train/train.ts';
import { compileAsBegun, numericsOfRun, planBegunAs, withNumerics } from './begun-plan.ts';
import { assertStillThere, failureIn } from './failure.ts';
import { runsFolder, writeResult } from './folders.ts';
import { createRunLog } from './log.ts';
import { keepForAnswers, proveByRun, writeRunModel } from './model.ts';
import { costsOf, peakMemory, type RunOutcome } from './outcome.ts';
import { newPlace, type RunPlace, takeUnfinished } from './place.ts';
import {
  beginRecord,
  endRecord,
  keepAlive,
  type RunData,
  type RunRecord,
  type RunStatus,
  readRecord,
} from './record.ts';
import { assertSameData, isChangedData, runData } from './same-data.ts';
import type { TrialPlace } from './trial-place.ts';

export interface RunOptions {
  readonly overrides: readonly string[];
  /** Go on with the newest run of this plan that was not finished. */
  readonly resume: boolean;
  /** Begin a new run where that one cannot be gone on with, because its data have changed. */
  readonly anyway?: boolean;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** What writes the model for MLflow: of a room after this one. */
  readonly packageModel: PackageModel;
  /** Where the run goes that is a sweep's trial, in place of a new folder. */
  readonly trial?: TrialPlace;
}

/** @throws ExperimentError for the input, RunError where training failed */
export async function runExperiment(file: string | WrittenFile, options: RunOptions): Promise<RunOutcome> {
  const held: RunPlace[] = [];
  try {
    return await runIn(held, file, options);
  } catch (error) {
    if (!options.anyway || !isChangedData(error)) throw error;
    options.progress.note(`${error.message}\nA new run is begun.`);
  } finally {
    for (const { release } of held) release();
  }
  return runExperiment(file, { ...options, resume: false, anyway: false });
}

/** @param held takes the folder that the run works in, which is kept from others until its end */
async function runIn(held: RunPlace[], file: string | WrittenFile, options: RunOptions): Promise<RunOutcome> {
  const started = performance.now();
  const { progress, trial } = options;

  // 1. The plan: every mistake of the file is found here.
  const runs = runsFolder();
  const compile = (before: readonly string[]): Compiled =>
    compilePlan(file, { overrides: [...before, ...options.overrides], needTable: true });
  const { compiled, found, note } = compileAsBegun(compile, (plan) => {
    const unfinished = options.resume ? takeUnfinished(held, runs, plan) : undefined;
    const begun = planBegunAs(plan, trial?.planHash ?? unfinished?.planHash ?? plan.hash);
    return begun && { begun, unfinished };
  });
  const { document } = compiled;
  if (found === undefined) {
    const [planned, got] = [trial!.planHash, compiled.plan.hash].map((hash) => hash.slice(0, 12));
    throw new RunError(
      `expected the plan ${planned}, got ${got}: the table or the program has changed since the sweep was planned`,
      { hint: 'Plan the sweep again.', isCertain: true },
    );
  }
  const { begun, unfinished } = found;
  const { plan } = begun;
  for (const said of [note, begun.note]) if (said !== undefined) progress.note(said);
  for (const warning of plan.warnings) progress.note(`warning: ${formatProblem(warning)}`);
  const target = chooseTarget(
    compiled.mlflowUri,
    process.env,
    document.placeOf(['tracking', 'mlflow', 'uri']),
  );

  prepareDevice(plan.execution);

  // 2. The data, before a folder is made: a bad image is a mistake in the input, not a failed run.
  const caches = join(cacheFolder(), 'images');
  let digests: RunData | undefined;
  const data = await openData(plan, {
    cacheFolder: caches,
    onProgress: progress.preparing,
    onIdentified(found) {
      digests = runData(found);
      const before = unfinished?.folder ?? trial?.from;
      if (before !== undefined)
        assertSameData(found, {
          run: before,
          plan,
          caches,
          isTrial: trial !== undefined,
          note: progress.note,
        });
    },
  });
  for (const { path } of data.skipped) progress.note(`left out: ${path}`);
  for (const line of weightsLines(plan.model)) progress.note(line);

  // 3. The run's folder, new or the one to go on with.
  const { runId, folder } = trial ?? unfinished ?? newPlace(held, runs, plan);
  const numerics = numericsOfRun(folder, begun.numerics);
  const record: RunRecord = {
    runId,
    name: plan.name,
    planHash: plan.hash,
    numerics,
    data: digests,
    status: 'running',
    process: ownMark(),
    started: unfinished ? readRecord(folder).started : new Date().toISOString(),
    ended: null,
    file: relative('', document.file),
    overrides: options.overrides.map(withoutSecrets),
    loss: null,
    error: null,
  };
  beginRecord(folder, record);
  const stopSigns = keepAlive(folder);
  const finish = (status: RunStatus, more: Partial<RunRecord> = {}): void => {
    stopSigns();
    endRecord(folder, { ...record, ...more, status, ended: new Date().toISOString() });
  };

  // Whoever drives the sweep sends what a trial could not; until then the trial would only keep its place from others.
  const isSentLater = trial !== undefined;
  const tracker = createTracker({
    ...{ runsFolder: runs, folder, target, isSentLater },
    notify: progress.note,
    packageModel: options.packageModel,
  });
  const log = createRunLog({
    tracker,
    note: progress.note,
    folder,
    runId,
    plan,
    document,
    name: trial?.name,
    tags: { numerics: numerics.join(' '), ...trial?.tags },
    parent: trial?.parent,
  });
  const enough = new AbortController();
  const signal = AbortSignal.any([options.signal, enough.signal]);
  let epochs = 0;
  const outcome = { runId, directory: relative('', folder), stages: [], metrics: null, weightsHash: null };
  try {
    const isEnough = (): boolean => trial !== undefined && trial.epochs !== null && epochs >= trial.epochs;
    const own = unfinished || trial ? findResumePoint(folder, plan, progress.note) : undefined;
    epochs = own?.position.epochsDone ?? 0;
    // An earlier attempt came so far and was ended before it could say so.
    if (isEnough()) throw new Interrupted();

    // 4. The engine. TensorFlow is loaded here and not before.
    const { createGraphEngine } = await import('../train/graph-engine.ts');
    const { describeTensorFlow } = await import('../tensorflow/describe.ts');
    const tensorflow = describeTensorFlow();
    assertDevice(plan.execution.device, tensorflow.device);
    // The keys of stages that a sweep of earlier numerics shares say nothing of these.
    const isCurrent = begun.numerics === currentNumerics();
    const shared = (isCurrent ? trial?.shared : undefined)?.open({
      plan,
      folder,
      dataDigest: data.digest,
      tensorflow,
    });
    const from = shared === undefined ? own : shared.take(own);
    epochs = from?.position.epochsDone ?? 0;
    if (isEnough()) {
      await log.begin(data, tensorflow, epochs);
      throw new Interrupted();
    }
    const { precision } = plan.settings.execution;
    if (precision !== 'float32' && tensorflow.device === 'cpu' && !hasInstructions(precision)) {
      const slower = { bfloat16: 'longer than', float16: 'several times as long as' }[precision];
      progress.note(`this processor has no instructions for ${precision}: steps take ${slower} in float32`);
    }
    const engine = createGraphEngine(plan, data, compiled.networkFor, join(folder, 'program'));

    // 5. The tracker.
    await log.begin(data, tensorflow, epochs);
    const sampler = startSystemMetrics((values) => tracker.system(values), { folder });

    // 6. Training.
    const secondsBefore = (performance.now() - started) / 1000;
    const onEvent = (event: TrainEvent): void => {
      if (event.type === 'epoch') {
        log.epoch(withNumerics(event.report));
        epochs = event.report.runEpoch;
        if (isEnough()) enough.abort();
      }
      progress.onEvent(event);
    };
    const onStageSaved = shared?.offer;
    const result = await train({ plan, data, engine, folder, from, signal, onEvent, onStageSaved })
      .then((trained) => ({
        ...trained,
        weights: engine.readWeights(),
        proof: proveByRun(plan, data, engine, tensorflow.device),
      }))
      .finally(() => {
        sampler.stop();
        engine.dispose();
      });

    // 7. The model and the results.
    assertStillThere(folder);
    const model = writeRunModel(folder, { ...result, runId, plan, data, networkFor: compiled.networkFor });
    // A trial's model is seldom asked; who trains one model wants to see it answer.
    if (trial === undefined) await keepForAnswers(model, tensorflow.device, progress.note);
    const { stages, metrics, weightsHash, secondsToFirstStep } = result;
    const figures = {
      stages,
      metrics,
      weightsHash,
      timeToFirstStepSeconds: secondsToFirstStep === null ? null : secondsBefore + secondsToFirstStep,
      peakMemoryBytes: peakMemory(),
    };
    const ended = new Date().toISOString();
    const costs = costsOf(plan, stages);
    assertStillThere(folder);
    writeResult(folder, { runId, planHash: plan.hash, ended, host: hostname(), ...figures, costs });
    // What is shown of the results comes after the results themselves.
    await log.results(result.stages, result.metrics);
    finish('finished', { loss: metrics.loss });
    await tracker.end('FINISHED');
    return { ...outcome, ...figures, epochs, status: 'finished' };
  } catch (error) {
    if (error instanceof Interrupted) {
      finish('interrupted');
      await log.stop('KILLED');
      return {
        ...outcome,
        epochs,
        status: 'interrupted',
        timeToFirstStepSeconds: null,
        peakMemoryBytes: peakMemory(),
      };
    }
    const failure = failureIn(folder, error);
    const reason = withoutSecrets(String(failure));
    // What goes wrong now goes wrong because of that.
    await Promise.resolve()
      .then(() => finish('failed', { error: reason }))
      .then(() => log.stop('FAILED', reason))
      .catch(() => undefined);
    throw failure;
  }
}
