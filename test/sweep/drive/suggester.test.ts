// Trials that are chosen while a sweep runs, without training one: a frozen plan and made-up figures in, trials out.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { compilePlan } from '../../../src/plan/compile.ts';
import { createSuggester, type Suggester } from '../../../src/sweep/drive/suggester.ts';
import { freezeSweep, overridesOf } from '../../../src/sweep/ledger/freeze.ts';
import { readSweep, readTrial, readTrials } from '../../../src/sweep/ledger/ledger.ts';
import { readSuggestions } from '../../../src/sweep/ledger/suggestions.ts';
import { folderWith } from '../../file/folder.ts';
import { raiseNumerics } from '../../plan/hash/raised.ts';
import { planText, problemsOf } from '../planned.ts';

const strategy = 'strategy: { name: tpe, startupTrials: 4 }\n';
const axes = `axes:
  augmentation.zoom: { distribution: uniform, from: 0, to: 0.5 }
  model.pooling: [[gap], [gmp], [gap, gmp]]
  stages[all].optimizer.name: [adam, sgd]
  momentum: { path: "stages[all].optimizer.momentum", distribution: uniform, from: 0, to: 0.9, when: { "stages[all].optimizer.name": sgd } }
  flips: { path: augmentation.horizontalFlip, from: 0, to: 0.5, step: 0.1 }
`;
const exclude = 'exclude: [{ model.pooling: [gmp], "stages[all].optimizer.name": sgd }]\n';
const values = 'values: { optimizer: { name: adam } }\n';

interface Frozen {
  readonly folder: string;
  readonly messages: string[];
  suggester(): Suggester;
}

function frozen(t: TestContext, text: string): Frozen {
  const runs = folderWith(t, { 'runs/.keep': '' });
  const { folder } = freezeSweep(planText(t, text), join(runs, 'runs'))!;
  const messages: string[] = [];
  const notify = (message: string): void => {
    messages.push(message);
  };
  return { folder, messages, suggester: () => createSuggester(folder, { runs, notify })! };
}

/** A figure for each trial, of what it sets. */
function figures(folder: string, pending: readonly string[] = []): (hash: string) => number | null {
  return (hash) => {
    if (pending.includes(hash)) return null;
    const { point } = readTrial(folder, hash)!;
    const zoom = Number(point['augmentation.zoom'] ?? 0);
    return (
      (zoom - 0.2) ** 2 + (point['model.pooling'] === '[gap,gmp]' ? 0 : 0.1) + Number(point.seed ?? 0) / 100
    );
  };
}

/** All that the sweep comes to. */
function run({ folder, suggester }: Frozen): void {
  const own = suggester();
  while (own.next(figures(folder)) !== undefined);
}

test('createSuggester - up to budget.trials, each known by the hash of its plan; the same again, and after any interruption', (t) => {
  const text = `${values}${axes}${exclude}${strategy}budget: { trials: 12 }\n`;
  const whole = frozen(t, text);
  assert.equal(readTrials(whole.folder).length, 4);
  assert.equal(readSweep(whole.folder).trials, 12);
  run(whole);
  const trials = readTrials(whole.folder);
  assert.equal(trials.length, 12);
  assert.equal(new Set(trials.map(({ hash }) => hash)).size, 12);
  for (const trial of trials) {
    const file = join(whole.folder, 'base.yaml');
    assert.equal(trial.hash, compilePlan(file, { overrides: overridesOf(trial), environment: {} }).plan.hash);
    assert.deepEqual(readTrial(whole.folder, trial.hash), trial);
    const { point } = trial;
    assert.equal('momentum' in point, point['stages[all].optimizer.name'] === 'sgd', trial.label);
    assert.ok(
      point['model.pooling'] !== '[gmp]' || point['stages[all].optimizer.name'] !== 'sgd',
      trial.label,
    );
  }
  assert.deepEqual(
    readSuggestions(whole.folder).map(({ number, isEstimated, pending, failed }) => [
      number,
      isEstimated,
      pending,
      failed,
    ]),
    Array.from({ length: 8 }, (_, i) => [4 + i, true, [], []]),
  );
  const again = frozen(t, text);
  // A new driver for each choice.
  while (again.suggester().next(figures(again.folder)) !== undefined);
  assert.deepEqual(readTrials(again.folder), trials);
  // A choice that was lost before its trial started is the same one.
  rmSync(join(again.folder, 'suggestions', '000011.json'));
  run(again);
  assert.deepEqual(readTrials(again.folder), trials);
  assert.deepEqual(whole.messages, []);
});

test('createSuggester - of two drivers the first decides, and both know of it', (t) => {
  const both = frozen(t, `${values}${axes}${strategy}budget: { trials: 7 }\n`);
  const [first, second] = [both.suggester(), both.suggester()];
  const chosen = first.next(figures(both.folder))!;
  // It has seen another result, and would choose another one.
  const [pending] = readTrials(both.folder);
  assert.deepEqual(second.next(figures(both.folder, [pending!.hash])), chosen);
  const next = second.next(figures(both.folder, [chosen[0]!.hash]))!;
  assert.deepEqual(first.refresh(), next);
  assert.deepEqual(readSuggestions(both.folder)[1]!.pending, [4]);
  assert.equal(first.next(figures(both.folder))!.length, 1);
  assert.equal(first.next(figures(both.folder)), undefined);
  assert.equal(second.refresh().length, 1);
  assert.equal(second.next(figures(both.folder)), undefined);
  assert.deepEqual(readdirSync(join(both.folder, 'suggestions')).sort(), [
    '000004.json',
    '000005.json',
    '000006.json',
  ]);
});

test('createSuggester - a combination with seeds is chosen whole, and counts with their mean when all have ended', (t) => {
  const repeated = frozen(t, `${values}${axes}seeds: [1, 2]\n${strategy}budget: { trials: 13 }\n`);
  assert.equal(readSweep(repeated.folder).trials, 12);
  const planned = readTrials(repeated.folder);
  assert.equal(planned.length, 8);
  const own = repeated.suggester();
  const without = own.next(figures(repeated.folder, [planned[3]!.hash]))!;
  assert.deepEqual(
    without.map(({ point }) => point.seed),
    ['1', '2'],
  );
  const { seed: _, ...point } = without[0]!.point;
  assert.deepEqual({ ...point, seed: '2' }, without[1]!.point);
  // The second of four has one seed without a figure; with three results of four one is drawn.
  const [suggestion] = readSuggestions(repeated.folder);
  assert.deepEqual([suggestion!.pending, suggestion!.isEstimated], [[1], false]);
  assert.equal(
    own.next((hash) => (hash === planned[3]!.hash ? Number.NaN : figures(repeated.folder)(hash)))!.length,
    2,
  );
  // One seed failed: the other one is its figure.
  assert.deepEqual(
    [readSuggestions(repeated.folder)[1]!.failed, readSuggestions(repeated.folder)[1]!.isEstimated],
    [[], true],
  );
  assert.equal(own.next(figures(repeated.folder)), undefined);
});

test('createSuggester - combinations of the same content are one: another one is drawn, until none is left', (t) => {
  const text = `axes:
  augmentation.zoom: [0, 0.1, 0.2, 0.3]
  flips: { choices: { none: { augmentation.horizontalFlip: 0 }, never: { augmentation.horizontalFlip: 0.0 }, half: { augmentation.horizontalFlip: 0.5 } } }
  tied: { zip: { augmentation.shift.x: [0.1, 0.2], augmentation.shift.y: [0.1, 0.3] } }
strategy: { name: tpe, startupTrials: 3 }
budget: { trials: 100 }
`;
  const few = frozen(t, text);
  // 24 combinations, of which 8 have the content of others.
  assert.equal(readSweep(few.folder).trials, 24);
  run(few);
  const trials = readTrials(few.folder);
  assert.equal(trials.length, 16);
  assert.equal(new Set(trials.map(({ hash }) => hash)).size, 16);
});

test('planSweep - tpe: what does not go with it', (t) => {
  const [trials] = problemsOf(t, `${axes}${strategy}`);
  assert.match(trials ?? '', /the strategy tpe needs budget.trials/);
  assert.deepEqual(
    problemsOf(t, `axes: { augmentation.zoom: [0, 0.1, 0.2] }\n${strategy}budget: { trials: 50 }\n`),
    [
      'outOfRange 4:39 strategy.startupTrials: expected less than the 3 combinations that the sweep comes to, got 4: none would be chosen from results',
    ],
  );
  assert.deepEqual(
    problemsOf(
      t,
      `axes: { "stages[0].epochs": { distribution: uniform, from: 1.5, to: 4, integer: true } }
strategy: { name: tpe }
budget: { trials: 10 }
`,
    ),
    [
      'outOfRange 3:60 axes["stages[0].epochs"].from: expected a whole number, as the values are whole numbers, got 1.5',
      'outOfRange 4:11 strategy.startupTrials: expected less than the 10 combinations that the sweep comes to, got 10: none would be chosen from results',
    ],
  );
});

test('freezeSweep - space.json is there for tpe alone, and paths of files in it are absolute', (t) => {
  const text = 'axes: { dataset.table: [base/table.csv, ./base/table.csv] }\n';
  const { folder } = frozen(t, `${text}strategy: { name: tpe, startupTrials: 1 }\nbudget: { trials: 2 }\n`);
  assert.match(readFileSync(join(folder, 'space.json'), 'utf8'), /"plain":"\/.*\/base\/table.csv"/);
  assert.equal(readdirSync(freezeSweep(planText(t, text), folder)!.folder).includes('space.json'), false);
});

test('createSuggester - in a sweep of earlier numerics all trials are known by hashes of those', (t) => {
  const text = `${values}${axes}${strategy}budget: { trials: 6 }\n`;
  const [before, after] = [frozen(t, text), frozen(t, text)];
  run(before);
  raiseNumerics(t);
  run(after);
  assert.deepEqual(readTrials(after.folder), readTrials(before.folder));
});
