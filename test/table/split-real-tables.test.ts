import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cellsOf, findClasses, readLabels } from '../../src/table/labels.ts';
import { readTable } from '../../src/table/read.ts';
import { splitTable } from '../../src/table/split.ts';
import type { Labels, Split, SplitSettings, Table } from '../../src/table/table.ts';

const imageColumn = 'image_path';
const root = fileURLToPath(new URL('../..', import.meta.url));
const hvcFile = process.env.HVC_TABLE ?? join(root, '../shared/data/hvc/hvc_annotations.csv');
const clothingFile = join(root, 'experiments/data/clothing/annotations.csv');

const settings: SplitSettings = { validation: 0.15, seed: 42, stratifyBy: [], groupBy: null, column: null };

/** Rows on both sides together are all rows, each once, ascending on each side. */
function assertPartition({ training, validation }: Split, rows: number): void {
  for (const side of [training, validation])
    assert.deepEqual(
      [...side],
      [...side].sort((a, b) => a - b),
    );
  const all = [...training, ...validation].sort((a, b) => a - b);
  assert.deepEqual(
    all,
    Array.from({ length: rows }, (_, i) => i),
  );
}

/** Rows of the validation part and all rows, by combination of labels. */
function sharesOf(
  strata: readonly Labels[],
  { validation }: Split,
  rows: number,
): Map<string, [number, number]> {
  const chosen = new Set(validation);
  const shares = new Map<string, [number, number]>();
  for (let row = 0; row < rows; row++) {
    const key = strata.map((labels) => labels[row]).join(' ');
    const share = shares.get(key) ?? [0, 0];
    if (chosen.has(row)) share[0] += 1;
    share[1] += 1;
    shares.set(key, share);
  }
  return shares;
}

function digestOf({ validation }: Split): string {
  return createHash('sha256')
    .update([...validation].join(' '))
    .digest('hex')
    .slice(0, 16);
}

function labelsOf(table: Table, name: string): Labels {
  return readLabels(table, { name, column: name, classes: findClasses(table, name, []) }, []).labels;
}

const withoutClothing = existsSync(clothingFile) ? false : `${clothingFile} is absent`;
test('splitTable - the shipped clothing table by sender', { skip: withoutClothing }, () => {
  const table = readTable(clothingFile, { delimiter: ',' });
  const garment = labelsOf(table, 'garment');
  const split = splitTable(
    table,
    { split: { ...settings, stratifyBy: ['garment'], groupBy: 'sender_id' }, imageColumn },
    new Map([['garment', garment]]),
  );
  const rows = table.rows.length;
  assertPartition(split, rows);
  assert.equal(split.validation.length, Math.round(0.15 * rows));
  const senders = cellsOf(table, 'sender_id', '');
  const training = new Set([...split.training].map((row) => senders[row]));
  assert.ok(split.validation.every((row) => !training.has(senders[row])));
  for (const [chosen, all] of sharesOf([garment], split, rows).values()) {
    assert.ok(Math.abs(chosen - 0.15 * all) <= Math.max(3, 0.05 * all), `${chosen} of ${all}`);
  }
  assert.equal(digestOf(split), '16b7f2276d39fb48');
});

test('splitTable - the shipped clothing table in five folds by sender, beside a test part', {
  skip: withoutClothing,
}, () => {
  const table = readTable(clothingFile, { delimiter: ',' });
  const garment = labelsOf(table, 'garment');
  const senders = cellsOf(table, 'sender_id', '');
  const folds = Array.from({ length: 5 }, (_, fold) =>
    splitTable(
      table,
      {
        split: {
          ...settings,
          validation: null,
          test: 0.15,
          folds: 5,
          fold,
          stratifyBy: ['garment'],
          groupBy: 'sender_id',
        },
        imageColumn,
      },
      new Map([['garment', garment]]),
    ),
  );
  const [{ test: tested }] = folds as [(typeof folds)[number]];
  assert.equal(tested.length, Math.round(0.15 * table.rows.length));
  const validated = folds.flatMap(({ validation }) => [...validation]);
  assert.equal(new Set([...validated, ...tested]).size, table.rows.length);
  assert.equal(validated.length + tested.length, table.rows.length);
  for (const split of folds) {
    assert.deepEqual([...split.test], [...tested]);
    assert.ok(Math.abs(split.validation.length - validated.length / 5) <= 1, `${split.validation.length}`);
    const others = new Set([...split.training, ...tested].map((row) => senders[row]));
    assert.ok(split.validation.every((row) => !others.has(senders[row])));
    // Of the rarest class, 21 rows of 15 senders, every fold has some.
    const classes = new Set([...split.validation].map((row) => garment[row]));
    assert.equal(classes.size, 18);
    for (const [chosen, all] of sharesOf([garment], split, table.rows.length).values())
      assert.ok(Math.abs(chosen - 0.17 * all) <= Math.max(4, 0.06 * all), `${chosen} of ${all}`);
  }
});

const withoutHvc = existsSync(hvcFile) ? false : `the article's table is absent (${hvcFile}); set HVC_TABLE`;
test('splitTable - the table of the article, stratified and by chance alone', { skip: withoutHvc }, () => {
  const table = readTable(hvcFile, { delimiter: ',' });
  assert.equal(table.rows.length, 13573);
  const plain = splitTable(table, { split: settings, imageColumn }, new Map());
  assert.deepEqual([plain.training.length, plain.validation.length], [11537, 2036]);
  assert.equal(digestOf(plain), '5950337b151bd968');

  const [gender, age, weight] = ['gender', 'age', 'weight'].map((name) => labelsOf(table, name));
  const labels = new Map([
    ['gender', gender!],
    ['age', age!],
    ['weight', weight!],
  ]);
  const split = splitTable(
    table,
    { split: { ...settings, stratifyBy: ['gender', 'age', 'weight'] }, imageColumn },
    labels,
  );
  assertPartition(split, 13573);
  assert.equal(split.validation.length, 2036);
  for (const [chosen, all] of sharesOf([gender!, age!, weight!], split, 13573).values()) {
    // 2036 / 13573 is 0.150004 and not 0.15: the bound of one row is on that share.
    assert.ok(Math.abs(chosen - (2036 / 13573) * all) < 1, `${chosen} of ${all}`);
  }
  assert.equal(digestOf(split), '99d9211f16cefc5b');
});
