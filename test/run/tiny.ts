/** A tiny data set and experiment, drawn anew for each test: squares, discs and stripes in three colours. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';

const COLOURS = { red: '#d03030', green: '#30b040', blue: '#3050d0' };
const SHAPES = {
  square: '<rect x="8" y="8" width="16" height="16"/>',
  disc: '<circle cx="16" cy="16" r="9"/>',
  stripes: '<path d="M2 6h28v4H2zM2 14h28v4H2zM2 22h28v4H2z"/>',
};

export interface Tiny {
  readonly folder: string;
  readonly experiment: string;
}

/**
 * Draws the images and writes the table and an experiment of two stages beside them.
 * @param rows images; every seventh has no label for `shape`
 */
export async function makeTiny(rows = 60, changes: Readonly<Record<string, string>> = {}): Promise<Tiny> {
  const folder = mkdtempSync(join(tmpdir(), 'manyheads-tiny-'));
  mkdirSync(join(folder, 'images'));
  const lines = ['image_path,colour,shape,sender'];
  const colours = Object.entries(COLOURS);
  const shapes = Object.entries(SHAPES);
  for (let i = 0; i < rows; i++) {
    const [colour, fill] = colours[i % 3]!;
    const [shape, path] = shapes[Math.floor(i / 3) % 3]!;
    const grey = 200 + ((i * 37) % 50);
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"><rect width="32" height="32" fill="rgb(${grey},${grey},${grey})"/><g fill="${fill}" transform="translate(${(i % 5) - 2} ${(i % 4) - 2})">${path}</g></svg>`;
    await sharp(Buffer.from(svg))
      .png()
      .toFile(join(folder, 'images', `${i}.png`));
    lines.push(`images/${i}.png,${colour},${i % 7 === 0 ? '' : shape},${i % 20}`);
  }
  writeFileSync(join(folder, 'table.csv'), `${lines.join('\n')}\n`);
  const experiment = join(folder, 'tiny.yaml');
  writeFileSync(
    experiment,
    `name: tiny
description: Shapes in **colours**.
seed: ${changes.seed ?? '0'}
dataset:
  table: table.csv
  images: .
  attributes: { colour: [red, green, blue], shape: }
  split: { validation: 0.25, groupBy: sender }
model:
  backbone: { name: densenet, blocks: [${changes.blocks ?? '2, 2'}], growthRate: 8, initialFilters: 8, stem: small }
  pooling: [gap, gmp]
  tower: [batchNorm, { dropout: 0.2 }, { dense: 16 }]
loss: { headWeights: { colour: 0.5 }, classWeights: balanced }
optimizer: { name: adam, learningRate: ${changes.learningRate ?? '0.01'} }
augmentation: { horizontalFlip: 0.5, shift: { x: 0.1, y: 0.1 }, zoom: 0.1, randomErasing: { probability: 0.3, areaMax: 0.1 } }
stages:
  - { name: small, imageSize: 16, epochs: ${changes.epochs ?? '3'}, batchSize: 8, reduceOnPlateau: { patience: 1 } }
  - { name: heads, imageSize: 24, epochs: 2, batchSize: 8, trainable: [tower, heads], optimizer: { name: sgd, learningRate: 0.01 } }
tracking: { mlflow: { experiment: tiny } }
`,
  );
  return { folder, experiment };
}
