/**
 * The engine that computes each step op by op. Weights and optimizer slots are tensors that a step replaces.
 * Shape letters: B batch, H height, W width, C channels, K classes.
 */
import type { Data } from '../data/dataset.ts';
import { drawBatch } from '../data/draws.ts';
import type { Network, WeightSpec } from '../model/network.ts';
import type { Part } from '../model/settings.ts';
import { eraseRectangles, transformImages } from '../network/augment.ts';
import { forward } from '../network/forward.ts';
import { initialWeights } from '../network/initializers.ts';
import type { Plan } from '../plan/plan.ts';
import type { tf as Tf } from '../runtime/tf.ts';
import { tf } from '../runtime/tf.ts';
import { resolveClassWeights } from './class-weights.ts';
import type { Engine, EngineState, StepFeed } from './engine.ts';
import { headLoss } from './loss.ts';
import { emptyCounts, type HeadCounts } from './metrics.ts';
import { optimizerFor } from './optimizers.ts';
import type { StoredTensor } from './safetensors.ts';

interface Batch {
  readonly images_BHWC: Tf.Tensor4D;
  /** By head: one-hot targets and weights, zero where the label is not known, and the labels themselves. */
  readonly targets: Record<string, Tf.Tensor2D>;
  readonly weights: Record<string, Tf.Tensor1D>;
  readonly labels: Record<string, Int32Array>;
}

/**
 * @param networkFor the network at an image size; its weights are the same at every size
 */
export function createEagerEngine(
  plan: Plan,
  data: Data,
  networkFor: (imageSize: number) => Network,
): Engine {
  const { seed, stages } = plan.settings;
  const specs = weightSpecs(networkFor(stages[0]!.imageSize));
  const weights = new Map<string, Tf.Tensor>();
  for (const [name, values] of initialWeights(networkFor(stages[0]!.imageSize), seed)) {
    weights.set(name, tf.tensor(values, [...specs.get(name)!.shape]));
  }
  const slots = new Map<string, Tf.Tensor>();
  const classCounts = data.heads.map(({ name, classes, trainingCounts }) => ({
    name,
    classes,
    counts: trainingCounts,
  }));
  const pixels = data.images.pixels();

  let stage = stages[0]!;
  let network = networkFor(stage.imageSize);
  let trainable: ReadonlySet<Part> = new Set(stage.trainable);
  let classWeights = resolveClassWeights(stage.loss, classCounts);
  let counts = emptyHeads();

  function emptyHeads(): Record<string, HeadCounts> {
    return Object.fromEntries(data.heads.map(({ name, classes }) => [name, emptyCounts(classes.length)]));
  }

  function replace(store: Map<string, Tf.Tensor>, name: string, tensor: Tf.Tensor): void {
    store.get(name)?.dispose();
    store.set(name, tensor);
  }

  function trainedNames(): string[] {
    return [...specs.values()]
      .filter((spec) => spec.trainable && trainable.has(spec.part))
      .map((spec) => spec.name);
  }

  function makeBatch(rows: Int32Array, feed: StepFeed | null): Batch {
    const { size } = data.images;
    const bytes = size * size * 3;
    const chosen = new Uint8Array(rows.length * bytes);
    rows.forEach((row, i) => {
      const image = data.imageOf[row]!;
      chosen.set(pixels.subarray(image * bytes, (image + 1) * bytes), i * bytes);
    });
    const draws = drawBatch(feed === null ? null : stage.augmentation, {
      seed,
      stage: feed?.stage ?? 0,
      epoch: feed?.epoch ?? 0,
      rows,
      cacheSize: size,
      imageSize: stage.imageSize,
    });
    const images_BHWC = tf.tidy(() => {
      const cached_BHWC = tf.tensor4d(chosen, [rows.length, size, size, 3], 'int32');
      const transforms_B8 = tf.tensor2d(draws.transforms, [rows.length, 8]);
      const changed_BHWC = transformImages(cached_BHWC, transforms_B8, {
        size: stage.imageSize,
        fillMode: stage.augmentation.fillMode,
        normalization: data.normalization,
      });
      if (draws.rectangles === null) return changed_BHWC;
      return eraseRectangles(changed_BHWC, tf.tensor2d(draws.rectangles, [rows.length, 5]));
    });
    const batch: Batch = { images_BHWC, targets: {}, weights: {}, labels: {} };
    for (const { name, labels: all, classes } of data.heads) {
      const labels = Int32Array.from(rows, (row) => all[row]!);
      const weightOf = classWeights[name]!;
      batch.labels[name] = labels;
      batch.targets[name] = tf.tidy(
        () => tf.oneHot(tf.tensor1d(labels, 'int32'), classes.length).toFloat() as Tf.Tensor2D,
      );
      batch.weights[name] = tf.tensor1d(
        Float32Array.from(labels, (label) => (label < 0 ? 0 : weightOf[label]!)),
      );
    }
    return batch;
  }

  function disposeBatch({ images_BHWC, targets, weights: rowWeights }: Batch): void {
    tf.dispose([images_BHWC, Object.values(targets), Object.values(rowWeights)]);
  }

  /** Loss of the whole batch, and what is read of it per head, as tensors. */
  function measure(batch: Batch, logits: Record<string, Tf.Tensor2D>) {
    const losses = data.heads.map(({ name }) =>
      headLoss(logits[name]!, batch.targets[name]!, batch.weights[name]!),
    );
    const weighted = losses.map(({ mean }, i) => tf.mul(mean, stage.loss.headWeights[data.heads[i]!.name]!));
    const total = tf.addN(weighted) as Tf.Scalar;
    const perHead_H2 = tf.stack(losses.map(({ sum, weight }) => tf.stack([sum, weight])));
    const predictions_HB = tf.stack(data.heads.map(({ name }) => tf.argMax(logits[name]!, 1)));
    return { total, perHead_H2, predictions_HB };
  }

  function addCounts(
    batch: Batch,
    perHead: ArrayLike<number>,
    predictions: ArrayLike<number>,
    rows: number,
  ): void {
    data.heads.forEach(({ name, classes }, h) => {
      const head = counts[name]!;
      head.lossSum += perHead[2 * h]!;
      head.lossWeight += perHead[2 * h + 1]!;
      batch.labels[name]!.forEach((label, i) => {
        if (label >= 0) head.confusion[label * classes.length + predictions[h * rows + i]!]! += 1;
      });
    });
  }

  return {
    beginStage(next) {
      stage = next;
      network = networkFor(stage.imageSize);
      trainable = new Set(stage.trainable);
      classWeights = resolveClassWeights(stage.loss, classCounts);
      tf.dispose([...slots.values()]);
      slots.clear();
      const names = optimizerFor(stage.optimizer).slots;
      for (const name of trainedNames()) {
        for (const slot of names) slots.set(`${slot}/${name}`, tf.zeros([...specs.get(name)!.shape]));
      }
    },

    train(feed) {
      const batch = makeBatch(feed.rows, feed);
      const names = trainedNames();
      const step = tf.scalar(feed.step, 'int32');
      const kept: { averages: Map<string, Tf.Tensor>; perHead_H2?: Tf.Tensor; predictions_HB?: Tf.Tensor } = {
        averages: new Map(),
      };
      const objective = (...trained: Tf.Tensor[]): Tf.Scalar => {
        const current = new Map(weights);
        names.forEach((name, i) => {
          current.set(name, trained[i]!);
        });
        const { logits, averages } = forward(network, current, batch.images_BHWC, {
          training: true,
          trainable,
          step,
          seed,
        });
        const { total, perHead_H2, predictions_HB } = measure(batch, logits);
        for (const [name, value] of averages) kept.averages.set(name, tf.keep(value));
        kept.perHead_H2 = tf.keep(perHead_H2);
        kept.predictions_HB = tf.keep(predictions_HB);
        return total;
      };
      const { value, grads } = tf.valueAndGrads(objective)(names.map((name) => weights.get(name)!));
      const loss = value.dataSync()[0]!;
      if (Number.isFinite(loss)) {
        addCounts(batch, kept.perHead_H2!.dataSync(), kept.predictions_HB!.dataSync(), feed.rows.length);
        const optimizer = optimizerFor(stage.optimizer);
        const rates = Object.fromEntries(
          Object.entries(optimizer.rates(stage.optimizer, feed.learningRate, feed.optimizerStep)).map(
            ([name, rate]) => [name, tf.scalar(rate)],
          ),
        );
        names.forEach((name, i) => {
          const current = optimizer.slots.map((slot) => slots.get(`${slot}/${name}`)!);
          const [weight, ...newSlots] = tf.tidy(() =>
            optimizer.update(stage.optimizer, weights.get(name)!, grads[i]!, current, rates),
          ) as [Tf.Tensor, ...Tf.Tensor[]];
          replace(weights, name, weight);
          optimizer.slots.forEach((slot, s) => {
            replace(slots, `${slot}/${name}`, newSlots[s]!);
          });
        });
        for (const [name, average] of kept.averages) replace(weights, name, average);
        tf.dispose(Object.values(rates));
      } else {
        tf.dispose([...kept.averages.values()]);
      }
      tf.dispose([value, step, kept.perHead_H2!, kept.predictions_HB!, ...grads]);
      disposeBatch(batch);
      return loss;
    },

    evaluate(rows) {
      const batch = makeBatch(rows, null);
      const { perHead_H2, predictions_HB } = tf.tidy(() => {
        const step = tf.scalar(0, 'int32');
        const { logits } = forward(network, weights, batch.images_BHWC, {
          training: false,
          trainable,
          step,
          seed,
        });
        return measure(batch, logits);
      });
      addCounts(batch, perHead_H2.dataSync(), predictions_HB.dataSync(), rows.length);
      tf.dispose([perHead_H2, predictions_HB]);
      disposeBatch(batch);
    },

    takeCounts() {
      const taken = counts;
      counts = emptyHeads();
      return taken;
    },
    putCounts(given) {
      counts = { ...emptyHeads(), ...given };
    },
    readWeights: () => read(weights, 'weights/'),
    readState: () => new Map([...read(weights, 'weights/'), ...read(slots, '')]),
    writeState(state) {
      for (const [name, { shape, values }] of state) {
        const isWeight = name.startsWith('weights/');
        replace(
          isWeight ? weights : slots,
          isWeight ? name.slice('weights/'.length) : name,
          tf.tensor(values, [...shape]),
        );
      }
    },
    dispose() {
      tf.dispose([...weights.values(), ...slots.values()]);
      weights.clear();
      slots.clear();
    },
  };
}

function read(store: ReadonlyMap<string, Tf.Tensor>, prefix: string): EngineState {
  return new Map(
    [...store].map(([name, tensor]): [string, StoredTensor] => [
      prefix + name,
      { shape: tensor.shape, values: Float32Array.from(tensor.dataSync()) },
    ]),
  );
}

function weightSpecs(network: Network): Map<string, WeightSpec> {
  return new Map(network.layers.flatMap(({ weights }) => weights).map((spec) => [spec.name, spec]));
}
