import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { ExperimentError } from '../../src/errors.ts';
import { findClasses, readLabels } from '../../src/table/labels.ts';
import { countOtherWords, splitRows, splitTable } from '../../src/table/split.ts';
import type { Labels, Split, SplitSettings, Table } from '../../src/table/table.ts';

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

function _labelsOf(table: Table, name: string): Labels {
  return readLabels(table, { name, column: name, classes: findClasses(table, name, []) }, []).labels;
}

test('splitRows - round(share × rows) rows for validation, others for training', () => {
  for (const [rows, share, expected] of [
    [20, 0.15, 3],
    [10, 0.25, 3], // 2.5 rounds up
    [7, 0.5, 4], // 3.5 rounds up
    [2, 0.5, 1],
  ] as const) {
    const split = splitRows({ rows, settings: { ...settings, validation: share }, groups: null, strata: [] });
    assert.equal(split.validation.length, expected);
    assertPartition(split, rows);
  }
});

test('splitRows - the same seed gives the same rows, another seed others', () => {
  const draw = (seed: number) =>
    digestOf(splitRows({ rows: 1000, settings: { ...settings, seed }, groups: null, strata: [] }));
  assert.equal(draw(42), draw(42));
  assert.notEqual(draw(42), draw(43));
});

test('splitRows - every combination of classes within one row of its share, rare ones and unknown labels too', () => {
  // 60 rows of class 0, 37 of 1, 2 of 2, 1 unknown; beside it a second head that alternates.
  const first = Int32Array.from({ length: 100 }, (_, i) => (i < 60 ? 0 : i < 97 ? 1 : i < 99 ? 2 : -1));
  const second = Int32Array.from({ length: 100 }, (_, i) => i % 2);
  for (let seed = 0; seed < 20; seed++) {
    const split = splitRows({
      rows: 100,
      settings: { ...settings, seed },
      groups: null,
      strata: [first, second],
    });
    assert.equal(split.validation.length, 15);
    for (const strata of [[first], [first, second]]) {
      for (const [chosen, all] of sharesOf(strata, split, 100).values()) {
        assert.ok(Math.abs(chosen - 0.15 * all) < 1, `${chosen} of ${all}`);
      }
    }
  }
});

test('splitRows - a class of one row is drawn as often as its share over many seeds', () => {
  const labels = Int32Array.from({ length: 100 }, (_, i) => (i === 50 ? 1 : 0));
  let drawn = 0;
  for (let seed = 0; seed < 400; seed++) {
    const split = splitRows({ rows: 100, settings: { ...settings, seed }, groups: null, strata: [labels] });
    if (split.validation.includes(50)) drawn += 1;
  }
  // Binomial(400, 0.15): mean 60, deviation 7.1; four deviations either way.
  assert.ok(drawn > 31 && drawn < 89, `${drawn} of 400`);
});

test('splitRows - names and order of classes do not matter', () => {
  const labels = Int32Array.from({ length: 90 }, (_, i) => i % 3);
  const renamed = labels.map((label) => [2, 0, 1][label]!);
  const draw = (strata: Labels[]) => digestOf(splitRows({ rows: 90, settings, groups: null, strata }));
  assert.equal(draw([labels]), draw([renamed]));
});

test('splitRows - groups stay whole and the share is met', () => {
  // 10 groups of 4, 30 of 2, and 100 rows without a group: 200 rows, 30 for validation.
  const groups = Array.from({ length: 200 }, (_, i) => (i < 40 ? `a${i % 10}` : i < 100 ? `b${i % 30}` : ''));
  const labels = Int32Array.from({ length: 200 }, (_, i) => (i * 7) % 4);
  const split = splitRows({ rows: 200, settings, groups, strata: [labels] });
  assertPartition(split, 200);
  assert.equal(split.validation.length, 30);
  const training = new Set([...split.training].map((row) => groups[row]));
  for (const row of split.validation) {
    if (groups[row] !== '') assert.ok(!training.has(groups[row]), `group ${groups[row]} is on both sides`);
  }
  for (const [chosen, all] of sharesOf([labels], split, 200).values()) {
    assert.ok(Math.abs(chosen - 0.15 * all) <= 1.5, `${chosen} of ${all}`);
  }
});

test('splitRows - a group larger than the share stays in training', () => {
  const groups = Array.from({ length: 100 }, (_, i) => (i < 80 ? 'large' : `${i}`));
  for (let seed = 0; seed < 5; seed++) {
    const split = splitRows({ rows: 100, settings: { ...settings, seed }, groups, strata: [] });
    assert.equal(split.validation.length, 15);
    assert.ok(split.validation.every((row) => row >= 80));
  }
});

test('splitRows - one group only is emptyData', () => {
  assert.throws(
    () =>
      splitRows({
        rows: 9,
        settings: { ...settings, groupBy: 'who' },
        groups: Array(9).fill('x'),
        strata: [],
      }),
    (error) =>
      error instanceof ExperimentError &&
      error.problems[0]?.code === 'emptyData' &&
      /"who" has too few groups/.test(error.problems[0].hint ?? ''),
  );
});

test('splitRows - a share that rounds to no row is emptyData', () => {
  for (const validation of [0.01, 0.99]) {
    assert.throws(
      () => splitRows({ rows: 10, settings: { ...settings, validation }, groups: null, strata: [] }),
      (error) => error instanceof ExperimentError && error.problems[0]?.code === 'emptyData',
    );
  }
});

test('splitRows - words of a column, other words left out and counted', () => {
  const words = ['train', 'validation', 'test', 'train', '', 'test'];
  const split = splitRows({
    rows: 6,
    settings: { ...settings, column: 'part' },
    groups: null,
    strata: [],
    words,
  });
  assert.deepEqual([...split.training], [0, 3]);
  assert.deepEqual([...split.validation], [1]);
  assert.deepEqual(
    [...countOtherWords(words)],
    [
      ['test', 2],
      ['', 1],
    ],
  );
});

test('splitRows - a column without the word validation says which words it has', () => {
  assert.throws(
    () =>
      splitRows({
        rows: 3,
        settings: { ...settings, column: 'part' },
        groups: null,
        strata: [],
        words: ['train', 'val', 'train'],
      }),
    (error) =>
      error instanceof ExperimentError &&
      error.problems[0]?.path === 'dataset.split.column' &&
      error.problems[0].hint === 'Other words there: "val" (1 rows).',
  );
});

test('splitTable - an unknown head in stratifyBy', () => {
  const table: Table = { file: 't.csv', digest: '', columns: ['p', 'a'], rows: [['1', 'x']], lines: [2] };
  assert.throws(
    () =>
      splitTable(
        table,
        { split: { ...settings, stratifyBy: ['b'] }, imageColumn: 'p' },
        new Map([['a', Int32Array.of(0)]]),
      ),
    (error) => error instanceof ExperimentError && error.problems[0]?.code === 'unknownHead',
  );
});
