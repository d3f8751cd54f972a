// A run that was begun under earlier numerics is gone on with, and says so.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { numericsNote, readCompared } from '../../src/compare/trials.ts';
import { packageModel } from '../../src/export/mlflow/package.ts';
import { compilePlan } from '../../src/plan/compile.ts';
import { runsTable } from '../../src/report/tables/runs-table.ts';
import { compileAsBegun, numericsOfRun, planBegunAs } from '../../src/run/begun-plan.ts';
import { runExperiment } from '../../src/run/experiment.ts';
import { findUnfinished, listRuns, readResult } from '../../src/run/folders.ts';
import { readRecord } from '../../src/run/record.ts';
import { readCheckpoint } from '../../src/train/checkpoint.ts';
import { readHistory } from '../../src/train/history.ts';
import { forgetLaterNumerics, RAISED_REASON, raiseNumerics } from '../plan/hash/raised.ts';
import { copyOldRuns, interruptedArguments } from './old-runs.ts';

const old = copyOldRuns();
const file = join(old.data, 'old.yaml');
const { MANYHEADS_RUNS, MLFLOW_TRACKING_URI } = process.env;
before(() => {
  forgetLaterNumerics();
  process.env.MANYHEADS_RUNS = old.runs;
  delete process.env.MLFLOW_TRACKING_URI;
});
after(() => {
  if (MANYHEADS_RUNS === undefined) delete process.env.MANYHEADS_RUNS;
  else process.env.MANYHEADS_RUNS = MANYHEADS_RUNS;
  if (MLFLOW_TRACKING_URI !== undefined) process.env.MLFLOW_TRACKING_URI = MLFLOW_TRACKING_URI;
  rmSync(join(old.runs, '..'), { recursive: true });
});

const planOf = (...overrides: string[]) => compilePlan(file, { overrides }).plan;
const folder = join(old.runs, old.interrupted);

test('planBegunAs - is the plan by the hash of earlier numerics, and no other', (t) => {
  const before = planOf(...interruptedArguments);
  assert.deepEqual(planBegunAs(before, before.hash), { plan: before, numerics: 1, note: undefined });
  raiseNumerics(t);
  const plan = planOf(...interruptedArguments);
  assert.notEqual(plan.hash, before.hash);
  const begun = planBegunAs(plan, before.hash)!;
  assert.deepEqual([begun.plan, begun.numerics], [before, 1]);
  assert.match(begun.note!, new RegExp(`^warning: .*numerics 1;.*numerics 2\\. .*${RAISED_REASON}$`));
  assert.equal(planBegunAs(plan, plan.hash)!.note, undefined);
  assert.equal(planBegunAs(plan, planOf().hash), undefined);
});

test('findUnfinished - finds a run that was begun under earlier numerics, and no run of another plan', (t) => {
  const { hash } = planOf(...interruptedArguments);
  const found = { runId: old.interrupted, folder, planHash: hash };
  assert.deepEqual(findUnfinished(old.runs, planOf(...interruptedArguments)), found);
  raiseNumerics(t);
  assert.deepEqual(findUnfinished(old.runs, planOf(...interruptedArguments)), found);
  assert.throws(() => findUnfinished(old.runs, planOf()), /is finished/);
  assert.throws(() => findUnfinished(old.runs, planOf('seed=7')), /there is no run of this plan/);
});

test('numericsOfRun - those of its epochs, of a checkpoint in the middle of one, and the current ones', (t) => {
  assert.deepEqual(numericsOfRun(folder, 1), [1]);
  assert.deepEqual(numericsOfRun(old.data, 1), [1], 'nothing is there yet');
  raiseNumerics(t);
  assert.deepEqual(numericsOfRun(folder, 1), [1, 2]);
  assert.deepEqual(numericsOfRun(old.data, 1), [2]);
});

test('runExperiment - resumed under later numerics it warns, keeps its hash and marks its epochs', async (t) => {
  const { hash } = planOf(...interruptedArguments);
  raiseNumerics(t);
  const notes: string[] = [];
  const progress = {
    onEvent: () => undefined,
    note: (message: string) => notes.push(message),
    preparing: () => undefined,
    close: () => undefined,
  };
  const { signal } = new AbortController();
  const options = { overrides: interruptedArguments, resume: true, signal, progress, packageModel };
  const outcome = await runExperiment(file, options);
  assert.deepEqual([outcome.runId, outcome.status], [old.interrupted, 'finished']);
  assert.equal(notes.filter((note) => /^warning: .*numerics 2/.test(note)).length, 1, notes.join('\n'));
  assert.deepEqual(
    readHistory(folder).map(({ numerics }) => numerics),
    [...Array<undefined>(5), ...Array<number>(9).fill(2)],
  );
  const record = readRecord(folder);
  assert.deepEqual([record.planHash, record.numerics], [hash, [1, 2]]);
  assert.equal(readResult(folder)!.planHash, hash);
  assert.ok(readCheckpoint(folder, { ...planOf(...interruptedArguments), hash }));

  const lines = runsTable(listRuns(old.runs), { terminal: false }).split('\n');
  assert.match(lines[0]!, / plan +numerics +loss /);
  assert.match(lines[2]!, / 1 +\d/);
  assert.match(lines[3]!, / 1, 2 +\d/);
  const { trials } = readCompared(old.runs, [old.finished, old.interrupted]);
  assert.deepEqual(
    trials.map(({ numerics }) => numerics),
    [[1], [1, 2]],
  );
  assert.equal(
    numericsNote(trials),
    `Not all numbers were computed in the same way: 1 under numerics 1, 1 under numerics 1 and 2. What has changed: ${RAISED_REASON}`,
  );
  assert.equal(numericsNote(trials.slice(0, 1)), undefined);
});

test('compileAsBegun - what was begun when a short last batch was the default goes on so, and says it', () => {
  // 18 training rows: batches of 4 leave 2.
  const args = ['stages[0].batchSize=4', 'stages[1].batchSize=4'];
  const compile = (more: readonly string[]) => (before: readonly string[]) =>
    compilePlan(file, { overrides: [...before, ...args, ...more] });
  const [today, earlier] = [planOf(...args), planOf('lastBatch=short', ...args)];
  assert.notEqual(today.hash, earlier.hash);
  const begun = (hash: string, ...more: string[]) =>
    compileAsBegun(compile(more), (plan) => (plan.hash === hash ? plan.hash : undefined));
  const ofToday = begun(today.hash);
  assert.deepEqual([ofToday.found, ofToday.note], [today.hash, undefined]);
  const ofEarlier = begun(earlier.hash);
  assert.deepEqual([ofEarlier.found, ofEarlier.compiled.plan.hash], [earlier.hash, earlier.hash]);
  assert.match(
    ofEarlier.note!,
    /^warning: this was begun when a short last batch was the default, and goes on so/,
  );
  assert.equal(begun(earlier.hash, 'lastBatch=even').found, undefined, 'the file says that it is even');
  assert.equal(begun('neither').found, undefined);
  assert.throws(
    () => compileAsBegun(compile([]), (plan) => findUnfinished(old.runs, plan)),
    new RegExp(`there is no run of this plan \\(${today.hash.slice(0, 12)}`),
  );
});
