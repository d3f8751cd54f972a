/** A data set to measure with: coloured noise with random labels for the article's heads, and an experiment on it. */
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { cacheFolder } from '../../src/machine/cache-folder.mjs';
import { keyFor, stream } from '../../src/random.ts';
import { articleHeads, batchSize, learningRate } from './settings.ts';

export interface BenchData {
  /** Path of the experiment. */
  readonly experiment: string;
  /** Folder for its image cache. */
  readonly images: string;
}

/** @param rows images, an eighth of them for validation */
export async function benchData(model: string, size: number, rows: number): Promise<BenchData> {
  const root = join(cacheFolder(), 'bench');
  const folder = join(root, 'data', `${size}px-${rows}`);
  if (!existsSync(folder)) await draw(folder, size, rows);
  const experiment = join(folder, `${model}.yaml`);
  writeFileSync(experiment, experimentText(model, size));
  return { experiment, images: join(root, 'images') };
}

/** Photographs that are drawn, a third of a second each; more of them are copies. */
const DRAWN = 64;

/**
 * JPEG files such as a camera makes, with detail of every size.
 * @param count how many
 * @returns their folder
 */
export async function photographs(count: number): Promise<string> {
  const folder = join(cacheFolder(), 'bench', 'data', `photographs-${count}`);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  const file = (i: number): string => join(partial, `${i}.jpg`);
  for (let i = 0; i < Math.min(count, DRAWN); i++) {
    const numbers = stream(keyFor(0, 'photographs'), i);
    const noise = (width: number, height: number) =>
      sharp(
        Uint8Array.from({ length: width * height * 3 }, () => numbers.integer(256)),
        { raw: { width, height, channels: 3 } },
      );
    const fine = await noise(150, 200).resize(1200, 1600, { fit: 'fill' }).png().toBuffer();
    const coarse = await noise(6, 8).resize(1200, 1600, { fit: 'fill', kernel: 'cubic' }).png().toBuffer();
    await sharp(coarse)
      .composite([{ input: fine, blend: 'soft-light' }])
      .jpeg({ quality: 85 })
      .toFile(file(i));
  }
  for (let i = DRAWN; i < count; i++) copyFileSync(file(i % DRAWN), file(i));
  renameSync(partial, folder);
  return folder;
}

async function draw(folder: string, size: number, rows: number): Promise<void> {
  const partial = `${folder}.${process.pid}`;
  mkdirSync(join(partial, 'images'), { recursive: true });
  const lines = [['image_path', ...Object.keys(articleHeads)].join(',')];
  for (let row = 0; row < rows; row++) {
    const numbers = stream(keyFor(0, 'bench'), row);
    // Blocks of 8 pixels in random colours: something that a JPEG holds and a network can tell apart.
    const side = Math.ceil(size / 8);
    const colours = Uint8Array.from({ length: side * side * 3 }, () => numbers.integer(256));
    const image = sharp(colours, { raw: { width: side, height: side, channels: 3 } });
    await image
      .resize(size, size, { kernel: 'cubic' })
      .jpeg({ quality: 90 })
      .toFile(join(partial, 'images', `${row}.jpg`));
    const labels = Object.values(articleHeads).map((classes) => `c${numbers.integer(classes)}`);
    lines.push([`images/${row}.jpg`, ...labels].join(','));
  }
  writeFileSync(join(partial, 'table.csv'), `${lines.join('\n')}\n`);
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
}

function experimentText(model: string, size: number): string {
  const attributes = Object.entries(articleHeads).map(
    ([head, classes]) => `    ${head}: [${Array.from({ length: classes }, (_, k) => `c${k}`).join(', ')}]`,
  );
  return `name: bench
seed: 1
dataset:
  table: table.csv
  images: .
  attributes:
${attributes.join('\n')}
  split: { validation: 0.125 }
model:
  backbone: { name: ${model} }
  pooling: [gap]
  tower: [batchNorm, { dropout: 0.1 }, { dense: 128, activation: relu }]
optimizer: { name: adam, learningRate: ${learningRate} }
stages:
  - { name: only, imageSize: ${size}, epochs: 1, batchSize: ${batchSize} }
tracking: { mlflow: { experiment: bench } }
`;
}
