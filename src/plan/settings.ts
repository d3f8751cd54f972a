/**
 * From the experiment's values to settings: shorthand written out, stages completed by what the experiment says for
 * all of them. Pure; what the table must tell (classes that are not written) comes in.
 */
import type { ModelSettings, TowerLayerSettings } from '../model/settings.ts';
import type { ResolvedExperiment } from '../schema/experiment.ts';
import type { HeadColumn } from '../table/table.ts';
import type { AugmentationPlan, LossPlan, OptimizerPlan, Settings, StagePlan } from './plan.ts';

/** Layers in the dense blocks of DenseNet121: table 1 of Huang et al., arXiv:1608.06993. */
const DENSENET121_BLOCKS = [6, 12, 24, 16];

/**
 * @param heads with their classes, in the order of the file
 * @param tableDigest SHA-256 of the table, null where it is absent
 */
export function settingsOf(
  experiment: ResolvedExperiment,
  heads: readonly HeadColumn[],
  tableDigest: string | null,
): Settings {
  const { dataset } = experiment;
  const stages = experiment.stages.map((stage) => stageOf(experiment, stage, heads));
  return {
    seed: experiment.seed,
    dataset: {
      tableDigest,
      imageColumn: dataset.imageColumn,
      delimiter: dataset.delimiter,
      heads,
      missing: dataset.missing,
      split: dataset.split,
      normalize: dataset.normalize,
      fit: dataset.fit,
      onBadImage: dataset.onBadImage,
      cacheSize: Math.max(...stages.map(({ imageSize }) => imageSize)),
    },
    model: modelOf(experiment.model),
    stages,
  };
}

function modelOf({ backbone, pooling, tower }: ResolvedExperiment['model']): ModelSettings {
  const size =
    backbone.name === 'densenet121'
      ? { blocks: DENSENET121_BLOCKS, growthRate: 32, initialFilters: 64, stem: 'imagenet' as const }
      : {
          blocks: backbone.blocks,
          growthRate: backbone.growthRate,
          initialFilters: backbone.initialFilters,
          stem: backbone.stem,
        };
  return {
    backbone: { name: backbone.name, ...size, initializer: backbone.initializer },
    pooling,
    tower: tower.map(towerLayerOf),
  };
}

function towerLayerOf(layer: ResolvedExperiment['model']['tower'][number]): TowerLayerSettings {
  if (layer === 'batchNorm') return { type: 'batchNorm' };
  if ('dropout' in layer) return { type: 'dropout', rate: layer.dropout };
  return { type: 'dense', units: layer.dense, activation: layer.activation };
}

function stageOf(
  experiment: ResolvedExperiment,
  stage: ResolvedExperiment['stages'][number],
  heads: readonly HeadColumn[],
): StagePlan {
  const optimizer: OptimizerPlan = { ...(stage.optimizer ?? experiment.optimizer) };
  const augmentation: AugmentationPlan = stage.augmentation ?? experiment.augmentation;
  return {
    name: stage.name,
    imageSize: stage.imageSize,
    epochs: stage.epochs,
    batchSize: stage.batchSize,
    stepsPerEpoch: stage.stepsPerEpoch,
    trainable: stage.trainable,
    optimizer: { ...optimizer, learningRate: stage.learningRate ?? optimizer.learningRate },
    loss: lossOf(stage.loss ?? experiment.loss, heads),
    augmentation,
    earlyStopping: stage.earlyStopping,
    reduceOnPlateau: stage.reduceOnPlateau,
    restoreBest: stage.restoreBest,
  };
}

function lossOf(loss: ResolvedExperiment['loss'], heads: readonly HeadColumn[]): LossPlan {
  return {
    headWeights: Object.fromEntries(heads.map(({ name }) => [name, loss.headWeights[name] ?? 1])),
    classWeights: loss.classWeights,
  };
}
