// A run goes on with the images and the table that it was begun with, or not at all; and in one process at a time.
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ExperimentError, type Problem } from '../../src/errors.ts';
import { tryLock } from '../../src/machine/lock.mjs';
import type { RunOutcome } from '../../src/run/outcome.ts';
import { readHistory } from '../../src/train/history.ts';
import { startCommand } from './command.ts';
import { runHere } from './here.ts';
import { makeTiny, type Tiny } from './tiny.ts';

const overrides = ['stages[small].epochs=2', 'stages[heads].epochs=1'];
let tiny: Tiny;
let whole: RunOutcome;
const scratch = mkdtempSync(join(tmpdir(), 'manyheads-same-data-'));
const newRuns = (): string => {
  process.env.MANYHEADS_RUNS = mkdtempSync(join(scratch, 'runs-'));
  return process.env.MANYHEADS_RUNS;
};

before(async () => {
  process.env.MANYHEADS_CACHE = join(scratch, 'cache');
  delete process.env.MLFLOW_TRACKING_URI;
  tiny = await makeTiny(30);
  newRuns();
  whole = await runHere(tiny.experiment, { overrides });
});
after(() => rmSync(scratch, { recursive: true }));

const image = (number: number): string => join(tiny.folder, 'images', `${number}.png`);

/** A run that was stopped in its second epoch. */
async function stopped(): Promise<{ runs: string; folder: string; files: () => string }> {
  const runs = newRuns();
  const { runId, status } = await runHere(tiny.experiment, { overrides, stopAt: 5 });
  assert.equal(status, 'interrupted');
  const folder = join(runs, runId);
  const files = (): string =>
    ['run.json', 'history.jsonl', 'metrics.jsonl', 'state.json', 'checkpoint/last.safetensors']
      .map((name) => readFileSync(join(folder, name), 'latin1'))
      .join();
  return { runs, folder, files };
}

async function problemsOf(action: Promise<unknown>): Promise<readonly Problem[]> {
  try {
    await action;
  } catch (error) {
    assert.ok(error instanceof ExperimentError, String(error));
    return error.problems;
  }
  return assert.fail('nothing was thrown');
}

const resume = (anyway = false) => runHere(tiny.experiment, { overrides, resume: true, anyway });

test('run FILE --resume - an image that has changed is named with its row and nothing is written; put back, the run goes on', async () => {
  const { folder, files } = await stopped();
  const untouched = files();
  const saved = readFileSync(image(3));
  copyFileSync(image(4), image(3));
  const problems = await problemsOf(resume());
  assert.deepEqual(
    problems.map(({ code, message, place }) => [code, message.replace(/ when .*/, ''), place?.line]),
    [['dataChanged', 'images/3.png is another image than', 5]],
  );
  assert.match(problems[0]!.hint!, /--resume --anyway/);
  assert.equal(files(), untouched);
  assert.ok(!readdirSync(folder).includes('run.lock'));

  // Its row now has what another row had before: the images of the data set, as a set, are the same.
  writeFileSync(image(3), saved);
  const ended = await resume();
  assert.equal(ended.weightsHash, whole.weightsHash);
  assert.deepEqual(ended.metrics, whole.metrics);
});

test('run FILE --resume --anyway - begins a new run with the changed images, and leaves the other as it is', async () => {
  const { runs, files } = await stopped();
  const untouched = files();
  const saved = readFileSync(image(3));
  copyFileSync(image(4), image(3));
  const other = await resume(true);
  writeFileSync(image(3), saved);
  assert.equal(other.status, 'finished');
  assert.match(other.notes.join('\n'), /images\/3\.png is another image than .*\n.*\nA new run is begun\./);
  assert.equal(files(), untouched);
  assert.equal(readdirSync(runs).length, 2);
});

test('run FILE --resume - of a table that has changed says so; with --anyway a new run is begun', async () => {
  const { files, runs } = await stopped();
  const untouched = files();
  const table = join(tiny.folder, 'table.csv');
  const saved = readFileSync(table, 'utf8');
  writeFileSync(table, saved.replace('images/4.png,green', 'images/4.png,red'));
  const [problem, ...more] = await problemsOf(resume());
  assert.deepEqual(more, []);
  assert.match(problem!.message, /table\.csv has changed since \S+ was begun/);
  assert.equal((await resume(true)).status, 'finished');
  writeFileSync(table, saved);
  assert.equal(files(), untouched);
  assert.equal(readdirSync(runs).length, 2);
});

test('run FILE --resume - one that another process works on is left alone, in one line', async () => {
  const { folder, files } = await stopped();
  const untouched = files();
  const lock = tryLock(join(folder, 'run.lock'));
  assert.ok('release' in lock);
  const [problem, ...more] = await problemsOf(resume());
  lock.release();
  assert.deepEqual(more, []);
  assert.match(
    problem!.message,
    new RegExp(
      `^there is no run of this plan to go on with: .* is running \\(process ${process.pid} on .*\\)$`,
    ),
  );
  assert.equal(files(), untouched);
});

test('run FILE --resume twice at a time - one goes on to the same end, the other says who does', async () => {
  const { folder } = await stopped();
  const environment = { MANYHEADS_RUNS: join(folder, '..'), MANYHEADS_CACHE: join(scratch, 'cache') };
  const started = [0, 1].map(() =>
    startCommand([tiny.experiment, ...overrides, '--resume', '--json'], environment),
  );
  const [first, second] = (await Promise.all(started.map(({ finished }) => finished))).sort(
    (a, b) => a.code! - b.code!,
  );
  assert.deepEqual([first!.code, second!.code], [0, 2], first!.stderr + second!.stderr);
  assert.match(
    second!.stderr,
    /there is no run of this plan to go on with: the newest, \S+, is (running|finished)/,
  );
  assert.doesNotMatch(second!.stderr, /\n\s+at /);
  assert.equal((JSON.parse(first!.stdout) as RunOutcome).weightsHash, whole.weightsHash);
  assert.deepEqual(
    readHistory(folder).map(({ runEpoch }) => runEpoch),
    [1, 2, 3],
  );
});
