/** Photographs as people have them: JPEG and PNG, upright, wide, square and turned by their EXIF, with an experiment. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';

const SIZES = [
  [64, 40],
  [40, 64],
  [48, 48],
  [90, 31],
  [20, 30],
] as const;

export interface Mixed {
  readonly folder: string;
  readonly experiment: string;
  readonly images: number;
}

/** Three classes told by a colour in one half of the picture. */
export async function makeMixed(images = 36): Promise<Mixed> {
  const folder = mkdtempSync(join(tmpdir(), 'manyheads-mixed-'));
  mkdirSync(join(folder, 'photos', 'more'), { recursive: true });
  const lines = ['file,colour,half,part'];
  for (let i = 0; i < images; i++) {
    const [width, height] = SIZES[i % SIZES.length]!;
    const colour = ['#c04030', '#30a050', '#4060c0'][i % 3]!;
    const left = i % 4 < 2;
    const x = left ? 0 : width / 2;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs><linearGradient id="g"><stop offset="0" stop-color="#222"/><stop offset="1" stop-color="#ddd"/></linearGradient></defs><rect width="${width}" height="${height}" fill="url(#g)"/><rect x="${x}" width="${width / 2}" height="${height * 0.8}" fill="${colour}"/></svg>`;
    const name = `photos/${i % 2 === 0 ? '' : 'more/'}${i}.${i % 3 === 0 ? 'png' : 'jpg'}`;
    const drawn = sharp(Buffer.from(svg)).flatten();
    const file =
      i % 3 === 0 ? drawn.png() : drawn.jpeg({ quality: 90 }).withMetadata({ orientation: 1 + (i % 8) });
    await file.toFile(join(folder, name));
    const part = i % 3 === 1 ? 'validation' : 'train';
    lines.push(
      `${name},${['red', 'green', 'blue'][i % 3]},${left ? 'left' : 'right'},${i % 4 === 0 ? 'validation' : part}`,
    );
  }
  writeFileSync(join(folder, 'table.csv'), `${lines.join('\n')}\n`);
  const experiment = join(folder, 'mixed.yaml');
  writeFileSync(
    experiment,
    `name: mixed
seed: 3
dataset:
  table: table.csv
  images: .
  imageColumn: file
  attributes: { colour: [red, green, blue], half: [left, right] }
  split: { column: part }
model:
  backbone: { name: densenet, blocks: [2, 2], growthRate: 8, initialFilters: 8, stem: small }
  pooling: [gap, gmp]
optimizer: { name: adam, learningRate: 0.01 }
stages:
  - { name: large, imageSize: 28, epochs: 1, batchSize: 8 }
  - { name: small, imageSize: 20, epochs: 1, batchSize: 8 }
tracking: { mlflow: { experiment: mixed } }
`,
  );
  return { folder, experiment, images };
}
