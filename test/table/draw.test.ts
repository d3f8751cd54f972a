import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyFor } from '../../src/random.ts';
import { dealRows, sampleRows } from '../../src/table/draw.ts';

/** 40 of 0, 21 of 1, 9 of 2, 1 of 3. */
const stratum = Int32Array.from({ length: 71 }, (_, i) => (i < 40 ? 0 : i < 61 ? 1 : i < 70 ? 2 : 3));

test('dealRows - every fold has floor or ceiling of its share of all rows and of each stratum', () => {
  for (const folds of [2, 3, 5, 10]) {
    for (let seed = 0; seed < 20; seed++) {
      const foldOf = dealRows(stratum, folds, keyFor(seed, 'folds'));
      for (const wanted of [null, 0, 1, 2, 3]) {
        const rows = [...foldOf].filter((_, row) => wanted === null || stratum[row] === wanted);
        const share = rows.length / folds;
        for (let fold = 0; fold < folds; fold++) {
          const count = rows.filter((own) => own === fold).length;
          assert.ok(Math.abs(count - share) < 1, `${count} in fold ${fold} of ${share}`);
        }
      }
    }
  }
});

test('dealRows - a row is in each fold as often over many seeds', () => {
  const counts = [0, 0, 0, 0];
  for (let seed = 0; seed < 400; seed++) counts[dealRows(stratum, 4, keyFor(seed, 'folds'))[70]!]! += 1;
  // Binomial(400, 1/4): mean 100, deviation 8.7; four deviations either way.
  for (const count of counts) assert.ok(count > 65 && count < 135, counts.join());
});

test('sampleRows - all rows, and none', () => {
  const key = keyFor(1, 'x');
  assert.deepEqual([...sampleRows(stratum, 71, key)], Array(71).fill(1));
  assert.deepEqual([...sampleRows(stratum, 0, key)], Array(71).fill(0));
});
