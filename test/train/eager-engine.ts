/**
 * The engine that computes each step op by op. Weights and optimizer slots are tensors that a step replaces.
 * Shape letters: B batch, H height, W width, C channels, K classes.
 */

import { augmentImages } from '../../src/augmentation/apply/images.ts';
import { drawBatch } from '../../src/augmentation/draw/draws.ts';
import { feedsOf, feedType } from '../../src/augmentation/draw/feeds.ts';
import type { Data } from '../../src/data/dataset.ts';
import type { Network, WeightSpec } from '../../src/model/network.ts';
import type { Part } from '../../src/model/settings.ts';
import { forward } from '../../src/network/forward.ts';
import type { NetworkFor } from '../../src/plan/networks.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { tf as Tf } from '../../src/tensorflow/tf.ts';
import { tf } from '../../src/tensorflow/tf.ts';
import type { Engine, EngineState, StepFeed } from '../../src/train/engine.ts';
import { resolveClassWeights } from '../../src/train/loss/class-weights.ts';
import { type HeadTargets, mixedTargets } from '../../src/train/loss/head-loss.ts';
import { logVarianceSpecs, logVariancesOf } from '../../src/train/loss/log-variances.ts';
import { measureBatch, type Objective } from '../../src/train/loss/objective.ts';
import { headProbabilities, splitProbabilities } from '../../src/train/loss/probabilities.ts';
import type { HeadCounts } from '../../src/train/score/metrics.ts';
import { startingWeights } from '../../src/train/step/starting-weights.ts';
import { averagedWeights, averageName, trainedWeights } from '../../src/train/step/update-variables.ts';
import type { StoredTensor } from '../../src/weights/safetensors.ts';
import { beginEagerly, gradientNorm, type TensorStore, updateEagerly } from './eager-update.ts';
import { emptyCounts } from './empty-counts.ts';

interface Batch {
  readonly images_BHWC: Tf.Tensor4D;
  readonly heads: readonly HeadTargets[];
}

/**
 * @param networkFor the network in a stage; its weights are the same in all
 */
export function createEagerEngine(plan: Plan, data: Data, networkFor: NetworkFor): Engine {
  const { seed, stages } = plan.settings;
  const specs = weightSpecs(networkFor(stages[0]!), plan);
  const all = [...specs.values()];
  const weights = new Map<string, Tf.Tensor>();
  for (const [name, values] of startingWeights(plan, networkFor)) {
    weights.set(name, tf.tensor(values, [...specs.get(name)!.shape]));
  }
  for (const { name } of logVarianceSpecs(plan)) weights.set(name, tf.scalar(0));
  const slots = new Map<string, Tf.Tensor>();
  const classCounts = data.heads.map(({ name, classes, trainingCounts }) => ({
    name,
    classes,
    counts: trainingCounts,
  }));
  const pixels = data.images.pixels();

  let stage = stages[0]!;
  let isAveraging = false;
  let network = networkFor(stage);
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

  function storeOf(store: Map<string, Tf.Tensor>): TensorStore {
    return { get: (name) => store.get(name)!, replace: (name, tensor) => replace(store, name, tensor) };
  }

  /** What evaluation uses: averages in place of the weights that have one. */
  function evaluatedWeights(): Map<string, Tf.Tensor> {
    const averaged = isAveraging ? averagedWeights(all, stage) : [];
    return new Map([
      ...weights,
      ...averaged.map((spec): [string, Tf.Tensor] => [spec.name, slots.get(averageName(spec))!]),
    ]);
  }

  function makeBatch(rows: Int32Array, feed: StepFeed | null): Batch {
    const { size } = data.images;
    const bytes = size * size * 3;
    const chosen = new Uint8Array(rows.length * bytes);
    rows.forEach((row, i) => {
      const image = data.imageOf[row]!;
      chosen.set(pixels.subarray(image * bytes, (image + 1) * bytes), i * bytes);
    });
    const augmentation = feed === null ? null : stage.augmentation;
    const draws = drawBatch(augmentation, {
      seed,
      stage: feed?.stage ?? 0,
      epoch: feed?.epoch ?? 0,
      epochs: stage.epochs,
      rows,
      cacheSize: size,
      imageSize: stage.imageSize,
    });
    return tf.tidy(() => {
      const feeds: Readonly<Record<string, Tf.Tensor>> = Object.fromEntries(
        [...feedsOf(augmentation)].map(([name, shape]) => [
          name,
          tf.tensor(draws[name]!, [rows.length, ...shape], feedType(name)),
        ]),
      );
      const cached_BHWC = tf.tensor4d(chosen, [rows.length, size, size, 3], 'int32');
      const images_BHWC = augmentImages(cached_BHWC, feeds, {
        size: stage.imageSize,
        augmentation: stage.augmentation,
        normalization: data.normalization,
      });
      const heads = data.heads.map(({ name, classes, labels }) => {
        const known = rows.map((row) => labels[row]!);
        const labels_B = tf.tensor1d(known, 'int32');
        return {
          name,
          classes: classes.length,
          labels_B,
          mixed: mixedTargets(labels_B, feeds),
          classWeights: classWeights[name]!,
        };
      });
      return { images_BHWC, heads };
    });
  }

  function disposeBatch({ images_BHWC, heads }: Batch): void {
    const labels = heads.flatMap(({ labels_B, mixed }) => [labels_B, mixed?.labels_B, mixed?.share_B]);
    tf.dispose([images_BHWC, ...labels.filter((tensor) => tensor !== undefined)]);
  }

  function addCounts({ sums_H2, confusions }: Pick<Objective, 'sums_H2' | 'confusions'>): void {
    const sums = sums_H2.dataSync();
    data.heads.forEach(({ name }, h) => {
      const head = counts[name]!;
      head.lossSum += sums[2 * h]!;
      head.lossWeight += sums[2 * h + 1]!;
      confusions[h]!.dataSync().forEach((count, i) => {
        head.confusion[i]! += count;
      });
    });
    tf.dispose([sums_H2, ...confusions]);
  }

  return {
    beginStage(next) {
      stage = next;
      network = networkFor(stage);
      trainable = new Set(stage.trainable);
      classWeights = resolveClassWeights(stage.loss, classCounts);
      tf.dispose([...slots.values()]);
      slots.clear();
      isAveraging = true;
      beginEagerly(stage, all, storeOf(weights), storeOf(slots));
    },

    train(feed) {
      const batch = makeBatch(feed.rows, feed);
      const trained = trainedWeights(all, stage);
      const step = tf.scalar(feed.step, 'int32');
      const averages = new Map<string, Tf.Tensor>();
      let measured: Objective | undefined;
      const objective = (...values: Tf.Tensor[]): Tf.Scalar => {
        const current = new Map(weights);
        trained.forEach(({ name }, i) => {
          current.set(name, values[i]!);
        });
        const context = { training: true, trainable, step, seed };
        const computed = forward(network, current, batch.images_BHWC, context);
        for (const [name, value] of computed.averages) averages.set(name, tf.keep(value));
        measured = measureBatch(computed.logits, batch.heads, stage.loss, current);
        for (const tensor of [measured.sums_H2, ...measured.confusions]) tf.keep(tensor);
        return measured.total;
      };
      const { value, grads } = tf.valueAndGrads(objective)(trained.map(({ name }) => weights.get(name)!));
      const norm = gradientNorm(stage, grads);
      const isNormFinite = norm === null || Number.isFinite(norm);
      const loss = isNormFinite ? value.dataSync()[0]! : norm;
      if (Number.isFinite(loss)) {
        addCounts(measured!);
        for (const [name, average] of averages) replace(weights, name, average);
        updateEagerly(stage, feed, all, grads, storeOf(weights), storeOf(slots));
      } else {
        tf.dispose([...averages.values(), measured!.sums_H2, ...measured!.confusions]);
      }
      tf.dispose([value, step, ...grads]);
      disposeBatch(batch);
      return loss;
    },

    evaluate(rows) {
      const batch = makeBatch(rows, null);
      const { probabilities, ...measured } = tf.tidy(() => {
        const context = { training: false, trainable, step: tf.scalar(0, 'int32'), seed };
        const current = evaluatedWeights();
        const { logits } = forward(network, current, batch.images_BHWC, context);
        const { sums_H2, confusions } = measureBatch(logits, batch.heads, stage.loss, current);
        const probabilities = headProbabilities(logits, batch.heads, stage.loss);
        return { sums_H2, confusions: [...confusions], probabilities };
      });
      addCounts(measured);
      const values = probabilities.dataSync();
      probabilities.dispose();
      disposeBatch(batch);
      return splitProbabilities(values, data.heads, rows.length);
    },

    endStage() {
      for (const [name, tensor] of evaluatedWeights())
        if (tensor !== weights.get(name)) replace(weights, name, tensor.clone());
      isAveraging = false;
    },
    takeCounts() {
      const taken = counts;
      counts = emptyHeads();
      return taken;
    },
    putCounts(given) {
      counts = { ...emptyHeads(), ...given };
    },
    lossScaling: () => null,
    logVariances() {
      const current = evaluatedWeights();
      return logVariancesOf(stage.loss, (weight) => current.get(weight)!.dataSync()[0]!);
    },
    readWeights: () => read(evaluatedWeights(), 'weights/'),
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

function weightSpecs(network: Network, plan: Plan): Map<string, WeightSpec> {
  const specs = [...network.layers.flatMap(({ weights }) => weights), ...logVarianceSpecs(plan)];
  return new Map(specs.map((spec) => [spec.name, spec]));
}
