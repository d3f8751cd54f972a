/** What a network costs, from its description alone: parameters, operations, memory. */
import { activationBytes, countParameters, forwardFlops, trainableParameters } from '../model/count.ts';
import type { Network } from '../model/network.ts';
import type { Part } from '../model/settings.ts';
import { samplePoints } from '../schedule/points.ts';
import { createSchedule } from '../schedule/schedule.ts';
import { type BatchSettings, epochBatches } from './batches.ts';
import type {
  DataFigures,
  ModelFigures,
  OptimizerPlan,
  ScheduleFigures,
  Settings,
  StageFigures,
  StagePlan,
  WeightsFigures,
} from './plan.ts';

const BYTES_PER_FLOAT = 4;
/** Resident size of node, TensorFlow and this program before the first step, measured on TensorFlow 2.21: 0.45 GB. */
const BASE_BYTES = 450e6;
/** Activations are held once for the backward pass, and its gradients take as much again at the peak. */
const ACTIVATION_COPIES = 2;
/** Enough for a curve of several cycles to be read in JSON. */
const SCHEDULE_POINTS = 33;
/** Of a number in a feature map. */
const BYTES = { float32: 4, bfloat16: 2, float16: 2 } as const;

export function modelFigures(
  settings: Settings,
  network: Network,
  weights: WeightsFigures | null,
): ModelFigures {
  const layerNamed = (name: string) => network.layers.find((layer) => layer.name === name)!;
  return {
    parameters: countParameters(network),
    trainableParameters: trainableParameters(network, ['backbone', 'tower', 'heads']),
    backbone: {
      name: settings.model.backbone.name,
      parameters: countParameters(network, ['backbone']),
      outputShape: layerNamed(network.backboneOutput).outputShape,
    },
    pooledFeatures: layerNamed(network.pooled).outputShape[0]!,
    heads: settings.dataset.heads.map(({ name, classes }) => ({ name, classes })),
    weights,
  };
}

export function stageFigures(
  settings: Settings,
  stage: StagePlan,
  network: Network,
  data: DataFigures,
): StageFigures {
  const stepsPerEpoch = stepsOfEpoch(stage, data);
  const batches = data.trainingRows === null ? null : epochBatches(data.trainingRows, stage);
  const rows = batches?.largest ?? stage.batchSize;
  const trained = trainableParameters(network, stage.trainable);
  return {
    name: stage.name,
    imageSize: stage.imageSize,
    batchSize: stage.batchSize,
    stepsPerEpoch,
    smallestBatch: batches?.smallest ?? null,
    largestBatch: batches?.largest ?? null,
    schedule: scheduleFigures(stage, stepsPerEpoch),
    trainableParameters: trained,
    flopsPerStep: stepFlops(network, stage.trainable) * rows,
    peakMemoryBytes: Math.round(
      BASE_BYTES +
        cacheBytes(settings, data) +
        BYTES_PER_FLOAT * (countParameters(network) + trained * (1 + tensorsBeside(stage.optimizer))) +
        (rows * stepActivationBytes(network, stage.trainable) * BYTES[settings.execution.precision]) /
          BYTES_PER_FLOAT,
    ),
  };
}

/** @returns null where neither the table nor the file tells */
export function stepsOfEpoch(settings: BatchSettings, { trainingRows }: DataFigures): number | null {
  return (
    settings.stepsPerEpoch ?? (trainingRows === null ? null : epochBatches(trainingRows, settings).steps)
  );
}

function scheduleFigures(
  { learningRatePolicy, optimizer, epochs }: StagePlan,
  stepsPerEpoch: number | null,
): ScheduleFigures | null {
  if (stepsPerEpoch === null) return null;
  const schedule = createSchedule(learningRatePolicy, { epochs, stepsPerEpoch });
  return {
    steps: schedule.steps,
    durations: schedule.durations,
    points: samplePoints(schedule, optimizer.learningRate, SCHEDULE_POINTS),
  };
}

/** Operations of an epoch of a stage, validation included, which costs a forward pass: a third of a training step. */
export function epochFlops(
  { flopsPerStep, stepsPerEpoch, batchSize }: StageFigures,
  { validationRows }: DataFigures,
): number | null {
  if (stepsPerEpoch === null || validationRows === null) return null;
  return flopsPerStep * (stepsPerEpoch + Math.ceil(validationRows / batchSize) / 3);
}

/** Tensors that an optimizer keeps for each weight that is trained. */
function tensorsBeside(optimizer: OptimizerPlan): number {
  const slots = {
    adam: 2,
    adamw: 2,
    sgd: 1,
    rmsprop: 'centered' in optimizer && optimizer.centered ? 3 : 2,
  }[optimizer.name];
  return slots + (optimizer.averageWeights ? 1 : 0) + (optimizer.accumulateGradients > 1 ? 1 : 0);
}

/** Backward costs twice the forward operations where weights are trained; a frozen backbone is only computed forward. */
function stepFlops(network: Network, trainable: readonly Part[]): number {
  const all = forwardFlops(network);
  const below = trainable.includes('backbone') ? 0 : forwardFlops(network, ['backbone']);
  return all + 2 * (all - below);
}

/** For one image. Of a frozen backbone, which has no backward pass, a layer's output goes when the next has read it. */
function stepActivationBytes(network: Network, trainable: readonly Part[]): number {
  if (trainable.includes('backbone')) return ACTIVATION_COPIES * activationBytes(network);
  return ACTIVATION_COPIES * activationBytes(network, ['tower', 'heads']) + largestLayerBytes(network);
}

/** The most that one layer of the backbone holds at a time, for one image: its inputs and its output. */
function largestLayerBytes({ layers }: Network): number {
  const bytes = new Map(
    layers.map(({ name, outputShape }) => [name, BYTES_PER_FLOAT * outputShape.reduce((a, b) => a * b, 1)]),
  );
  const held = layers
    .filter(({ part }) => part === 'backbone')
    .map(({ name, inputs }) => [name, ...inputs].reduce((sum, layer) => sum + bytes.get(layer)!, 0));
  return Math.max(...held);
}

/** The images of the test part are not read. */
function cacheBytes({ dataset }: Settings, { rows, testRows = 0 }: DataFigures): number {
  return ((rows ?? 0) - testRows) * dataset.cacheSize * dataset.cacheSize * 3;
}
