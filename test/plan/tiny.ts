/** A network small enough to be counted by hand, with ten rows, as files in a folder. */
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Compiled, compilePlan } from '../../src/plan/compile.ts';
import { folderWith } from '../file/folder.ts';

export const tinyTable = `image_path,kids,sender
${Array.from({ length: 10 }, (_, i) => `${i}.jpg,${i % 2 === 0 ? 'no' : 'yes'},${i}`).join('\n')}
`;

export const tinyText = `name: tiny
dataset:
  table: table.csv
  images: .
  attributes: { kids: ["no", "yes"] }
  split: { validation: 0.3 }
model:
  backbone: { name: densenet, blocks: [1], growthRate: 2, initialFilters: 4, stem: small }
  tower: []
stages:
  - { name: all, imageSize: 8, epochs: 2, batchSize: 4 }
  - { name: heads, imageSize: 8, epochs: 2, batchSize: 4, trainable: [heads], optimizer: { name: sgd } }
`;

export function compileText(
  t: TestContext,
  text: string = tinyText,
  more: Readonly<Record<string, string>> = {},
  overrides: readonly string[] = [],
): Compiled {
  const folder = folderWith(t, { 'table.csv': tinyTable, 'tiny.yaml': text, ...more });
  return compilePlan(join(folder, 'tiny.yaml'), { environment: {}, overrides });
}
