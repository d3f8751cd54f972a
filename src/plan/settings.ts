/**
 * From the experiment's values to settings: shorthand written out, stages completed by what the experiment says for
 * all of them. Pure; what the table must tell (classes that are not written) comes in.
 */

import { type AugmentationPlan, augmentationOf } from '../augmentation/plan.ts';
import { densenetBlocks } from '../model/backbones/densenet.ts';
import { efficientnetScales } from '../model/backbones/efficientnet.ts';
import { resnetBlocks } from '../model/backbones/resnet.ts';
import { resnextSizes } from '../model/backbones/resnext.ts';
import type { BackboneSettings, ModelSettings, TowerLayerSettings } from '../model/settings.ts';
import type { ResolvedExperiment } from '../schema/experiment.ts';
import type { SplitSettings } from '../table/table.ts';
import { decisiveLastBatch } from './batches.ts';
import { lossOf } from './loss.ts';
import type {
  HeadPlan,
  LastBatch,
  LossPlan,
  OptimizerPlan,
  Settings,
  StagePlan,
  TableFacts,
  WeightsPlan,
} from './plan.ts';
import { Memory } from './remembered.ts';

/**
 * @param heads with their classes, in the order of the file
 * @param table null where it is absent
 * @param trainingRows null where the table is absent
 * @param weights to start from, null for none
 * @param parts how its parts are made; `rememberParts` for many experiments that share some
 */
export function settingsOf(
  experiment: ResolvedExperiment,
  heads: readonly HeadPlan[],
  table: TableFacts | null,
  trainingRows: number | null,
  weights: WeightsPlan | null,
  parts: SettingsParts = { dataset: datasetOf, model: modelOf, stage: stageOf },
): Settings {
  // The batches of rows that may still be left out can't be counted.
  const rows = experiment.dataset.onBadImage === 'skip' ? null : trainingRows;
  const stages = experiment.stages.map((stage) =>
    parts.stage(
      experiment,
      stage,
      heads,
      decisiveLastBatch(rows, { ...stage, lastBatch: stage.lastBatch ?? experiment.lastBatch }),
    ),
  );
  const cacheSize = Math.max(...stages.map(({ imageSize }) => imageSize));
  return {
    seed: experiment.seed,
    dataset: parts.dataset(experiment.dataset, heads, table, cacheSize),
    model: parts.model(experiment.model),
    weights,
    execution: { precision: experiment.execution.precision },
    stages,
  };
}

function datasetOf(
  dataset: ResolvedExperiment['dataset'],
  heads: readonly HeadPlan[],
  table: TableFacts | null,
  cacheSize: number,
): Settings['dataset'] {
  return {
    tableDigest: table?.digest ?? null,
    imageColumn: dataset.imageColumn,
    delimiter: dataset.delimiter,
    heads,
    missing: dataset.missing,
    split: splitOf(dataset.split, table?.repeatsImages ?? false),
    normalize: dataset.normalize,
    fit: dataset.fit,
    onBadImage: dataset.onBadImage,
    cacheSize,
  };
}

/**
 * Keys without effect are null: the share for validation beside folds, and what to do about images with several rows where
 * there are none or a column says what a row is for. Without them the rows are drawn as before there was the key.
 */
function splitOf(split: ResolvedExperiment['dataset']['split'], repeatsImages: boolean): SplitSettings {
  const isTogether = repeatsImages && split.repeatedImages === 'together' && split.column === null;
  return {
    ...split,
    validation: split.folds === null ? split.validation : null,
    repeatedImages: isTogether ? 'together' : null,
  };
}

/** What a stage may leave to the experiment, besides what becomes of its last batch. */
const stageDefaults = ['optimizer', 'loss', 'augmentation', 'learningRatePolicy'] as const;
type StageDefaults = Pick<ResolvedExperiment, (typeof stageDefaults)[number]>;

export interface SettingsParts {
  dataset: typeof datasetOf;
  model: typeof modelOf;
  stage: typeof stageOf;
}

interface StageParts {
  loss: typeof lossOf;
  augmentation: typeof augmentationOf;
}

/**
 * The parts, each made once of the same objects: what shares its input shares its settings, by identity.
 * @param lasting objects that will be met again; what is made of others is forgotten. What is made of these is added
 */
export function rememberParts(lasting: Set<object>): SettingsParts {
  const remembered = <T extends object>(
    memory: Memory<T>,
    objects: readonly object[],
    word: string,
    make: () => T,
  ): T => {
    if (memory.isFull || !objects.every((object) => lasting.has(object)))
      return memory.latest(objects, word, make);
    const made = memory.of(objects, word, make);
    lasting.add(made);
    return made;
  };
  const datasets = new Memory<Settings['dataset']>();
  const models = new Memory<ModelSettings>();
  const stages = new Memory<StagePlan>();
  const losses = new Memory<LossPlan>();
  const augmentations = new Memory<AugmentationPlan>();
  const stageParts: StageParts = {
    loss: (loss, heads) => remembered(losses, [loss, heads], '', () => lossOf(loss, heads)),
    augmentation: (written) => remembered(augmentations, [written], '', () => augmentationOf(written)),
  };
  return {
    dataset(dataset, heads, table, cacheSize) {
      const word = `${table?.digest} ${cacheSize}`;
      return remembered(datasets, [dataset, heads], word, () => datasetOf(dataset, heads, table, cacheSize));
    },
    model: (model) => remembered(models, [model], '', () => modelOf(model)),
    stage(defaults, stage, heads, lastBatch) {
      const objects: object[] = [stage, heads];
      for (const key of stageDefaults) objects.push(stage[key] ? stage : defaults[key]);
      return remembered(stages, objects, lastBatch, () =>
        stageOf(defaults, stage, heads, lastBatch, stageParts),
      );
    },
  };
}

function modelOf({
  backbone,
  pooling,
  tower,
  towers,
  headInitializer,
}: ResolvedExperiment['model']): ModelSettings {
  return {
    backbone: backboneOf(backbone),
    pooling,
    tower: tower.map(towerLayerOf),
    towers: Object.fromEntries(
      Object.entries(towers).map(([head, layers]) => [head, layers.map(towerLayerOf)]),
    ),
    headInitializer,
  };
}

function backboneOf(backbone: ResolvedExperiment['model']['backbone']): BackboneSettings {
  switch (backbone.name) {
    case 'densenet':
      return { ...backbone };
    case 'densenet121':
    case 'densenet169':
    case 'densenet201': {
      const size = { growthRate: 32, initialFilters: 64, stem: 'imagenet' } as const;
      return { ...backbone, blocks: densenetBlocks[backbone.name], ...size };
    }
    case 'resnet50':
    case 'resnet101':
      return { ...backbone, blocks: resnetBlocks[backbone.name] };
    case 'resnext50':
      return { ...backbone, ...resnextSizes[backbone.name] };
    case 'inceptionv4':
      return { ...backbone };
    case 'efficientnetb0':
    case 'efficientnetb1':
    case 'efficientnetb2':
    case 'efficientnetb3':
      return { ...backbone, ...efficientnetScales[backbone.name] };
  }
}

function towerLayerOf(layer: ResolvedExperiment['model']['tower'][number]): TowerLayerSettings {
  if (layer === 'batchNorm') return { type: 'batchNorm' };
  if ('dropout' in layer) return { type: 'dropout', rate: layer.dropout };
  if ('dense' in layer) {
    const { dense, activation, initializer } = layer;
    return { type: 'dense', units: dense, activation, initializer };
  }
  return { type: 'activation', activation: layer.activation };
}

function stageOf(
  experiment: StageDefaults,
  stage: ResolvedExperiment['stages'][number],
  heads: readonly HeadPlan[],
  lastBatch: LastBatch,
  parts: StageParts = { loss: lossOf, augmentation: augmentationOf },
): StagePlan {
  const optimizer: OptimizerPlan = { ...(stage.optimizer ?? experiment.optimizer) };
  const augmentation = parts.augmentation(stage.augmentation ?? experiment.augmentation);
  return {
    name: stage.name,
    imageSize: stage.imageSize,
    epochs: stage.epochs,
    batchSize: stage.batchSize,
    stepsPerEpoch: stage.stepsPerEpoch,
    lastBatch,
    trainable: stage.trainable,
    dropout: stage.dropout,
    stochasticDepth: stage.stochasticDepth,
    optimizer: { ...optimizer, learningRate: stage.learningRate ?? optimizer.learningRate },
    learningRatePolicy: stage.learningRatePolicy ?? experiment.learningRatePolicy,
    learningRateFactors: stage.learningRateFactors,
    loss: parts.loss(stage.loss ?? experiment.loss, heads),
    augmentation,
    earlyStopping: stage.earlyStopping,
    reduceOnPlateau: stage.reduceOnPlateau,
    restoreBest: stage.restoreBest,
    selectBy: stage.selectBy,
  };
}
