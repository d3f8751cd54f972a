/**
 * The training loop, read from top to bottom: plan, data and engine come in, trained weights and metrics go out.
 *
 *   for each stage:  begin (new optimizer) ─▶ epochs ─▶ best weights back
 *     each epoch:    steps ─▶ counts ─▶ every validation row ─▶ metrics ─▶ best? stop? lower the rate? ─▶ checkpoint
 *
 * After each step the loop looks whether it was asked to stop, and if so writes a checkpoint and throws Interrupted.
 */
import { batchesOf } from '../data/batches.ts';
import { RunError } from '../errors.ts';
import type { StagePlan } from '../plan/plan.ts';
import { earlyStopping, reduceOnPlateau } from './callbacks.ts';
import { type Checkpoint, hashWeights, readBest, writeBest, writeCheckpoint } from './checkpoint.ts';
import type { EngineState } from './engine.ts';
import { evaluateRows, rate, runSteps } from './epoch.ts';
import { Interrupted, type Training, type TrainOptions } from './events.ts';
import { headShareOf } from './loss/log-variances.ts';
import { type Position, type StageResult, startOfStage } from './position.ts';
import { type Metrics, summarise } from './score/metrics.ts';
import { costOf } from './score/selection.ts';

export interface TrainResult {
  readonly stages: readonly StageResult[];
  /** Validation metrics of the weights that training ended with. */
  readonly metrics: Metrics;
  readonly weightsHash: string;
  /** From the call to the end of the first step. */
  readonly secondsToFirstStep: number | null;
}

/** @throws Interrupted, or RunError where a loss is not finite */
export async function train(given: TrainOptions): Promise<TrainResult> {
  const options: Training = { ...given, saved: { at: performance.now() } };
  const { plan, data, engine, folder, from, onEvent } = options;
  const { stages } = plan.settings;
  const started = performance.now();
  let secondsToFirstStep: number | null = null;
  const none = { epochsDone: 0, stepsDone: 0, finished: [] };
  // Also for a run that has all of its stages behind it.
  if (from) {
    assertFits(from, engine.readWeights());
    engine.writeState(from.state);
  }
  let position = from
    ? structuredClone(from.position)
    : startOfStage(0, stages[0]!.optimizer.learningRate, none);

  for (let index = position.stage; index < stages.length; index++) {
    const stage = stages[index]!;
    const stepsOfEpoch = batchesOf(data.split.training, stage).length;
    const isResumed = from !== undefined && index === from.position.stage;
    // Averages begin at the weights, which are there before; what the stage has done since comes after.
    engine.beginStage(stage, index);
    if (isResumed) {
      const { epoch, step } = from.position;
      if (step > stepsOfEpoch)
        throw new RunError(`the checkpoint is of step ${step} of an epoch of ${stepsOfEpoch} steps`);
      // Between two stages a checkpoint has no more than the weights: the next begins with a new optimizer.
      if (epoch > 0 || step > 0) assertFits(from, engine.readState());
      engine.writeState(from.state);
      engine.putCounts(from.counts);
    }
    onEvent({ type: 'stage', stage, index, steps: stepsOfEpoch });
    const stoppedEarly = await runStage(options, stage, position, () => {
      secondsToFirstStep ??= (performance.now() - started) / 1000;
    });

    const best = position.best!;
    engine.endStage();
    if (stage.restoreBest) engine.writeState(bestWeights(folder, stage, best.epoch));
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
    options.onStageSaved?.(index + 1);
    if (options.signal.aborted && next !== undefined) throw new Interrupted();
  }
  const { finished } = position;
  return {
    stages: finished,
    metrics: finished.at(-1)!.metrics,
    weightsHash: hashWeights(engine.readWeights()),
    secondsToFirstStep,
  };
}

/** @throws RunError where they are not on the disk as they were written */
function bestWeights(folder: string, { name }: StagePlan, epoch: number): EngineState {
  const best = readBest(folder, name);
  if (best.epoch === epoch) return best.weights;
  throw new RunError(
    `expected the weights of epoch ${epoch} of stage ${name} in ${folder}, found those of epoch ${best.epoch}`,
  );
}

/** @param own what of the engine the checkpoint has to have */
function assertFits({ state }: Checkpoint, own: EngineState): void {
  const wrong = [...own].flatMap(([name, { shape }]) => {
    const found = state.get(name);
    if (found === undefined) return [`${name} is missing`];
    return found.shape.join() === shape.join() ? [] : [`${name} has the shape [${found.shape}]`];
  });
  if (wrong.length === 0) return;
  throw new RunError(`the checkpoint does not fit the network: ${wrong.slice(0, 5).join(', ')}`, {
    hint: 'It was changed. Start a new run without --resume.',
  });
}

/** Runs the epochs of one stage; `position` is kept up to date. @returns whether early stopping ended it */
async function runStage(
  options: Training,
  stage: StagePlan,
  position: Position,
  afterStep: () => void,
): Promise<boolean> {
  const { plan, data, engine, folder, onEvent } = options;
  const ordinal = new Map(plan.settings.dataset.heads.map((head) => [head.name, head.ordinal]));
  const heads = data.heads.map(({ name, majority }) => ({ name, majority, ordinal: ordinal.get(name)! }));
  for (let stop = false; position.epoch < stage.epochs && !stop; ) {
    const begun = performance.now();
    const { learningRate, momentum } = await runSteps(options, stage, position, afterStep);
    const lossScaling = engine.lossScaling();
    const trainingCounts = engine.takeCounts();
    const validated = await evaluateRows(options, stage, position, trainingCounts);
    // Those of the epoch's end, for both parts.
    const logVariances = engine.logVariances();
    const shareOf = (head: string, loss: number): number => headShareOf(stage.loss, head, loss, logVariances);
    const training = summarise(trainingCounts, heads, shareOf);
    const validation = summarise(validated.counts, heads, shareOf, validated.scores);
    const seconds = (performance.now() - begun) / 1000;

    position.epoch += 1;
    position.step = 0;
    position.epochsDone += 1;
    position.seconds += seconds;
    const cost = costOf(validation, stage.selectBy);
    const isBest = position.best === null || cost < position.best.cost || !stage.restoreBest;
    if (isBest) {
      position.best = { epoch: position.epoch, cost, metrics: validation };
      const place = { planHash: plan.hash, stage: stage.name, epoch: position.epoch };
      writeBest(folder, engine.readWeights(), place);
    }
    if (stage.earlyStopping) {
      const watched = earlyStopping(
        stage.earlyStopping,
        position.earlyStopping,
        costOf(validation, stage.earlyStopping.metric),
      );
      position.earlyStopping = watched.watch;
      stop = watched.stop;
    }
    if (stage.reduceOnPlateau) {
      const watched = reduceOnPlateau(
        stage.reduceOnPlateau,
        position.reduceOnPlateau,
        costOf(validation, stage.reduceOnPlateau.metric),
        position.learningRate,
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
        momentum,
        training,
        validation,
        lossScaling,
        logVariances,
        best: isBest,
        imagesPerSecond: rate(position),
        seconds,
      },
    });
    if (stop) return true;
    writeCheckpoint(folder, plan.hash, { position, counts: {}, state: engine.readState() });
    options.saved.at = performance.now();
    if (options.signal.aborted && position.epoch < stage.epochs) throw new Interrupted();
  }
  return false;
}
