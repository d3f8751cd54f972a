/** Every backbone as a model with random weights, and how far each format's answers are from its own: photographs in, a difference out. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { decodeImage } from '../../src/data/decode.ts';
import { type FormatName, formats } from '../../src/export/formats.ts';
import { type Proved, prove } from '../../src/export/prove.ts';
import { describeNetwork } from '../../src/model/describe.ts';
import type { BackboneSettings } from '../../src/model/settings.ts';
import { kerasBackbones, timmBackbones } from '../model/article.ts';
import { headOf, idle, proofOf, randomModel } from './models.ts';

export const allBackbones: Readonly<Record<string, BackboneSettings>> = {
  ...kerasBackbones,
  ...timmBackbones,
};

const photographs = join(import.meta.dirname, '../../experiments/data/clothing/images');

/** Evenly spread, each at its own proportions. */
export function photographPaths(count: number): string[] {
  const all = readdirSync(photographs).sort();
  return Array.from({ length: count }, (_, i) =>
    join(photographs, all[Math.floor((i * all.length) / count)]!),
  );
}

/** Decoded one after the other, with black beside those that are not square. */
export async function photographPixels(paths: readonly string[], side: number): Promise<Uint8Array> {
  const all = await Promise.all(paths.map((path) => decodeImage(path, side, 'pad')));
  return Uint8Array.from(Buffer.concat(all as Uint8Array[]));
}

/**
 * Random weights of a hundred layers make rounding some hundred times as large, as those of a training do not. Outputs that
 * differ little keep it small; what is computed wrongly still changes them by a hundredth and more.
 */
const LARGEST = 0.1;

/** Side of the images, pixels: small, and no multiple of what the backbones divide by; Inception-v4 takes 75 at least. */
export function sideOf(backbone: string): number {
  return backbone === 'inceptionv4' ? 79 : 53;
}

/** With two blocks in each of its stages, and one in those of EfficientNet; Inception-v4 has nothing to leave out. */
export function shortened(settings: BackboneSettings): BackboneSettings {
  if ('depth' in settings) return { ...settings, depth: 0.2 };
  return 'blocks' in settings
    ? ({ ...settings, blocks: settings.blocks.map(() => 2) } as unknown as BackboneSettings)
    : settings;
}

/** @param count of photographs @returns by format */
export async function compareBackbone(
  name: string,
  backbone: BackboneSettings,
  wanted: readonly FormatName[],
  count: number,
): Promise<Record<string, Proved>> {
  const side = sideOf(name);
  const settings = {
    backbone,
    pooling: ['gap', 'gmp'],
    tower: [{ type: 'batchNorm' }],
    towers: {},
    headInitializer: 'glorotUniform',
  } as const;
  const heads = [headOf('look', 5), headOf('age', 4, true)];
  const outputs = heads.map((head, h) => ({ ...head, outputs: h === 0 ? 5 : 3 }));
  const network = describeNetwork(settings, outputs, side);
  const pixels = await photographPixels(photographPaths(count), side);
  const { model, predictor } = await randomModel({ network, heads, largestOutput: LARGEST }, () => pixels);
  const images = await proofOf(predictor, pixels);
  const results: Record<string, Proved> = {};
  for (const format of wanted) {
    const folder = mkdtempSync(join(tmpdir(), 'manyheads-backbone-'));
    await formats[format].write(model, folder);
    const opened = await formats[format].open(model, folder);
    results[format] = await prove(opened, model.description, images, idle);
    await opened.close();
    rmSync(folder, { recursive: true });
  }
  rmSync(dirname(model.folder), { recursive: true });
  return results;
}
