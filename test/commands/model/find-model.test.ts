// What a person may name, in a folder of runs with two runs of version 0.1.0, one that was stopped, and a sweep.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { before, test } from 'node:test';
import { readModel } from '../../../src/bundle/read.ts';
import { findModel } from '../../../src/commands/model/find-model.ts';
import { ExperimentError } from '../../../src/errors.ts';
import { publishResult, type TrialResult } from '../../../src/sweep/ledger/ledger.ts';

const runs = mkdtempSync(join(tmpdir(), 'manyheads-found-'));
const old = join(import.meta.dirname, '../../run/fixtures/run-0.1.0');
const said: string[] = [];
const find = (name: string, folder = runs): Promise<string> =>
  findModel(name, folder, { notify: (message) => void said.push(message) });

function addRun(folder: string, runId: string, change: Record<string, unknown> = {}): void {
  cpSync(old, folder, { recursive: true });
  const record = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'));
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...record, runId, ...change }));
}

/** A trial that is done. */
function addTrial(sweep: string, hash: string, metric: number): void {
  const folder = join(sweep, 'trials', hash.slice(0, 16), 'attempt-1');
  mkdirSync(folder, { recursive: true });
  addRun(folder, `${hash.slice(0, 4)}-run`);
  const result = JSON.parse(readFileSync(join(old, 'result.json'), 'utf8'));
  const directory = relative(runs, folder);
  publishResult(sweep, { ...result, trial: hash, label: hash, values: {}, metric, directory } as TrialResult);
}

before(() => {
  addRun(join(runs, '20261101-100000-tiny-aaaaaa'), '20261101-100000-tiny-aaaaaa');
  addRun(join(runs, '20261102-100000-tiny-bbbbbb'), '20261102-100000-tiny-bbbbbb');
  addRun(join(runs, '20261103-100000-tiny-cccccc'), '20261103-100000-tiny-cccccc', { status: 'interrupted' });
  const sweep = join(runs, 'rates-12345678');
  mkdirSync(sweep);
  const metric = { name: 'balancedAccuracy', head: null, direction: 'maximize' };
  writeFileSync(join(sweep, 'sweep.json'), JSON.stringify({ id: 'rates-12345678', metric }));
  const hashes = ['1'.repeat(64), '2'.repeat(64), '3'.repeat(64)];
  writeFileSync(join(sweep, 'trials.jsonl'), hashes.map((hash) => `${JSON.stringify({ hash })}\n`).join(''));
  addTrial(sweep, hashes[0]!, 0.5);
  addTrial(sweep, hashes[1]!, 0.8);
  const empty = join(runs, 'empty-12345678');
  mkdirSync(empty);
  writeFileSync(join(empty, 'sweep.json'), JSON.stringify({ id: 'empty-12345678', metric }));
  writeFileSync(join(empty, 'trials.jsonl'), `${JSON.stringify({ hash: hashes[2] })}\n`);
});

const runOf = async (name: string): Promise<string> => readModel(await find(name)).description.run.id;

test('findModel - a run by its name, the beginning of it, and its path', async () => {
  const expected = '20261101-100000-tiny-aaaaaa';
  assert.equal(await runOf(expected), expected);
  assert.equal(await runOf('20261101'), expected);
  assert.equal(await runOf(join(runs, expected)), expected);
});

test('findModel - latest is the newest run that came to its end', async () => {
  assert.equal(await runOf('latest'), '20261102-100000-tiny-bbbbbb');
});

test('findModel - a damaged run does no harm to others, and is told where it is the one that is meant, or may be', async () => {
  const damage = (runId: string): void => {
    mkdirSync(join(runs, runId));
    writeFileSync(join(runs, runId, 'run.json'), '');
  };
  damage('20261101-200000-tiny-dddddd');
  try {
    assert.equal(await runOf('latest'), '20261102-100000-tiny-bbbbbb');
    assert.equal(await runOf('20261102'), '20261102-100000-tiny-bbbbbb');
    assert.equal(await runOf('rates'), '2222-run');
    await assert.rejects(find('20261101-2'), /dddddd\/run\.json is damaged: expected JSON: it is empty/);
    damage('20261104-100000-tiny-eeeeee');
    await assert.rejects(find('latest'), /eeeeee\/run\.json is damaged/);
  } finally {
    rmSync(join(runs, '20261101-200000-tiny-dddddd'), { recursive: true, force: true });
    rmSync(join(runs, '20261104-100000-tiny-eeeeee'), { recursive: true, force: true });
  }
});

test('findModel - a sweep is its best trial', async () => {
  assert.equal(await runOf('rates'), '2222-run');
  assert.equal(await runOf('rates-12345678'), '2222-run');
});

test('findModel - a model that was copied elsewhere, by its folder or the file in it', async () => {
  const copy = join(mkdtempSync(join(tmpdir(), 'manyheads-elsewhere-')), 'my model');
  cpSync(await find('20261101'), copy, { recursive: true });
  assert.equal(await find(copy), copy);
  assert.equal(await find(join(copy, 'model.json')), copy);
});

test('findModel - a model is written once', async () => {
  said.length = 0;
  await find('20261102');
  await find('20261102');
  assert.deepEqual(said, []);
});

const wrong: readonly [name: string, message: RegExp][] = [
  ['2026110', /"2026110" is the beginning of 3 runs and sweeps\n.*20261101-100000-tiny-aaaaaa/],
  ['latests', /there is no run, no sweep and no model "latests" .*\n {2}Did you mean "latest"\?/],
  ['20261103', /the run 20261103-100000-tiny-cccccc has no model: it is interrupted/],
  ['empty', /no trial of empty-12345678 is done yet/],
];

for (const [name, message] of wrong) {
  test(`findModel - ${name}`, async () => {
    await assert.rejects(
      find(name),
      (error) => error instanceof ExperimentError && message.test(error.message),
    );
  });
}

test('findModel - nothing has been trained yet', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'manyheads-none-'));
  await assert.rejects(find('latest', empty), /no run in .* has come to its end\n {2}Train one/);
  await assert.rejects(find('x', empty), /No run has been made yet/);
});
