/**
 * Records the training step of a stage for batches of so many rows.
 *
 *   rows ─▶ images, labels ─▶ augmentation ─▶ forward ─▶ loss, counts ─▶ gradients ─▶ optimizer, averages
 *
 * Shape letters: B batch, H height, W width, C channels.
 */
import { feedsOf, feedType } from '../../augmentation/draw/feeds.ts';
import { scope } from '../../graph/scope.ts';
import { forward } from '../../network/forward.ts';
import type { StagePlan } from '../../plan/plan.ts';
import { tf } from '../../tensorflow/tf.ts';
import { measureBatch, type Objective } from '../loss/objective.ts';
import { recordScaledStep } from './loss-scale.ts';
import { currentWeights, type Recording, targetsOf } from './recording.ts';
import { checkLoss, recordUpdate, updateInputs } from './update.ts';
import { trainedWeights } from './update-variables.ts';

/** @param name of the signature that is added */
export function addTrain(recording: Recording, name: string, stage: StagePlan, rows: number): void {
  const { program, plan, networkFor, narrowing, specs, weights, variables, lossScale, batches } = recording;
  const feeds = [...feedsOf(stage.augmentation)];
  program.signature(name, {
    inputs: {
      rows: { shape: [rows], dtype: 'int32' },
      ...Object.fromEntries(
        feeds.map(([feed, shape]) => [feed, { shape: [rows, ...shape], dtype: feedType(feed) }]),
      ),
      step: { shape: [], dtype: 'int32' },
      ...updateInputs(stage),
    },
    xla: plan.execution.xla,
    record(inputs) {
      const rows_B = inputs.rows!;
      const fed = Object.fromEntries(feeds.map(([feed]) => [feed, inputs[feed]!]));
      const images_BHWC = batches.imagesOf(stage, rows_B, fed);
      const heads = targetsOf(recording, stage, batches.labelsOf(rows_B), fed);
      const all = currentWeights(recording);
      const trained = trainedWeights(specs, stage);
      let averages = new Map<string, tf.Tensor>();
      let measured: Objective | undefined;
      const objective = (...values: tf.Tensor[]): tf.Scalar => {
        const current = new Map(all);
        trained.forEach(({ name: weight }, i) => {
          current.set(weight, values[i]!);
        });
        const computed = forward(networkFor(stage), current, images_BHWC, {
          training: true,
          trainable: new Set(stage.trainable),
          step: inputs.step as tf.Scalar,
          seed: plan.settings.seed,
          narrowing,
          around: scope,
        });
        averages = computed.averages;
        measured = measureBatch(computed.logits, heads, stage.loss, current);
        for (const tensor of kept()) tf.keep(tensor);
        return lossScale === undefined
          ? measured.total
          : tf.mul(measured.total, program.read(lossScale.scale));
      };
      const kept = (): tf.Tensor[] => [
        ...averages.values(),
        measured!.sums_H2,
        ...measured!.confusions,
        ...(lossScale === undefined ? [] : [measured!.total]),
      ];
      const first = trained.map((spec) => all.get(spec.name)!);
      const { value, grads } = tf.valueAndGrads(objective)(first);
      const changes = (): void => {
        batches.countBatch(measured!);
        for (const [weight, average] of averages) program.assign(weights.get(weight)!, average);
      };
      if (lossScale !== undefined) {
        const loss = tf.clone(measured!.total);
        const scaled = { stage, variables, loss, gradients: grads, inputs };
        const scaling = recordScaledStep(program, lossScale, scaled, changes);
        tf.dispose(kept());
        return { loss, scaling };
      }
      const { loss, norm } = checkLoss(stage, value, grads);
      program.guard(tf.isFinite(loss), () => {
        changes();
        recordUpdate(program, stage, variables, grads, norm, inputs);
      });
      tf.dispose(kept());
      return { loss };
    },
  });
}
