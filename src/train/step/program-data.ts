/**
 * The data side of a training program: images, labels and counts as variables, and what steps do with them.
 * Shape letters: N images of the cache, B batch, S side of a cached image, H height, W width, C channels.
 */

import { augmentImages } from '../../augmentation/apply/images.ts';
import type { FeedName } from '../../augmentation/draw/feeds.ts';
import type { Data } from '../../data/dataset.ts';
import type { Program } from '../../graph/program.ts';
import type { StagePlan } from '../../plan/plan.ts';
import { tf } from '../../tensorflow/tf.ts';
import type { Objective } from '../loss/objective.ts';

/** Signature that sets the counts to zero. */
export const CLEAR_COUNTS = 'clearCounts';

export interface DataVariables {
  /** Images of these rows, at the stage's size and normalised. @param feeds as `augmentImages` takes them */
  imagesOf(
    stage: StagePlan,
    rows_B: tf.Tensor,
    feeds: Readonly<Partial<Record<FeedName, tf.Tensor>>>,
  ): tf.Tensor4D;
  /** Classes of these rows, one list a head; -1 where a label is not known. */
  labelsOf(rows_B: tf.Tensor): tf.Tensor1D[];
  /** Adds what a batch counts. */
  countBatch(objective: Objective): void;
  /** Signature that reads the image cache into its variable; undefined where the file is mapped. */
  readonly load: string | undefined;
}

export function declareData(program: Program, data: Data, residence: 'memory' | 'file'): DataVariables {
  const { size, count, file } = data.images;
  const images_NSSC = { shape: [count, size, size, 3], dtype: 'uint8' } as const;
  const images = residence === 'memory' ? program.variable('data/images', images_NSSC) : undefined;
  const imageOf = program.variable('data/imageOf', { shape: [data.imageOf.length], dtype: 'int32' });
  const labels = data.heads.map(({ name, labels: all }) =>
    program.variable(`data/labels/${name}`, { shape: [all.length], dtype: 'int32' }),
  );
  const sums = program.variable('counts/sums', { shape: [data.heads.length, 2], dtype: 'float32' });
  const confusions = data.heads.map(({ name, classes }) =>
    program.variable(`counts/${name}`, { shape: [classes.length, classes.length], dtype: 'float32' }),
  );

  const load = images === undefined ? undefined : 'load';
  if (images !== undefined) {
    program.signature('load', {
      inputs: {},
      record() {
        program.assign(images, program.readFile(file, images_NSSC));
        return {};
      },
    });
  }
  program.signature(CLEAR_COUNTS, {
    inputs: {},
    record() {
      for (const variable of [sums, ...confusions]) program.assign(variable, tf.zeros([...variable.shape]));
      return {};
    },
  });

  return {
    imagesOf({ augmentation, imageSize }, rows_B, feeds) {
      const indices_B = program.gather(imageOf, rows_B);
      const cached_BSSC =
        images === undefined
          ? tf.gather(program.mapFile(file, images_NSSC), indices_B as tf.Tensor1D)
          : program.gather(images, indices_B);
      return augmentImages(cached_BSSC as tf.Tensor4D, feeds, {
        size: imageSize,
        augmentation,
        normalization: data.normalization,
      });
    },
    labelsOf: (rows_B) => labels.map((variable) => program.gather(variable, rows_B) as tf.Tensor1D),
    countBatch({ sums_H2, confusions: counted }) {
      program.assignAdd(sums, sums_H2);
      confusions.forEach((variable, h) => {
        program.assignAdd(variable, counted[h]!);
      });
    },
    load,
  };
}
