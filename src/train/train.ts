/**
 * The training loop, read from top to bottom: plan, data and engine come in, trained weights and metrics go out.
 *
 *   for each stage:  begin (new optimizer) ─▶ epochs ─▶ best weights back
 *     each epoch:    steps ─▶ counts ─▶ every validation row ─▶ metrics ─▶ best? stop? lower the rate? ─▶ checkpoint
 *
 * After each step the loop looks whether it was asked to stop, and if so writes a checkpoint and throws Interrupted.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { batchesOf, trainingOrder } from '../data/batches.ts';
import type { Data } from '../data/dataset.ts';
import { RunError } from '../errors.ts';
import type { Plan, StagePlan } from '../plan/plan.ts';
import { earlyStopping, reduceOnPlateau } from './callbacks.ts';
import { type Checkpoint, hashWeights, readBest, writeBest, writeCheckpoint } from './checkpoint.ts';
import type { Engine } from './engine.ts';
import { type HeadCounts, type Metrics, summarise } from './metrics.ts';
import { type Position, type StageResult, startOfStage } from './position.ts';

/** What the loop tells whoever watches. Times in seconds. */
export type TrainEvent =
  | { readonly type: 'stage'; readonly stage: StagePlan; readonly index: number; readonly steps: number }
  | {
      readonly type: 'step';
      readonly epoch: number;
      readonly step: number;
      readonly steps: number;
      readonly loss: number;
      readonly imagesPerSecond: number | null;
    }
  | { readonly type: 'validation'; readonly done: number; readonly rows: number }
  | { readonly type: 'epoch'; readonly report: EpochReport }
  | { readonly type: 'stageEnd'; readonly result: StageResult; readonly stoppedEarly: boolean };

export interface EpochReport {
  readonly stage: number;
  readonly stageName: string;
  /** Epoch of the stage and of the whole run, from 1. */
  readonly epoch: number;
  readonly runEpoch: number;
  readonly learningRate: number;
  readonly training: Metrics;
  readonly validation: Metrics;
  readonly best: boolean;
  readonly imagesPerSecond: number | null;
  readonly seconds: number;
}

export interface TrainOptions {
  readonly plan: Plan;
  readonly data: Data;
  readonly engine: Engine;
  /** Folder of the run: checkpoints are written here. */
  readonly folder: string;
  /** Where to go on from; a new run without it. */
  readonly from?: Checkpoint | undefined;
  readonly signal: AbortSignal;
  readonly onEvent: (event: TrainEvent) => void;
}

export interface TrainResult {
  readonly stages: readonly StageResult[];
  /** Validation metrics of the weights that training ended with. */
  readonly metrics: Metrics;
  readonly weightsHash: string;
  /** From the call to the end of the first step. */
  readonly secondsToFirstStep: number | null;
}

/** Training was asked to stop; a checkpoint is written. */
export class Interrupted extends Error {}

/** @throws Interrupted, or RunError where a loss is not finite */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { plan, data, engine, folder, from, onEvent } = options;
  const { stages } = plan.settings;
  const started = performance.now();
  let secondsToFirstStep: number | null = null;
  const none = { epochsDone: 0, stepsDone: 0, finished: [] };
  let position = from
    ? structuredClone(from.position)
    : startOfStage(0, stages[0]!.optimizer.learningRate, none);

  for (let index = position.stage; index < stages.length; index++) {
    const stage = stages[index]!;
    const stepsOfEpoch = batchesOf(data.split.training, stage.batchSize, stage.stepsPerEpoch).length;
    engine.beginStage(stage, index);
    if (from && index === from.position.stage) {
      engine.writeState(from.state);
      engine.putCounts(from.counts);
    }
    onEvent({ type: 'stage', stage, index, steps: stepsOfEpoch });
    const stoppedEarly = await runStage(options, stage, position, () => {
      secondsToFirstStep ??= (performance.now() - started) / 1000;
    });

    const best = position.best!;
    if (stage.restoreBest) engine.writeState(readBest(folder));
    const result: StageResult = {
      name: stage.name,
      epochs: position.epoch,
      bestEpoch: stage.restoreBest ? best.epoch : position.epoch,
      seconds: position.seconds,
      imagesPerSecond: rate(position),
      metrics: best.metrics,
    };
    onEvent({ type: 'stageEnd', result, stoppedEarly });
    const finished = [...position.finished, result];
    const next = stages[index + 1];
    position = startOfStage(index + 1, next?.optimizer.learningRate ?? 0, { ...position, finished });
    writeCheckpoint(folder, plan.hash, { position, counts: {}, state: engine.readWeights() });
  }
  const { finished } = position;
  return {
    stages: finished,
    metrics: finished.at(-1)!.metrics,
    weightsHash: hashWeights(engine.readWeights()),
    secondsToFirstStep,
  };
}

/** Runs the epochs of one stage; `position` is kept up to date. @returns whether early stopping ended it */
async function runStage(
  options: TrainOptions,
  stage: StagePlan,
  position: Position,
  afterStep: () => void,
): Promise<boolean> {
  const { plan, data, engine, folder, onEvent } = options;
  const heads = data.heads.map(({ name, majority }) => ({
    name,
    majority,
    weight: stage.loss.headWeights[name]!,
  }));
  for (let stop = false; position.epoch < stage.epochs && !stop; ) {
    const begun = performance.now();
    await runSteps(options, stage, position, afterStep);
    const trainingCounts = engine.takeCounts();
    const validationCounts = await evaluateRows(options, stage, position, trainingCounts);
    const training = summarise(trainingCounts, heads);
    const validation = summarise(validationCounts, heads);
    const seconds = (performance.now() - begun) / 1000;

    position.epoch += 1;
    position.step = 0;
    position.epochsDone += 1;
    position.seconds += seconds;
    const { learningRate } = position;
    const isBest = position.best === null || validation.loss < position.best.loss || !stage.restoreBest;
    if (isBest) {
      position.best = { epoch: position.epoch, loss: validation.loss, metrics: validation };
      writeBest(folder, engine.readWeights(), {
        planHash: plan.hash,
        stage: stage.name,
        epoch: String(position.epoch),
      });
    }
    if (stage.earlyStopping) {
      const watched = earlyStopping(stage.earlyStopping, position.earlyStopping, validation.loss);
      position.earlyStopping = watched.watch;
      stop = watched.stop;
    }
    if (stage.reduceOnPlateau) {
      const watched = reduceOnPlateau(
        stage.reduceOnPlateau,
        position.reduceOnPlateau,
        validation.loss,
        learningRate,
      );
      position.reduceOnPlateau = watched.watch;
      position.learningRate = watched.learningRate;
    }
    onEvent({
      type: 'epoch',
      report: {
        stage: position.stage,
        stageName: stage.name,
        epoch: position.epoch,
        runEpoch: position.epochsDone,
        learningRate,
        training,
        validation,
        best: isBest,
        imagesPerSecond: rate(position),
        seconds,
      },
    });
    if (stop) return true;
    writeCheckpoint(folder, plan.hash, { position, counts: {}, state: engine.readState() });
    if (options.signal.aborted && position.epoch < stage.epochs) throw new Interrupted();
  }
  return false;
}

/** The training steps of one epoch, from `position.step` on. */
async function runSteps(
  options: TrainOptions,
  stage: StagePlan,
  position: Position,
  afterStep: () => void,
): Promise<void> {
  const { plan, data, engine, onEvent } = options;
  const order = trainingOrder(data.split.training, plan.settings.seed, position.stage, position.epoch);
  const batches = batchesOf(order, stage.batchSize, stage.stepsPerEpoch);
  while (position.step < batches.length) {
    const rows = batches[position.step]!;
    const begun = performance.now();
    const loss = engine.train({
      rows,
      stage: position.stage,
      epoch: position.epoch,
      step: position.stepsDone,
      learningRate: position.learningRate,
      optimizerStep: position.optimizerSteps + 1,
    });
    if (!Number.isFinite(loss)) throw notFinite(stage, position, loss);
    // The first step of a stage sets things up that the others find ready; the rate leaves it out.
    if (position.optimizerSteps > 0) {
      position.trainingSeconds += (performance.now() - begun) / 1000;
      position.trainingImages += rows.length;
    }
    position.step += 1;
    position.stepsDone += 1;
    position.optimizerSteps += 1;
    afterStep();
    onEvent({
      type: 'step',
      epoch: position.epoch + 1,
      step: position.step,
      steps: batches.length,
      loss,
      imagesPerSecond: rate(position),
    });
    await stopIfAsked(options, position, () => engine.takeCounts());
  }
}

/** Counts over every validation row, the last short batch included. */
async function evaluateRows(
  options: TrainOptions,
  stage: StagePlan,
  position: Position,
  trainingCounts: Record<string, HeadCounts>,
): Promise<Record<string, HeadCounts>> {
  const { data, engine, onEvent } = options;
  const rows = data.split.validation;
  for (let first = 0; first < rows.length; first += stage.batchSize) {
    engine.evaluate(rows.subarray(first, first + stage.batchSize));
    onEvent({ type: 'validation', done: Math.min(first + stage.batchSize, rows.length), rows: rows.length });
    // An epoch that is interrupted here goes on with its whole validation: all of its training steps are done.
    await stopIfAsked(options, position, () => {
      engine.takeCounts();
      return trainingCounts;
    });
  }
  return engine.takeCounts();
}

/**
 * Lets timers, the tracker and signals have their turn, and stops where asked to.
 * @param takeCounts the training counts of the epoch so far
 */
async function stopIfAsked(
  { plan, engine, folder, signal }: TrainOptions,
  position: Position,
  takeCounts: () => Record<string, HeadCounts>,
): Promise<void> {
  await nextTurn();
  if (!signal.aborted) return;
  writeCheckpoint(folder, plan.hash, { position, counts: takeCounts(), state: engine.readState() });
  throw new Interrupted();
}

function rate({ trainingImages, trainingSeconds }: Position): number | null {
  return trainingSeconds > 0 ? trainingImages / trainingSeconds : null;
}

function notFinite(stage: StagePlan, { epoch, step, learningRate }: Position, loss: number): RunError {
  return new RunError(
    `the loss became ${loss} in stage ${stage.name}, epoch ${epoch + 1}, step ${step + 1}, at a learning rate of ${learningRate}; ` +
      'the weights were left as they were before this step',
    { hint: 'Lower the learning rate, or look for a class weight or a normalisation that is far too large.' },
  );
}
