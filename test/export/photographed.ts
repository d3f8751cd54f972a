/** A model with a softmax and an ordinal head, with decisions and a resize, and what it answers to 240 photographs of all shapes. */
import type { Model } from '../../src/bundle/model.ts';
import type { Predictor } from '../../src/bundle/predictor.ts';
import type { ProofImages } from '../../src/export/images.ts';
import { describeNetwork } from '../../src/model/describe.ts';
import { photographPaths, photographPixels } from './backbones.ts';
import { headOf, proofOf, randomModel } from './models.ts';

export const COUNT = 240;
export const SIDE = 64;

export interface Photographed {
  readonly model: Model;
  readonly predictor: Predictor;
  /** In one batch. */
  readonly images: ProofImages;
  readonly paths: readonly string[];
}

export async function photographed(): Promise<Photographed> {
  const paths = photographPaths(COUNT);
  const settings = {
    backbone: {
      name: 'densenet',
      blocks: [2, 3],
      growthRate: 16,
      initialFilters: 24,
      stem: 'imagenet',
      initializer: 'heNormal',
    },
    pooling: ['gap', 'gmp'],
    tower: [{ type: 'batchNorm' }],
    towers: {},
    headInitializer: 'glorotUniform',
  } as const;
  const heads = [headOf('garment', 7), headOf('age', 5, true)];
  const network = describeNetwork(settings, [heads[0]!, { ...heads[1]!, outputs: 4 }], 48);
  const decisions = { garment: { temperature: 1.4, thresholds: { class2: 0.4 }, unknownBelow: 0.2 } };
  const input = { decodedSize: SIDE, imageSize: 48, fit: 'pad' } as const;
  const made = await randomModel({ network, heads, decisions, input }, (side) =>
    photographPixels(paths, side),
  );
  const images = await proofOf(made.predictor, await photographPixels(paths, SIDE));
  return { ...made, images, paths };
}

/** The largest difference of a probability from the model's, of outputs by their names. */
export function differenceOf(
  { model, images }: Photographed,
  answers: Readonly<Record<string, readonly number[]>>,
): number {
  const all = model.description.heads.map(({ name }) => {
    const expected = images.batches[0]!.probabilities[name]!;
    if (answers[name]?.length !== expected.length) return Number.POSITIVE_INFINITY;
    return Math.max(...expected.map((p, i) => Math.abs(p - answers[name]![i]!)));
  });
  return Math.max(...all);
}
