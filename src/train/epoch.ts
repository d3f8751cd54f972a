/** One pass over the training rows and one over the validation rows; between any two steps the run can be stopped. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { batchesOf, trainingOrder } from '../data/batches.ts';
import { RunError } from '../errors.ts';
import type { StagePlan } from '../plan/plan.ts';
import { batchesToApply } from './accumulation.ts';
import { writeCheckpoint } from './checkpoint.ts';
import type { LossScaling } from './engine.ts';
import { Interrupted, type Training, type TrainOptions } from './events.ts';
import type { Position } from './position.ts';
import type { HeadCounts } from './score/metrics.ts';
import type { HeadScores } from './score/scores.ts';
import { type StepRates, stepRates } from './step-rates.ts';

/** The training steps of one epoch, from `position.step` on. @returns the rates of its last step */
export async function runSteps(
  options: Training,
  stage: StagePlan,
  position: Position,
  afterStep: () => void,
): Promise<StepRates> {
  const { plan, data, engine, onEvent } = options;
  const order = trainingOrder(data.split.training, plan.settings.seed, position.stage, position.epoch);
  const batches = batchesOf(order, stage);
  const ratesAt = stepRates(stage, batches.length);
  const ratesOf = (step: number): StepRates => ratesAt(position.learningRate, position.epoch, step);
  while (position.step < batches.length) {
    const rows = batches[position.step]!;
    const begun = performance.now();
    const rates = ratesOf(position.step);
    const accumulated = batchesToApply(position.step, batches.length, stage.optimizer.accumulateGradients);
    const loss = engine.train({
      rows,
      stage: position.stage,
      epoch: position.epoch,
      step: position.stepsDone,
      ...rates,
      optimizerStep: position.optimizerSteps + 1,
      accumulated,
    });
    const scaling = engine.lossScaling();
    if (scaling === null && !Number.isFinite(loss)) throw notFinite(stage, position, rates, loss);
    if (scaling !== null && scaling.scale < 1) throw scaleTooSmall(stage, position, rates, scaling);
    // The first step of a stage sets things up that the others find ready; the rate leaves it out.
    if (position.epoch > 0 || position.step > 0) {
      position.trainingSeconds += (performance.now() - begun) / 1000;
      position.trainingImages += rows.length;
    }
    position.step += 1;
    position.stepsDone += 1;
    if (scaling?.isUpdated ?? accumulated > 0) position.optimizerSteps += 1;
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
    saveIfDue(options, position);
  }
  return ratesOf(batches.length - 1);
}

/** Counts and probabilities of every validation row, the last short batch included. */
export async function evaluateRows(
  options: TrainOptions,
  stage: StagePlan,
  position: Position,
  trainingCounts: Record<string, HeadCounts>,
): Promise<{ counts: Record<string, HeadCounts>; scores: Record<string, HeadScores> }> {
  const { data, engine, onEvent } = options;
  const rows = data.split.validation;
  const scores = Object.fromEntries(
    data.heads.map(({ name, classes, labels }): [string, HeadScores] => [
      name,
      {
        labels_N: rows.map((row) => labels[row]!),
        probabilities_NK: new Float32Array(rows.length * classes.length),
      },
    ]),
  );
  for (let first = 0; first < rows.length; first += stage.batchSize) {
    const probabilities = engine.evaluate(rows.subarray(first, first + stage.batchSize));
    for (const { name, classes } of data.heads)
      scores[name]!.probabilities_NK.set(probabilities[name]!, first * classes.length);
    onEvent({ type: 'validation', done: Math.min(first + stage.batchSize, rows.length), rows: rows.length });
    // An epoch that is interrupted here goes on with its whole validation: all of its training steps are done.
    await stopIfAsked(options, position, () => {
      engine.takeCounts();
      return trainingCounts;
    });
  }
  return { counts: engine.takeCounts(), scores };
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

/** Writes a checkpoint between two steps where the last one is too old; the training goes on as if it had not. */
function saveIfDue({ plan, engine, folder, saved }: Training, position: Position): void {
  if (performance.now() - saved.at < plan.execution.checkpointEvery * 60_000) return;
  const counts = engine.takeCounts();
  writeCheckpoint(folder, plan.hash, { position, counts, state: engine.readState() });
  engine.putCounts(counts);
  saved.at = performance.now();
}

/** Training images a second in this stage so far. */
export function rate({ trainingImages, trainingSeconds }: Position): number | null {
  return trainingSeconds > 0 ? trainingImages / trainingSeconds : null;
}

function notFinite(
  stage: StagePlan,
  { epoch, step }: Position,
  { learningRate }: StepRates,
  loss: number,
): RunError {
  return new RunError(
    `the loss${stage.optimizer.clipNorm === null ? '' : ' or its gradient'} became ${loss} in stage ${stage.name}, epoch ${epoch + 1}, step ${step + 1}, at a learning rate of ${learningRate}; ` +
      'the weights were left as they were before this step',
    {
      hint: 'Lower the learning rate, or look for a class weight or a normalisation that is far too large.',
      isCertain: true,
    },
  );
}

/** Each skipped step halves the scale: below 1 it is not the scaling that makes numbers too large for float16. */
function scaleTooSmall(
  stage: StagePlan,
  { epoch, step }: Position,
  { learningRate }: StepRates,
  { scale, skippedSteps }: LossScaling,
): RunError {
  return new RunError(
    `the loss or its gradient is beyond float16 in stage ${stage.name}, epoch ${epoch + 1}, step ${step + 1}, at a learning rate of ${learningRate}, with a loss scale of ${2 * scale}; ` +
      `${skippedSteps} steps of the stage were skipped, and the weights left as they were`,
    {
      hint: 'execution.precision: bfloat16 has the range of float32. Or lower the learning rate, or look for a class weight or a normalisation that is far too large.',
      isCertain: true,
    },
  );
}
