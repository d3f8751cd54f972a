import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countRepeatedImages, groupsWithImages, repeatsImages } from '../../src/table/repeated-images.ts';
import { splitTable } from '../../src/table/split.ts';
import type { SplitSettings, Table } from '../../src/table/table.ts';

const settings: SplitSettings = { validation: 0.25, seed: 42, stratifyBy: [], groupBy: null, column: null };

/** Each image twice, and each of 20 people has images of the next: `i.jpg` belongs to person i / 2. */
function tableOf(cells: readonly (readonly string[])[]): Table {
  return {
    file: 't.csv',
    digest: '',
    columns: ['path', 'person', 'part'],
    rows: cells,
    lines: cells.map((_, i) => i + 2),
  };
}

test('repeatsImages - one file under two words is one image, no path is none', () => {
  assert.equal(repeatsImages(['a.jpg', 'b.jpg', '', '']), false);
  assert.equal(repeatsImages(['x/a.jpg', './x//a.jpg']), true);
  assert.equal(repeatsImages(['x/a.jpg', 'y/../x/a.jpg']), true);
  assert.equal(repeatsImages(['.a.jpg', 'a.jpg']), false);
});

test('groupsWithImages - rows are linked by an image, by a cell, and by both in turn', () => {
  const groups = groupsWithImages(['a', 'b', 'a', 'c', 'd', 'c'], ['p', 'q', 'r', 'q', '', '']);
  // Row 0 and 2 by image a; rows 1 and 3 by q, row 5 by image c; row 4 alone.
  assert.deepEqual(groups, ['0', '1', '0', '1', '4', '1']);
  assert.deepEqual(groupsWithImages(['a', '', ''], null), ['0', '1', '2']);
});

test('splitTable - rows of one image are in one part where that is said, and in no other case', () => {
  const cells = Array.from({ length: 80 }, (_, i) => [
    `${i % 40}.jpg`,
    `${i}`,
    i < 40 ? 'train' : 'validation',
  ]);
  const table = tableOf(cells);
  const sides = (split: SplitSettings): number => {
    const drawn = splitTable(table, { split, imageColumn: 'path' }, new Map());
    assert.equal(drawn.training.length + drawn.validation.length + drawn.test.length, 80);
    return countRepeatedImages(
      cells.map(([path]) => path!),
      new Map(),
      drawn,
    )!.inSeveralParts;
  };
  assert.equal(sides({ ...settings, repeatedImages: 'together' }), 0);
  assert.equal(sides({ ...settings, test: 0.25, repeatedImages: 'together' }), 0);
  assert.equal(sides({ ...settings, validation: null, folds: 4, fold: 1, repeatedImages: 'together' }), 0);
  assert.equal(sides({ ...settings, groupBy: 'person', repeatedImages: 'together' }), 0);
  assert.ok(sides({ ...settings, repeatedImages: 'apart' }) > 0);
  assert.ok(sides(settings) > 0);
  assert.equal(sides({ ...settings, column: 'part', repeatedImages: 'together' }), 40);
});

test('splitTable - a table without such images is split as without the key', () => {
  const table = tableOf(Array.from({ length: 50 }, (_, i) => [`${i}.jpg`, `${i % 7}`, '']));
  for (const groupBy of [null, 'person'])
    assert.deepEqual(
      splitTable(
        table,
        { split: { ...settings, groupBy, repeatedImages: 'together' }, imageColumn: 'path' },
        new Map(),
      ),
      splitTable(table, { split: { ...settings, groupBy }, imageColumn: 'path' }, new Map()),
    );
});

test('countRepeatedImages - images, rows, contrary labels by head, parts', () => {
  const cells = ['a', 'b', 'a', 'c', 'c', 'a'];
  const labels = new Map([
    ['kids', Int32Array.of(0, 1, 1, 0, 0, -1)],
    ['hat', Int32Array.of(0, 1, -1, 2, 1, 0)],
    ['same', Int32Array.of(1, 1, 1, 0, 0, 1)],
  ]);
  const split = { training: Int32Array.of(0, 1, 3), validation: Int32Array.of(4), test: Int32Array.of(2, 5) };
  assert.deepEqual(countRepeatedImages(cells, labels, split), {
    images: 2,
    rows: 5,
    contrary: 2,
    contraryHeads: ['kids', 'hat'],
    inSeveralParts: 2,
  });
  assert.equal(countRepeatedImages(['a', 'b'], labels, split), null);
});
