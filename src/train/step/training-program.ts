/**
 * All steps of a plan as one program: what the network's weights, the optimizers' slots, the images and the counts are
 * as variables, and the training and evaluation step of each stage as signatures.
 *
 *   rows ─▶ images, labels ─▶ augmentation ─▶ forward ─▶ loss, counts ─▶ gradients ─▶ optimizer, averages
 *
 * Shape letters: B batch, H height, W width, C channels.
 */

import { drawBatch } from '../../augmentation/draw/draws.ts';
import { feedsOf, feedType, recordedOf } from '../../augmentation/draw/feeds.ts';
import { batchesOf } from '../../data/batches.ts';
import type { Data } from '../../data/dataset.ts';
import { createProgram, type Program } from '../../graph/program.ts';
import { scope } from '../../graph/scope.ts';
import { forward } from '../../network/forward.ts';
import type { NetworkFor } from '../../plan/networks.ts';
import type { Plan, StagePlan } from '../../plan/plan.ts';
import { tf } from '../../tensorflow/tf.ts';
import { resolveClassWeights } from '../loss/class-weights.ts';
import { type HeadTargets, mixedTargets } from '../loss/head-loss.ts';
import { logVarianceSpecs } from '../loss/log-variances.ts';
import { measureBatch, type Objective } from '../loss/objective.ts';
import { headProbabilities } from '../loss/probabilities.ts';
import { checkLoss, recordUpdate, updateInputs, updateSettings } from './graph-update.ts';
import {
  createLossScale,
  type LossScale,
  lossScaleVariables,
  recordFirstScale,
  recordScaledStep,
} from './loss-scale.ts';
import { narrowingOf } from './precision.ts';
import { declareData } from './program-data.ts';
import {
  averagedWeights,
  averageName,
  createUpdateVariables,
  recordBegin,
  trainedWeights,
  updateState,
} from './update-variables.ts';

/** Names of the signatures of one stage. Stages whose steps are the same share them. */
export interface StageSignatures {
  /** Sets slots and sums of gradients to zero, averages to the weights. */
  readonly begin: string;
  /** Training step by the number of rows that it takes. */
  readonly train: ReadonlyMap<number, string>;
  /** Takes a full batch, of which some rows may only fill it up. */
  readonly evaluate: string;
  /** Variables that updates keep besides the weights, as `<slot>/<weight>`. */
  readonly state: readonly string[];
  /** Of each weight that is averaged, by the weight's variable, the average's. */
  readonly averages: ReadonlyMap<string, string>;
}

export interface TrainingProgram {
  readonly program: Program;
  readonly stages: readonly StageSignatures[];
  /** Names of the weights' variables, `weights/<weight>`. */
  readonly weights: readonly string[];
  /** Undefined where the loss is not scaled. */
  readonly lossScale: LossScale | undefined;
  /** Reads the image cache into its variable; undefined where the file is mapped. */
  readonly load: string | undefined;
}

/**
 * @param networkFor the network in a stage; its weights are the same in all
 * @param residence whether images are read into a variable or mapped
 */
export function recordProgram(
  plan: Plan,
  data: Data,
  networkFor: NetworkFor,
  residence: 'memory' | 'file',
): TrainingProgram {
  const { seed, stages, execution } = plan.settings;
  const program = createProgram();
  const narrowing = narrowingOf(execution.precision, program);
  const specs = [
    ...networkFor(stages[0]!).layers.flatMap(({ weights }) => weights),
    ...logVarianceSpecs(plan),
  ];

  const weights = new Map(
    specs.map((spec) => [
      spec.name,
      program.variable(`weights/${spec.name}`, { shape: spec.shape, dtype: 'float32' }),
    ]),
  );
  const variables = createUpdateVariables(program, specs, weights);
  const lossScale = execution.precision === 'float16' ? createLossScale(program) : undefined;
  const { imagesOf, labelsOf, countBatch, load } = declareData(program, data, residence);

  function targetsOf(
    stage: StagePlan,
    labelsOfHead: readonly tf.Tensor1D[],
    fed: Readonly<Record<string, tf.Tensor>>,
  ): HeadTargets[] {
    const counts = data.heads.map((head) => ({ ...head, counts: head.trainingCounts }));
    const classWeights = resolveClassWeights(stage.loss, counts);
    return data.heads.map(({ name, classes }, h) => ({
      name,
      classes: classes.length,
      labels_B: labelsOfHead[h]!,
      mixed: mixedTargets(labelsOfHead[h]!, fed),
      classWeights: classWeights[name]!,
    }));
  }

  const currentWeights = (): Map<string, tf.Tensor> =>
    new Map([...weights].map(([name, variable]) => [name, program.read(variable)]));

  /** The averages, where the stage has them, in place of the weights. */
  function evaluatedWeights(stage: StagePlan): Map<string, tf.Tensor> {
    const all = currentWeights();
    for (const spec of averagedWeights(specs, stage))
      all.set(spec.name, program.read(variables.beside(averageName(spec), spec)));
    return all;
  }

  function addTrain(name: string, stage: StagePlan, rows: number): void {
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
        const images_BHWC = imagesOf(stage, rows_B, fed);
        const heads = targetsOf(stage, labelsOf(rows_B), fed);
        const all = currentWeights();
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
            seed,
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
          countBatch(measured!);
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

  function addEvaluate(name: string, stage: StagePlan): void {
    const rows = stage.batchSize;
    const { transforms } = drawBatch(null, {
      seed,
      stage: 0,
      epoch: 0,
      epochs: stage.epochs,
      rows: Int32Array.of(0),
      cacheSize: data.images.size,
      imageSize: stage.imageSize,
    });
    program.signature(name, {
      inputs: { rows: { shape: [rows], dtype: 'int32' }, used: { shape: [], dtype: 'int32' } },
      record({ rows: rows_B, used }) {
        const isUsed_B = tf.less(tf.range(0, rows, 1, 'int32'), used!);
        const heads = targetsOf(
          stage,
          labelsOf(rows_B!).map(
            (labels_B) => tf.where(isUsed_B, labels_B, tf.fill([rows], -1, 'int32')) as tf.Tensor1D,
          ),
          {},
        );
        const images_BHWC = imagesOf(stage, rows_B!, { transforms: tf.tensor2d(transforms, [1, 8]) });
        const current = evaluatedWeights(stage);
        const { logits } = forward(networkFor(stage), current, images_BHWC, {
          training: false,
          trainable: new Set(),
          step: tf.scalar(0, 'int32'),
          seed,
          narrowing,
          around: scope,
        });
        countBatch(measureBatch(logits, heads, stage.loss, current));
        return { probabilities: headProbabilities(logits, heads, stage.loss) };
      },
    });
  }

  const known = new Map<string, string>();
  /** The signature that computes this, made where it is not there yet. */
  function once(kind: string, stageName: string, content: unknown, add: (name: string) => void): string {
    const key = `${kind} ${JSON.stringify(content)}`;
    const name = known.get(key) ?? `${kind}/${stageName}`;
    if (!known.has(key)) add(name);
    known.set(key, name);
    return name;
  }

  const signatures = stages.map((stage): StageSignatures => {
    const { imageSize, batchSize, trainable, dropout, stochasticDepth, loss, augmentation } = stage;
    const { fillMode, fillValue } = augmentation;
    const step = {
      imageSize,
      trainable,
      dropout,
      stochasticDepth,
      loss,
      update: updateSettings(stage),
      augmentation: recordedOf(augmentation),
    };
    const batches = batchesOf(data.split.training, stage.batchSize, stage.stepsPerEpoch);
    const train = [...new Set(batches.map(({ length }) => length))].map((rows): [number, string] => [
      rows,
      once(`train${rows}`, stage.name, { rows, ...step }, (name) => addTrain(name, stage, rows)),
    ]);
    const state = updateState(variables, stage);
    const { zeros, averages } = state;
    const scaling = lossScale === undefined ? [] : lossScaleVariables(lossScale);
    const names = [...zeros, ...averages.values(), ...scaling].map(({ name }) => name);
    return {
      train: new Map(train),
      begin: once('begin', stage.name, names, (name) => {
        program.signature(name, {
          inputs: {},
          record() {
            recordBegin(program, state);
            if (lossScale !== undefined) recordFirstScale(program, lossScale);
            return {};
          },
        });
      }),
      evaluate: once(
        'evaluate',
        stage.name,
        {
          imageSize,
          batchSize,
          loss,
          fillMode,
          fillValue,
          averages: [...averages.values()].map(({ name }) => name),
        },
        (name) => addEvaluate(name, stage),
      ),
      state: names,
      averages: new Map([...averages].map(([weight, average]) => [weight.name, average.name])),
    };
  });
  return {
    program,
    stages: signatures,
    weights: [...weights.values()].map(({ name }) => name),
    lossScale,
    load,
  };
}
