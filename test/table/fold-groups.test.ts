import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyFor } from '../../src/random.ts';
import { dealGroups } from '../../src/table/fold-groups.ts';

function counts(values: Iterable<number>, length: number): number[] {
  const result: number[] = Array(length).fill(0);
  for (const value of values) result[value]! += 1;
  return result;
}

test('dealGroups - groups stay whole, and folds are alike in rows and classes', () => {
  // 60 groups of 1 to 12 rows; the class of a row depends in part on its group.
  const groupOf: number[] = [];
  for (let group = 0; group < 60; group++) for (let i = 0; i <= (group * 7) % 12; i++) groupOf.push(group);
  const stratum = Int32Array.from(groupOf, (group, row) => (group % 4 === 0 ? 1 : row % 3 === 0 ? 2 : 0));
  for (let seed = 0; seed < 5; seed++) {
    const foldOf = dealGroups({
      groupOf: Int32Array.from(groupOf),
      stratum,
      folds: 5,
      key: keyFor(seed, 'x'),
    });
    const foldOfGroup = new Map<number, number>();
    foldOf.forEach((fold, row) => {
      assert.equal(foldOfGroup.get(groupOf[row]!) ?? fold, fold);
      foldOfGroup.set(groupOf[row]!, fold);
    });
    const share = groupOf.length / 5;
    for (const count of counts(foldOf, 5)) assert.ok(Math.abs(count - share) <= 1, `${count} of ${share}`);
    for (const wanted of [0, 1, 2]) {
      const own = [...foldOf].filter((_, row) => stratum[row] === wanted);
      for (const count of counts(own, 5))
        assert.ok(Math.abs(count - own.length / 5) <= 3, `${count} of class ${wanted} for ${own.length / 5}`);
    }
  }
});

test('dealGroups - as many folds as groups: one group each', () => {
  const groupOf = Int32Array.of(0, 0, 0, 1, 2, 2, 3, 3, 3, 3);
  const foldOf = dealGroups({ groupOf, stratum: new Int32Array(10), folds: 4, key: keyFor(3, 'x') });
  assert.equal(new Set(foldOf).size, 4);
});

test('dealGroups - the same key gives the same folds, another key others', () => {
  const groupOf = Int32Array.from({ length: 200 }, (_, i) => (i * i) % 37);
  const numbered = groupOf.map((group) => [...new Set(groupOf)].indexOf(group));
  const deal = (seed: number) =>
    dealGroups({ groupOf: numbered, stratum: new Int32Array(200), folds: 3, key: keyFor(seed, 'x') }).join();
  assert.equal(deal(1), deal(1));
  assert.notEqual(deal(1), deal(2));
});
