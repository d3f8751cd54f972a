/**
 * The first training images of a stage's first epoch under each of its augmentations: a plan and its data in, pixels out.
 * Rows, draws and graph are those of training, at the stage's largest strength. An augmentation alone draws the same as
 * among the others.
 *
 *   first batch ─▶ drawn for each augmentation ─▶ one program ─▶ normalised images ─▶ pixels
 *
 * Shape letters: B batch, H height, W width, C channels.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { activeAugmentations, aloneOf } from '../../augmentation/alone.ts';
import { type BatchDraws, drawBatch } from '../../augmentation/draw/draws.ts';
import { type FeedName, feedsAfterNormalizing, feedsOf, feedType } from '../../augmentation/draw/feeds.ts';
import type { ChannelStatistics } from '../../augmentation/normalization.ts';
import type { AugmentationPlan } from '../../augmentation/plan.ts';
import { largestStrength } from '../../augmentation/strength.ts';
import type { AugmentationName } from '../../augmentation/table.ts';
import { batchesOf, trainingOrder } from '../../data/batches.ts';
import type { Data } from '../../data/dataset.ts';
import { createProgram } from '../../graph/program.ts';
import { loadProgram } from '../../graph/running.ts';
import type { Plan, StagePlan } from '../../plan/plan.ts';
import { declareData } from './program-data.ts';

export interface AugmentationSamples {
  /** What the images went through; `unchanged` is as evaluation sees them. */
  readonly under: AugmentationName | 'unchanged' | 'together';
  /** Of each image its bytes, HWC; what lies outside 0 to 255 is cut off. */
  readonly images: readonly Uint8Array[];
}

export interface StageSamples {
  readonly stage: StagePlan;
  /** Names of the later stages that augment in the same way, and are not drawn. */
  readonly alike: readonly string[];
  /** `unchanged`, each augmentation alone, and `together` where there are several; empty where there is none. */
  readonly samples: readonly AugmentationSamples[];
}

interface Picture {
  readonly under: AugmentationSamples['under'];
  readonly stage: StagePlan;
  readonly rows: Int32Array;
  /** Null for what evaluation does. */
  readonly augmentation: AugmentationPlan | null;
  readonly draws: BatchDraws;
}

/** With these, normalising changes nothing. */
const unscaled: ChannelStatistics = { mean: [0, 0, 0], std: [1, 1, 1] };

/**
 * @param count images of each, fewer where the batch is smaller
 * @returns one entry for each different augmentation, in the order of the stages
 */
export function augmentationSamples(plan: Plan, data: Data, count: number): StageSamples[] {
  const { seed, stages } = plan.settings;
  const kinds = stages.map(({ augmentation }) => JSON.stringify(augmentation));
  const sections = [...new Set(kinds)].map((kind) => {
    const index = kinds.indexOf(kind);
    const stage = stages[index]!;
    const order = trainingOrder(data.split.training, seed, index, 0);
    // Partners come from the whole batch.
    const rows = batchesOf(order, stage)[0]!;
    const pictures = picturesOf(stage).map(([under, augmentation]): Picture => {
      const sizes = { cacheSize: data.images.size, imageSize: stage.imageSize };
      const at = { seed, stage: index, epoch: 0, epochs: stage.epochs };
      const draws = drawBatch(augmentation, { ...at, ...sizes, rows });
      return { under, stage, rows, augmentation, draws };
    });
    const alike = stages.filter((_, i) => i > index && kinds[i] === kind).map(({ name }) => name);
    return { stage, alike, pictures };
  });
  const pixels = pixelsOf(
    data,
    sections.flatMap(({ pictures }) => pictures),
  );
  return sections.map(({ stage, alike, pictures }) => ({
    stage,
    alike,
    samples: pictures.map((picture) => {
      const bytes = stage.imageSize * stage.imageSize * 3;
      const all = pixels.get(picture)!;
      const shown = Math.min(count, picture.rows.length);
      return {
        under: picture.under,
        images: Array.from({ length: shown }, (_, i) => all.subarray(i * bytes, (i + 1) * bytes)),
      };
    }),
  }));
}

function picturesOf(stage: StagePlan): [Picture['under'], AugmentationPlan | null][] {
  // Where it grows, the first epoch would show the least of it.
  const most = largestStrength(stage.augmentation.strength);
  const augmentation = { ...stage.augmentation, strength: { from: most, to: most } };
  const names = activeAugmentations(augmentation);
  if (names.length === 0) return [];
  return [
    ['unchanged', null],
    ...names.map((name): [Picture['under'], AugmentationPlan] => [name, aloneOf(augmentation, name)]),
    ...(names.length > 1 ? [['together', augmentation] satisfies [Picture['under'], AugmentationPlan]] : []),
  ];
}

/** Normalised images back to bytes, by the figures that they were normalised with. */
function pixelsOf(data: Data, pictures: readonly Picture[]): Map<Picture, Uint8Array> {
  const { normalization } = data;
  const normalized = imagesUnder(data, pictures);
  // Its own figures are those that an image had when it was normalised.
  const before =
    normalization === 'perImage'
      ? imagesUnder({ ...data, normalization: unscaled }, pictures, feedsAfterNormalizing)
      : undefined;
  return new Map(
    pictures.map((picture) => {
      const values = normalized.get(picture)!;
      const perImage = values.length / picture.rows.length;
      const figures = Array.from(picture.rows, (_, i): ChannelStatistics => {
        if (normalization !== 'perImage') return normalization;
        return ownFigures(before!.get(picture)!.subarray(i * perImage, (i + 1) * perImage));
      });
      const bytes = Uint8ClampedArray.from(values, (value, at) => {
        const { mean, std } = figures[Math.floor(at / perImage)]!;
        return value * std[at % 3]! + mean[at % 3]!;
      });
      return [picture, new Uint8Array(bytes.buffer)];
    }),
  );
}

/** As `normalizeImages` measures them. */
function ownFigures(values: Float32Array): ChannelStatistics {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const std = Math.max(Math.sqrt(variance), 1 / Math.sqrt(values.length));
  return { mean: [mean, mean, mean], std: [std, std, std] };
}

/**
 * The images as a step of training computes them.
 * @param without feeds that are left out, and with them what they would change
 * @returns of each picture BHWC
 */
function imagesUnder(
  data: Data,
  pictures: readonly Picture[],
  without: readonly FeedName[] = [],
): Map<Picture, Float32Array> {
  const program = createProgram();
  const { imagesOf } = declareData(program, data, 'file');
  const feedsByPicture = pictures.map(({ augmentation }) =>
    [...feedsOf(augmentation)].filter(([feed]) => !without.includes(feed)),
  );
  pictures.forEach(({ stage, rows, augmentation }, i) => {
    const feeds = feedsByPicture[i]!;
    program.signature(`samples${i}`, {
      inputs: {
        rows: { shape: [rows.length], dtype: 'int32' },
        ...Object.fromEntries(
          feeds.map(([feed, shape]) => [feed, { shape: [rows.length, ...shape], dtype: feedType(feed) }]),
        ),
      },
      record(inputs) {
        const { rows: rows_B, ...fed } = inputs;
        const asked = { ...stage, augmentation: augmentation ?? stage.augmentation };
        return { images: imagesOf(asked, rows_B!, fed) };
      },
    });
  });
  const folder = mkdtempSync(join(tmpdir(), 'manyheads-samples-'));
  try {
    program.save(folder);
    const running = loadProgram(folder);
    try {
      running.writeVariables(new Map([['data/imageOf', data.imageOf]]));
      return new Map(
        pictures.map((picture, i) => {
          const draws = Object.fromEntries(feedsByPicture[i]!.map(([feed]) => [feed, picture.draws[feed]!]));
          const { images } = running.call(`samples${i}`, { rows: picture.rows, ...draws });
          return [picture, images as Float32Array];
        }),
      );
    } finally {
      running.dispose();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
