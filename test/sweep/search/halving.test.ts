// Promotions worked by hand after algorithm 2 of Li et al. (arXiv:1810.05934), and what a whole sweep can come to.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { epochsRange, nextPromotion } from '../../../src/sweep/search/halving.ts';
import type { Standing } from '../../../src/sweep/search/strategy.ts';

const loss = { name: 'loss', head: null, direction: 'minimize' } as const;
const accuracy = { name: 'accuracy', head: null, direction: 'maximize' } as const;

/** One worker that takes a promotion where there is one and else a new trial, whose figure is the same at each rung. */
function simulate(figures: readonly number[], rungs: number, reduction: number): string[] {
  const standings: { figures: number[]; promotions: number }[] = [];
  const jobs: string[] = [];
  for (;;) {
    const next = nextPromotion(standings, { rungs, reduction, metric: loss });
    if (next !== undefined) {
      const standing = standings[next.trial]!;
      standing.promotions = next.rung + 1;
      if (standing.promotions < rungs) standing.figures.push(figures[next.trial]!);
      jobs.push(`${next.trial} to ${next.rung + 1}`);
    } else if (standings.length < figures.length) {
      jobs.push(`${standings.length} to 0`);
      standings.push({ figures: [figures[standings.length]!], promotions: 0 });
    } else return jobs;
  }
}

test('nextPromotion - algorithm 2 with η = 2, one worker, worked by hand', () => {
  // Of 2 trials the best 1, of 4 the best 2, of 6 the best 3; at rung 1 the best 1 of 2 and of 3.
  assert.deepEqual(simulate([5, 3, 4, 1, 2, 6], 2, 2), [
    ...['0 to 0', '1 to 0', '1 to 1', '2 to 0', '3 to 0', '3 to 1', '3 to 2'],
    ...['4 to 0', '4 to 1', '5 to 0'],
  ]);
});

test('nextPromotion - the highest rung first; the best first; equal figures in the order of the plan', () => {
  const at = (promotions: number, ...figures: number[]): Standing => ({ figures, promotions });
  const next = (standings: readonly Standing[], metric: typeof loss | typeof accuracy = loss) =>
    nextPromotion(standings, { rungs: 2, reduction: 3, metric });
  assert.equal(next([]), undefined);
  assert.equal(next([at(0, 1), at(0, 2)]), undefined);
  assert.deepEqual(next([at(0, 2), at(0, 1), at(0, 1)]), { trial: 1, rung: 0 });
  assert.deepEqual(next([at(0, 0.2), at(0, 0.1), at(0, 0.1)], accuracy), { trial: 0, rung: 0 });
  // It went on, and the next best isn't in the best third.
  assert.equal(next([at(0, 2), at(1, 1), at(0, 3)]), undefined);
  // No number is worse than any number.
  assert.deepEqual(next([at(0, Number.NaN), at(0, 9), at(0, Number.NaN)]), { trial: 1, rung: 0 });
  // Both rungs have one.
  const both = [at(1, 5, 3), at(1, 6, 2), at(1, 7, 4), at(0, 1), at(0, 8), at(0, 9)];
  assert.deepEqual(next(both), { trial: 1, rung: 1 });
  assert.deepEqual(next(both.map((one, i) => (i === 1 ? at(2, 6, 2) : one))), { trial: 3, rung: 0 });
});

test('nextPromotion - a trial that was promoted stays so when better ones come: it is out of the best, not in their way', () => {
  const at = (promotions: number, figure: number): Standing => ({ figures: [figure], promotions });
  const options = { rungs: 1, reduction: 3, metric: loss };
  assert.deepEqual(nextPromotion([at(0, 3), at(1, 2), at(0, 4), at(0, 1)], options), { trial: 3, rung: 0 });
});

test('epochsRange - holds for each order of six trials, and its ends are reached', () => {
  // Rungs 1 and 2, end at 4: 6 · 1 + 3 · 1 + 1 · 2, and 6 · 1 + 5 · 1 + 4 · 2.
  const [fewest, most] = epochsRange([4, 4, 4, 4, 4, 4], [1, 2], 2);
  assert.deepEqual([fewest, most], [11, 19]);
  const cost = (jobs: readonly string[]): number =>
    jobs.reduce((sum, job) => sum + [1, 1, 2][Number(job.split(' to ')[1])]!, 0);
  const costs = orders([1, 2, 3, 4, 5, 6]).map((order) => cost(simulate(order, 2, 2)));
  assert.equal(costs.length, 720);
  assert.equal(Math.min(...costs), fewest);
  assert.equal(Math.max(...costs), most);
  // Trials of 2 and of 9 epochs: 3 · 1, then the cheapest third to its 2nd epoch, or the dearest to its 3rd.
  assert.deepEqual(epochsRange([2, 9, 9], [1, 3], 3), [4, 5]);
});

function orders(values: readonly number[]): number[][] {
  if (values.length === 0) return [[]];
  return values.flatMap((value) =>
    orders(values.filter((one) => one !== value)).map((rest) => [value, ...rest]),
  );
}
