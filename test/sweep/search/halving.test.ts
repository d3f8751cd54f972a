// Promotions worked by hand after algorithm 2 of Li et al. (arXiv:1810.05934), and what a whole sweep can come to.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readStanding, writeRung } from '../../../src/sweep/ledger/rungs.ts';
import { epochsRange, nextPromotion, rungsOf, type Standing } from '../../../src/sweep/search/halving.ts';
import { planText, problemsOf } from '../planned.ts';
import { newRuns } from '../real-sweep.ts';

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

test('rungsOf - the paper: r = 1, η = 3, R = 9; the last rung is the end of the trial', () => {
  const strategy = { name: 'asha', minEpochs: 1, reduction: 3, seed: 42 } as const;
  assert.deepEqual(rungsOf(strategy, [9]), [1, 3]);
  assert.deepEqual(rungsOf(strategy, [10, 4]), [1, 3, 9]);
  assert.deepEqual(rungsOf({ ...strategy, minEpochs: 9 }, [9]), []);
  assert.deepEqual(rungsOf({ name: 'grid' }, [9]), []);
});

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

const grid = 'axes: { augmentation.zoom: [0, 0.1, 0.2, 0.3], augmentation.horizontalFlip: [0, 0.25, 0.5] }\n';
const values = 'values: { "stages[0].epochs": 4, "stages[1].epochs": 5 }\n';

test('planSweep - asha without budget.trials: every combination, in an order that the seed draws', (t) => {
  const points = (strategy: string): string[] =>
    planText(t, `${values}${grid}${strategy}`).trials.map(({ point }) => point.join());
  const inOrder = points('');
  const drawn = points('strategy: { name: asha, minEpochs: 1 }\n');
  assert.notDeepEqual(drawn, inOrder);
  assert.deepEqual([...drawn].sort(), [...inOrder].sort());
  assert.deepEqual(points('strategy: { name: asha, minEpochs: 1, seed: 42 }\n'), drawn);
  assert.notDeepEqual(points('strategy: { name: asha, minEpochs: 1, seed: 1 }\n'), drawn);
});

test('planSweep - asha with budget.trials: the draws of random, so that the two can be compared', (t) => {
  const hashes = (strategy: string): string[] =>
    planText(
      t,
      `${values}axes: { augmentation.zoom: { distribution: uniform, from: 0, to: 0.4 } }\nbudget: { trials: 9 }\nstrategy: ${strategy}\n`,
    ).trials.map(({ hash }) => hash);
  assert.deepEqual(hashes('{ name: asha, minEpochs: 1 }'), hashes('{ name: random }'));
});

test('planSweep - asha: no rung within the trials, too few trials, no budget for draws', (t) => {
  assert.deepEqual(problemsOf(t, `${values}${grid}strategy: { name: asha, minEpochs: 9 }\n`), [
    'outOfRange 5:36 strategy.minEpochs: expected less than the 9 epochs of a trial, got 9',
  ]);
  assert.deepEqual(
    problemsOf(t, `${values}${grid}strategy: { name: asha, minEpochs: 1 }\nbudget: { trials: 8 }\n`),
    [
      'conflict 6:19 budget.trials: expected at least 9 trials, got 8: each of the rungs at the epochs 1, 3 sends on 1 of 3, so that none would come to its end',
    ],
  );
  const drawn = 'axes: { augmentation.zoom: { distribution: uniform, from: 0, to: 0.4 } }\n';
  assert.deepEqual(problemsOf(t, `${drawn}strategy: { name: asha, minEpochs: 1 }\n`), [
    'missingKey 4:11 strategy: the strategy asha needs budget.trials: how many trials it may make, at least one for each of the seeds',
  ]);
  assert.match(
    problemsOf(t, `${grid}strategy: { name: asha }\n`).join(),
    /missingKey .* the key "minEpochs" is missing/,
  );
});

test('writeRung, readStanding - the figure of a rung, though the run was killed within the line of a later epoch', () => {
  const [trial, run] = [newRuns(), newRuns()];
  const line = (runEpoch: number): string => JSON.stringify({ runEpoch, validation: { loss: 1 / runEpoch } });
  writeFileSync(join(run, 'history.jsonl'), `${line(1)}\n${line(2)}\n${line(3).slice(0, 20)}`);
  writeRung(trial, run, 2, loss);
  const standing = readStanding(trial, { runs: '', rungs: [2, 4], metric: loss, result: undefined });
  assert.deepEqual(standing, { figures: [0.5], promotions: 0 });
});
