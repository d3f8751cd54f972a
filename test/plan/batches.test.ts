// Sizes of batches, and which ways of cutting rows come to the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decisiveLastBatch, epochBatches } from '../../src/plan/batches.ts';
import type { LastBatch } from '../../src/plan/plan.ts';
import { forgetLaterNumerics } from './hash/raised.ts';
import { compileText, tinyText } from './tiny.ts';

const ways = ['even', 'short', 'drop'] as const satisfies readonly LastBatch[];

function sizes(rows: number, batchSize: number, lastBatch: LastBatch, stepsPerEpoch: number | null = null) {
  const { steps, startOf } = epochBatches(rows, { batchSize, lastBatch, stepsPerEpoch });
  return Array.from({ length: steps }, (_, step) => startOf(step + 1) - startOf(step));
}

// The hashes here are of the first numerics.
forgetLaterNumerics();

test('epochBatches - 1,347 rows in batches of 32: the tail of 3 is spread, kept or left out', () => {
  // 1347 = 42 · 32 + 3 = 43 · 31 + 14.
  assert.deepEqual(sizes(1347, 32, 'even'), [...Array(14).fill(32), ...Array(29).fill(31)]);
  assert.deepEqual(sizes(1347, 32, 'short'), [...Array(42).fill(32), 3]);
  assert.deepEqual(sizes(1347, 32, 'drop'), Array(42).fill(32));
  assert.deepEqual(sizes(33, 32, 'even'), [17, 16]);
});

test('epochBatches - whatever the numbers: every row once, none too large, even ones apart by one at most', () => {
  for (let rows = 0; rows <= 40; rows++) {
    for (let batchSize = 1; batchSize <= 12; batchSize++) {
      for (const steps of [null, 1, 2, 5]) {
        const of = (way: LastBatch): number[] => sizes(rows, batchSize, way, steps);
        for (const way of ways) {
          const found = of(way);
          const where = `${way}: ${rows} rows, batches of ${batchSize}, ${steps} steps: ${found}`;
          assert.ok(
            found.every((size) => size > 0 && size <= batchSize),
            where,
          );
          const figures = epochBatches(rows, { batchSize, stepsPerEpoch: steps, lastBatch: way });
          assert.equal(figures.largest, Math.max(0, ...found), where);
          assert.equal(figures.smallest, found.length === 0 ? 0 : Math.min(...found), where);
          const sum = found.reduce((a, b) => a + b, 0);
          if (steps === null) assert.equal(sum, way === 'drop' ? rows - (rows % batchSize) : rows, where);
          if (way === 'even') assert.ok(figures.largest - figures.smallest <= 1, where);
          // Equal batches have equal settings, and others have not.
          const decisive = decisiveLastBatch(rows, { batchSize, stepsPerEpoch: steps, lastBatch: way });
          const isAsShort = found.join() === of('short').join();
          if (steps === null || steps <= Math.ceil(rows / batchSize))
            assert.equal(decisive, isAsShort ? 'short' : way, where);
        }
      }
    }
  }
});

test('plan hash - changes with the last batch where the batches change, and is that of version 0.1.0 for short ones', (t) => {
  // 7 training rows. The hash of this file in version 0.1.0, where a last batch of 1 was left:
  const before = '1b566aafa1051bbbe6f3755a3d63344aa8aabff42fa61a19087ceee4f4353ba5';
  const hashOf = (...overrides: string[]): string =>
    compileText(t, tinyText.replaceAll('batchSize: 4', 'batchSize: 3'), {}, overrides).plan.hash;
  assert.equal(hashOf('lastBatch=short'), before);
  const all = [
    hashOf(),
    hashOf('lastBatch=even'),
    hashOf('lastBatch=drop'),
    hashOf('stages[all].lastBatch=short'),
  ];
  assert.equal(all[0], all[1], 'even is the default');
  assert.equal(new Set([before, ...all]).size, 4);
  const both = ['stages[all].lastBatch=short', 'stages[heads].lastBatch=short'];
  assert.equal(hashOf(...both), before, 'said by each stage');
  // 7 = 4 + 3 either way, and two batches of 3 leave the seventh row out in any case.
  for (const same of [
    ['stages[0].batchSize=4', 'stages[1].batchSize=7'],
    ['stages[0].stepsPerEpoch=2', 'stages[1].batchSize=1'],
  ])
    for (const way of ways) {
      if (way === 'drop' && same[0] === 'stages[0].batchSize=4') continue;
      assert.equal(hashOf(...same, `lastBatch=${way}`), hashOf(...same, 'lastBatch=short'), `${same} ${way}`);
    }
  // Rows may still be left out.
  const skip = ['dataset.onBadImage=skip', 'stages[0].batchSize=7', 'stages[1].batchSize=7'];
  assert.notEqual(hashOf(...skip), hashOf(...skip, 'lastBatch=short'));
});

test('plan - steps and figures are those of the batches; a stage without a full batch is refused', (t) => {
  const planOf = (lastBatch: string, size = 5, ...more: string[]) =>
    compileText(t, tinyText, {}, [`stages[all].batchSize=${size}`, lastBatch, ...more]).plan;
  const { plan } = compileText(t, tinyText, {}, ['stages[all].batchSize=5']);
  // 7 = 4 + 3.
  const [even] = plan.stages;
  assert.deepEqual([even!.stepsPerEpoch, even!.smallestBatch, even!.largestBatch], [2, 3, 4]);
  const [short] = planOf('lastBatch=short').stages;
  assert.deepEqual([short!.stepsPerEpoch, short!.smallestBatch, short!.largestBatch], [2, 2, 5]);
  assert.equal(even!.flopsPerStep / 4, short!.flopsPerStep / 5);
  const [drop] = planOf('lastBatch=drop').stages;
  assert.deepEqual([drop!.stepsPerEpoch, drop!.smallestBatch, drop!.largestBatch], [1, 5, 5]);
  assert.equal(drop!.schedule!.steps, 2);
  assert.throws(
    () => planOf('lastBatch=drop', 8),
    /stages\[0\]\.batchSize: expected at most 7, the rows of the training part, because lastBatch: drop leaves out a batch that is not full; got 8/,
  );
  assert.throws(
    () => planOf('lastBatch=drop', 5, 'stages[all].stepsPerEpoch=2'),
    /expected at most 1, which is the whole/,
  );
});
