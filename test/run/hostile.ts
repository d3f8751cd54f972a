/** An experiment whose names and classes are words that programs stumble over, on a few pictures drawn anew. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';

export const CLEAR_SCREEN = '\u001b[2J';
export const CLASSES = [
  'constructor',
  '__proto__',
  `clear${CLEAR_SCREEN}`,
  '<img src=x onerror=alert(1)>',
  '=1+1',
];

/** @param tracking what the file says of MLflow, in flow style */
export async function makeHostile(tracking: string): Promise<{ folder: string; experiment: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'manyheads-hostile-'));
  mkdirSync(join(folder, 'images'));
  const lines = ['image_path,constructor,__proto__'];
  for (let i = 0; i < 40; i++) {
    const background = { r: (i * 53) % 256, g: (i * 91) % 256, b: (i * 17) % 256 };
    const name = i === 0 ? '__proto__' : `${i}.png`;
    const image = sharp({ create: { width: 32, height: 32, channels: 3, background } });
    await image.png().toFile(join(folder, 'images', name));
    lines.push(`images/${name},${CLASSES[i % CLASSES.length]},${i % 2 === 0 ? 'toString' : 'valueOf'}`);
  }
  writeFileSync(join(folder, 'table.csv'), `${lines.join('\n')}\n`);
  const experiment = join(folder, 'hostile.yaml');
  writeFileSync(
    experiment,
    `name: hostile
dataset:
  table: table.csv
  images: .
  attributes: { constructor: , toString: { column: __proto__ } }
  split: { validation: 0.25 }
model:
  backbone: { name: densenet, blocks: [1, 1], growthRate: 8, initialFilters: 8, stem: small }
  towers: { constructor: [{ dense: 8 }] }
  tower: [{ dense: 4 }]
loss:
  headWeights: { constructor: 0.5 }
  classWeights: { constructor: { "=1+1": 2 } }
stages:
  - { name: constructor, imageSize: 32, epochs: 1, batchSize: 16 }
tracking: { mlflow: ${tracking} }
`,
  );
  return { folder, experiment };
}
