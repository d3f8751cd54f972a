/**
 * Writes the table of src/export/README.md: every backbone, whole, through every format on photographs. Run it with
 * `node --import tsx test/export/write-table.ts`; it takes minutes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatNames } from '../../src/export/formats.ts';
import { renderMarkdown } from '../../src/report/text/text-table.ts';
import { allBackbones, compareBackbone, sideOf } from './backbones.ts';
import { without } from './needs.ts';

const IMAGES = 16;
const file = join(import.meta.dirname, '../../src/export/README.md');
for (const name of formatNames) {
  const problem = without(name);
  if (problem !== false) throw new Error(`${name}: ${problem}`);
}
const rows: string[][] = [];
for (const [name, settings] of Object.entries(allBackbones)) {
  const compared = await compareBackbone(name, settings, formatNames, IMAGES);
  const row = [
    name,
    String(sideOf(name)),
    ...formatNames.map((format) => compared[format]!.largestDifference.toExponential(1)),
  ];
  process.stdout.write(`${row.join('  ')}\n`);
  rows.push(row);
}
const table = renderMarkdown({
  columns: [
    { title: 'backbone', align: 'left' },
    { title: 'pixels', align: 'right' },
    ...formatNames.map((title) => ({ title, align: 'right' as const })),
  ],
  rows,
});
const [before, after] = readFileSync(file, 'utf8').split(
  /(?<=<!-- backbones:begin -->\n)[\s\S]*(?=<!-- backbones:end -->)/,
);
writeFileSync(file, `${before}\n${table}\n\n${after}`);
