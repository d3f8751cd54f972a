/**
 * Records the evaluation step of a stage: a full batch of rows in, probabilities out, counts added up; without random
 * changes of the images, dropout or gradients.
 *
 * Shape letters: B batch, H height, W width, C channels.
 */
import { drawBatch } from '../../augmentation/draw/draws.ts';
import { scope } from '../../graph/scope.ts';
import { forward } from '../../network/forward.ts';
import { infer, packWeights } from '../../network/inference/ops.ts';
import type { StagePlan } from '../../plan/plan.ts';
import { tf } from '../../tensorflow/tf.ts';
import { measureBatch } from '../loss/objective.ts';
import { headProbabilities } from '../loss/probabilities.ts';
import { evaluatedWeights, type Recording, targetsOf } from './recording.ts';

/** Records what comes before the first batch of an evaluation: weights are folded and packed. @param name of the signature */
export function addPack(recording: Recording, name: string, stage: StagePlan): void {
  const { program, networkFor, inferenceFor } = recording;
  program.signature(name, {
    inputs: {},
    record() {
      const { plan, packed } = inferenceFor(stage)!;
      const current = evaluatedWeights(recording, stage);
      const weights = networkFor(stage).layers.flatMap((layer) => layer.weights);
      program.assign(
        packed,
        packWeights(
          plan,
          weights.map((weight) => current.get(weight.name)!),
        ),
      );
      return {};
    },
  });
}

/** @param name of the signature that is added */
export function addEvaluate(recording: Recording, name: string, stage: StagePlan): void {
  const { program, plan, data, batches } = recording;
  const { seed } = plan.settings;
  const rows = stage.batchSize;
  const { transforms } = drawBatch(null, {
    seed,
    stage: 0,
    epoch: 0,
    epochs: 1,
    rows: Int32Array.of(0),
    cacheSize: data.images.size,
    imageSize: stage.imageSize,
  });
  program.signature(name, {
    inputs: { rows: { shape: [rows], dtype: 'int32' }, used: { shape: [], dtype: 'int32' } },
    record({ rows: rows_B, used }) {
      const isUsed_B = tf.less(tf.range(0, rows, 1, 'int32'), used!);
      const labelsOfHead = batches
        .labelsOf(rows_B!)
        .map((labels_B) => tf.where(isUsed_B, labels_B, tf.fill([rows], -1, 'int32')) as tf.Tensor1D);
      const heads = targetsOf(recording, stage, labelsOfHead, {});
      const images_BHWC = batches.imagesOf(stage, rows_B!, { transforms: tf.tensor2d(transforms, [1, 8]) });
      const current = evaluatedWeights(recording, stage);
      const logits = logitsOf(recording, stage, current, images_BHWC as tf.Tensor4D);
      batches.countBatch(measureBatch(logits, heads, stage.loss, current));
      return { probabilities: headProbabilities(logits, heads, stage.loss) };
    },
  });
}

function logitsOf(
  { program, plan, networkFor, narrowing, inferenceFor }: Recording,
  stage: StagePlan,
  weights: ReadonlyMap<string, tf.Tensor>,
  images_BHWC: tf.Tensor4D,
): Record<string, tf.Tensor2D> {
  const network = networkFor(stage);
  const inference = inferenceFor(stage);
  if (inference !== undefined) {
    const outputs = infer(inference.plan, images_BHWC, program.read(inference.packed) as tf.Tensor1D);
    return Object.fromEntries(network.heads.map(({ head, layer }) => [head, outputs.get(layer)!]));
  }
  return forward(network, weights, images_BHWC, {
    training: false,
    trainable: new Set(),
    step: tf.scalar(0, 'int32'),
    seed: plan.settings.seed,
    narrowing,
    around: scope,
  }).logits;
}
