/** README.md: short enough to be finished, and an example for a CSV of one's own that is right. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse, stringify } from 'yaml';
import { compilePlan } from '../../src/plan/compile.ts';
import { folderWith } from '../file/folder.ts';
import { blocksOf, read } from './documents.ts';

const readme = read('README.md');

test('README.md - takes at most 12 KB and shows two pictures', () => {
  assert.ok(Buffer.byteLength(readme) <= 12_288, `${Buffer.byteLength(readme)} bytes`);
  assert.equal([...readme.matchAll(/^!\[[^\]]+\]\([^)]+\.png\)$/gm)].length, 2);
});

test('README.md - leads to the document of every room that tells its story', () => {
  for (const file of [
    'schemas',
    'src',
    'src/commands',
    'src/track',
    'experiments',
    'runs',
    'test',
    'test/bench',
  ])
    assert.ok(readme.includes(`(${file}/README.md)`), file);
});

test('README.md - the example for a CSV of your own is an experiment without a mistake or a warning', (t) => {
  const example = blocksOf(readme, 'yaml').find((text) => text.includes('name: faces'));
  const [table] = blocksOf(readme, 'csv');
  assert.ok(example && table);
  const rows = Array.from(
    { length: 12 },
    (_, i) => `${i}.jpg,${['calm', 'happy', 'sad'][i % 3]},yes,person${i}\n`,
  );
  const folder = folderWith(t, {
    'faces.yaml': example,
    'faces.csv': table + rows.join(''),
    'photos/1.jpg': '',
  });
  const { plan } = compilePlan(join(folder, 'faces.yaml'), { environment: {}, needTable: true });
  assert.deepEqual([plan.dataset.rows, plan.stages.map(({ name }) => name)], [15, ['small', 'full']]);
  assert.deepEqual(plan.warnings, []);
});

test('README.md - what it says to write for other data is right', (t) => {
  const [, section] = /^Often needed:$([\s\S]*?)^## /m.exec(readme)!;
  const values = section!
    .split('\n')
    .flatMap((row) => /^\|.*\| `([a-zA-Z]+:[^`]*)`[^|]*\|$/.exec(row)?.[1] ?? []);
  assert.equal(values.length, 9, values.join('\n'));
  const lines = Array.from({ length: 12 }, (_, i) => {
    const label = i % 2 === 0 ? 'calm' : 'happy';
    return [`${i}.jpg`, label, label, i % 3 === 0 ? 'validation' : 'train'];
  });
  for (const value of values) {
    const keys = parse(value) as Readonly<Record<string, unknown>>;
    const isHead = 'mood' in keys;
    const experiment = {
      name: 'faces',
      dataset: {
        table: 'faces.csv',
        images: 'photos',
        imageColumn: 'file',
        attributes: isHead ? keys : { mood: ['calm', 'happy'] },
        ...(isHead ? {} : keys),
      },
      model: { backbone: { name: 'densenet', blocks: [1], stem: 'small' } },
      stages: [{ name: 'one', imageSize: 16, epochs: 1 }],
    };
    const columns = ['file', 'mood', 'expression', 'part'];
    const table = [columns, ...lines].map((cells) => cells.join(keys.delimiter === ';' ? ';' : ','));
    const folder = folderWith(t, {
      'faces.yaml': stringify(experiment),
      'faces.csv': `${table.join('\n')}\n`,
      'photos/1.jpg': '',
    });
    const { plan } = compilePlan(join(folder, 'faces.yaml'), { environment: {}, needTable: true });
    assert.equal(plan.dataset.rows, 12, value);
    if (value.includes('part')) assert.equal(plan.dataset.validationRows, 4);
    if (value.includes('test')) assert.equal(plan.dataset.testRows, 2);
    if (value.includes('folds')) assert.ok([2, 3].includes(plan.dataset.validationRows!), value);
    if (isHead) assert.deepEqual(plan.model.heads[0]!.classes, ['calm', 'happy'], value);
  }
});
