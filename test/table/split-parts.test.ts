/** Test parts and folds of src/table/split.ts: partitions, shares, groups, and that nothing changed where there are none. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { ExperimentError } from '../../src/errors.ts';
import { splitRows, splitTable } from '../../src/table/split.ts';
import type { Labels, Split, SplitSettings, Table, TableSplit } from '../../src/table/table.ts';

const settings: SplitSettings = { validation: 0.15, seed: 42, stratifyBy: [], groupBy: null, column: null };

const ascending = (rows: Iterable<number>): number[] => [...rows].sort((a, b) => a - b);

/** Three parts that are all rows together, each row in one, ascending. */
function assertParts({ training, validation, test }: TableSplit, rows: number): void {
  for (const part of [training, validation, test]) assert.deepEqual([...part], ascending(part));
  assert.deepEqual(
    ascending([...training, ...validation, ...test]),
    Array.from({ length: rows }, (_, i) => i),
  );
}

/** Rows of a part and of all that it was drawn from, by label. */
function sharesOf(labels: Labels, part: Int32Array, from: Iterable<number>): [number, number][] {
  const chosen = new Set(part);
  const shares = new Map<number, [number, number]>();
  for (const row of from) {
    const share = shares.get(labels[row]!) ?? [0, 0];
    if (chosen.has(row)) share[0] += 1;
    share[1] += 1;
    shares.set(labels[row]!, share);
  }
  return [...shares.values()];
}

function digestOf({ validation }: Split): string {
  return createHash('sha256')
    .update([...validation].join(' '))
    .digest('hex')
    .slice(0, 16);
}

// Digests of the rows that version 0.1.0 drew with these settings.
test('splitRows - without a test part the rows are those of version 0.1.0', () => {
  const groups = Array.from({ length: 500 }, (_, i) => (i % 11 === 0 ? '' : `g${(i * i) % 97}`));
  const labels = Int32Array.from({ length: 500 }, (_, i) => ((i * 13) % 7) - 1);
  const draw = (of: readonly string[] | null, strata: Labels[]) =>
    digestOf(splitRows({ rows: 500, settings, groups: of, strata }));
  assert.deepEqual(
    [draw(null, []), draw(null, [labels]), draw(groups, []), draw(groups, [labels])],
    ['f720082222b19c73', '0391ca626e227bd1', '1ad7af81c7e676ac', 'd25839b3e0e1ce8c'],
  );
  const without = splitRows({
    rows: 500,
    settings: { ...settings, test: null, folds: null },
    groups,
    strata: [],
  });
  assert.deepEqual([digestOf(without), without.test.length], ['1ad7af81c7e676ac', 0]);
});

test('splitRows - a test part: round(share × rows) rows, shares of the classes kept in all three parts', () => {
  const labels = Int32Array.from({ length: 200 }, (_, i) => (i < 120 ? 0 : i < 190 ? 1 : i < 197 ? 2 : -1));
  for (let seed = 0; seed < 20; seed++) {
    const split = splitRows({
      rows: 200,
      settings: { ...settings, validation: 0.2, test: 0.15, seed },
      groups: null,
      strata: [labels],
    });
    assertParts(split, 200);
    assert.deepEqual([split.test.length, split.validation.length], [30, 40]);
    for (const [chosen, all] of sharesOf(labels, split.test, Array(200).keys()))
      assert.ok(Math.abs(chosen - 0.15 * all) < 1, `${chosen} of ${all} for testing`);
    // Of what testing leaves, 40 of 170 rows.
    for (const [chosen, all] of sharesOf(labels, split.validation, [...split.training, ...split.validation]))
      assert.ok(Math.abs(chosen - (40 / 170) * all) < 1, `${chosen} of ${all} for validation`);
  }
});

test('splitRows - the test part is the same whatever is for validation, and another with another seed', () => {
  const groups = Array.from({ length: 300 }, (_, i) => `g${(i * i) % 61}`);
  for (const of of [null, groups]) {
    const testOf = (more: Partial<SplitSettings>) =>
      [
        ...splitRows({ rows: 300, settings: { ...settings, test: 0.2, ...more }, groups: of, strata: [] })
          .test,
      ].join();
    const drawn = testOf({});
    assert.equal(testOf({ validation: 0.3 }), drawn);
    for (const fold of [0, 1, 2]) assert.equal(testOf({ validation: null, folds: 3, fold }), drawn);
    assert.notEqual(testOf({ seed: 43 }), drawn);
  }
});

test('splitRows - groups are whole in each of three parts', () => {
  const groups = Array.from({ length: 400 }, (_, i) => (i % 9 === 0 ? '' : `g${(i * i) % 83}`));
  const split = splitRows({ rows: 400, settings: { ...settings, test: 0.15 }, groups, strata: [] });
  assertParts(split, 400);
  assert.deepEqual([split.test.length, split.validation.length], [60, 60]);
  const partOf = new Map<string, string>();
  for (const part of ['training', 'validation', 'test'] as const)
    for (const row of split[part]) {
      const group = groups[row]!;
      if (group === '') continue;
      assert.equal(partOf.get(group) ?? part, part, group);
      partOf.set(group, part);
    }
});

test('splitRows - a test share that rounds to no row is emptyData', () => {
  assert.throws(
    () => splitRows({ rows: 10, settings: { ...settings, test: 0.01 }, groups: null, strata: [] }),
    (error) =>
      error instanceof ExperimentError &&
      error.problems[0]?.message ===
        'expected rows in each part of a split of 10 rows with 0.15 for validation and 0.01 for testing, found 8 for training, 2 for validation and 0 for testing',
  );
});

test('splitRows - the word test of a column', () => {
  const words = ['train', 'validation', 'test', 'train', '', 'test'];
  const split = splitRows({
    rows: 6,
    settings: { ...settings, column: 'part' },
    groups: null,
    strata: [],
    words,
  });
  assert.deepEqual([...split.test], [2, 5]);
  assert.deepEqual([...split.training], [0, 3]);
});

test('splitRows - each row is in one fold for validation and in the others for training, with and without groups', () => {
  const rows = 330;
  const groups = Array.from({ length: rows }, (_, i) => (i % 10 === 0 ? '' : `g${(i * i) % 101}`));
  const labels = Int32Array.from({ length: rows }, (_, i) => (i * 7) % 5);
  for (const of of [null, groups]) {
    for (const share of [null, 0.2]) {
      const folds = Array.from({ length: 4 }, (_, fold) =>
        splitRows({
          rows,
          settings: { ...settings, validation: null, test: share, folds: 4, fold },
          groups: of,
          strata: [labels],
        }),
      );
      for (const split of folds) assertParts(split, rows);
      const validated = ascending(folds.flatMap(({ validation }) => [...validation]));
      const tested = new Set(folds[0]!.test);
      assert.deepEqual(
        validated,
        Array.from({ length: rows }, (_, i) => i).filter((row) => !tested.has(row)),
      );
      const share4 = validated.length / 4;
      for (const { validation, training } of folds) {
        assert.ok(Math.abs(validation.length - share4) < (of === null ? 1 : 2), `${validation.length}`);
        if (of === null) continue;
        const seen = new Set([...training].map((row) => of[row]));
        assert.ok(validation.every((row) => of[row] === '' || !seen.has(of[row])));
      }
    }
  }
});

test('splitTable - folds that a class is too rare for name the class', () => {
  const cells = Array.from({ length: 12 }, (_, i) => [`${i}`, i < 9 ? 'hat' : 'shoe']);
  const table: Table = {
    file: 't.csv',
    digest: '',
    columns: ['p', 'a'],
    rows: cells,
    lines: cells.map((_, i) => i + 2),
  };
  const labels = Int32Array.from(cells, ([, name]) => (name === 'hat' ? 0 : 1));
  const heads = [{ name: 'a', classes: ['hat', 'shoe'] }];
  const folded = { ...settings, validation: null, folds: 4, fold: 0, stratifyBy: ['a'] };
  assert.throws(
    () => splitTable(table, { split: folded, imageColumn: 'p' }, new Map([['a', labels]]), heads),
    (error) =>
      error instanceof ExperimentError &&
      error.problems[0]?.message ===
        'expected every class of a in at least 4 rows, one for each fold, found "shoe" in 3',
  );
});
