// Sweeps whose trials were done under earlier numerics: gone on with, adopted, and told apart.
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { readRecord } from '../../../src/run/record.ts';
import { driveSweep } from '../../../src/sweep/drive/drive.ts';
import { previewSweep } from '../../../src/sweep/drive/preview.ts';
import type { Launcher } from '../../../src/sweep/launch/launcher.ts';
import { runTrial } from '../../../src/sweep/launch/trial.ts';
import { diffTrials } from '../../../src/sweep/ledger/diff.ts';
import { knownResults } from '../../../src/sweep/ledger/known.ts';
import { readSweep, readTrialState, readTrials, trialFolder } from '../../../src/sweep/ledger/ledger.ts';
import { openSweep, plannedTrials, planWithRuns } from '../../../src/sweep/ledger/open.ts';
import { readHistory } from '../../../src/train/history.ts';
import { forgetLaterNumerics, RAISED_REASON, raiseNumerics } from '../../plan/hash/raised.ts';
import { copyOldRuns } from '../../run/old-runs.ts';

const old = copyOldRuns();
const another = copyOldRuns();
const file = join(old.data, 'sweep.yaml');
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
  for (const { runs } of [old, another]) rmSync(join(runs, '..'), { recursive: true });
});

const plan = (sweep = file) => planWithRuns(sweep, old.runs, [], true);
const begun = { overrides: [], resume: false, force: false };
const { signal } = new AbortController();

/** Runs trials in this process, one after the other: another would have its own numerics. */
function ownLauncher(sweepFolder: string): Launcher {
  let last: Promise<unknown> = Promise.resolve();
  const nothing = { onEvent: () => undefined, preparing: () => undefined, close: () => undefined };
  return {
    capacity: 1,
    submit: (jobs) =>
      jobs.map((job) => {
        const progressTo = (write: (text: string) => void) => ({
          ...nothing,
          note: (message: string) => write(`${message}\n`),
        });
        last = last.then(() => runTrial(sweepFolder, { ...job, signal, progressTo }));
        return last.then(() => undefined);
      }),
    stop: async () => undefined,
    close: async () => undefined,
  };
}

async function drive(sweepFolder: string, runs = old.runs): Promise<{ status: string; notes: string[] }> {
  const notes: string[] = [];
  const { status } = await driveSweep({
    sweepFolder,
    runs,
    launcher: ownLauncher(sweepFolder),
    failed: false,
    adopt: true,
    signal,
    onChange: () => undefined,
    notify: (message) => notes.push(message),
  });
  return { status, notes };
}

test('knownResults, previewSweep - trials that were done under earlier numerics are done', (t) => {
  const before = knownResults(old.runs, plan().trials);
  assert.deepEqual(
    [...before.values()].map(({ isEarlier }) => isEarlier),
    [false],
  );
  raiseNumerics(t);
  const later = plan();
  const known = knownResults(old.runs, later.trials);
  assert.deepEqual([...known.keys()], [later.trials[0]!.hash]);
  assert.equal(known.get(later.trials[0]!.hash)!.isEarlier, true);
  assert.deepEqual(
    [...previewSweep(later, old.runs).trials].map(({ status }) => status),
    ['done', 'planned', 'planned'],
  );
});

test('diffTrials - the same trials under other numerics are the same', (t) => {
  const first = plannedTrials(old.sweep, old.runs);
  raiseNumerics(t);
  const second = plannedTrials(file, old.runs);
  assert.notEqual(first[0]!.hash, second[0]!.hash);
  for (const diff of [diffTrials(first, second), diffTrials(second, first)]) {
    assert.deepEqual([diff.onlyFirst.length, diff.onlySecond.length, diff.both.length], [0, 0, 3]);
  }
});

test('openSweep, driveSweep - a sweep of earlier numerics is gone on with, each trial by its own hash', async (t) => {
  raiseNumerics(t);
  const { folder, isNew } = openSweep(file, old.runs, { ...begun, resume: true });
  assert.deepEqual([basename(folder), isNew], [old.sweep, false]);
  const [first] = readTrials(folder).map(({ hash }) => readTrialState(folder, hash));
  const { status, notes } = await drive(folder);
  assert.equal(status, 'finished');
  assert.equal(notes.length, 1);
  assert.match(notes[0]!, /^warning: .*numerics 1: 1 finished trial of it counts, .*numerics 2\./);
  assert.ok(notes[0]!.includes(RAISED_REASON));
  const states = readTrials(folder).map(({ hash }) => readTrialState(folder, hash));
  assert.deepEqual(states[0], first);
  const numerics = states.map(({ attempts }) => readRecord(attempts.at(-1)!.folder).numerics);
  // The first by version 0.1.0, the second from its checkpoint on, the third from the beginning.
  assert.deepEqual(numerics, [undefined, [1, 2], [2]]);
  states.forEach(({ status, result }, i) => {
    const { hash } = readTrials(folder)[i]!;
    assert.deepEqual([status, result!.trial, result!.planHash], ['done', hash, hash]);
  });
});

test('driveSweep - stages are shared where all trials are of the current numerics, and only there', async (t) => {
  const folder = join(another.runs, another.sweep);
  const [, ...others] = readTrials(folder).map(({ hash }) => hash);
  const carriedOf = (hash: string): number => {
    const { attempts } = readTrialState(folder, hash);
    return readHistory(attempts.at(-1)!.folder).filter((epoch) => epoch.carriedFrom !== undefined).length;
  };
  const begin = async (): Promise<number[]> => {
    for (const hash of others) rmSync(trialFolder(folder, hash), { recursive: true, force: true });
    assert.equal((await drive(folder, another.runs)).status, 'finished');
    return others.map(carriedOf);
  };
  assert.deepEqual(await begin(), [0, 2], 'the last goes on from what the one before it has trained');
  raiseNumerics(t);
  assert.deepEqual(await begin(), [0, 0]);
});

test('driveSweep - a new sweep takes over what was done under earlier numerics, and says so', async (t) => {
  raiseNumerics(t);
  const other = join(old.data, 'other.yaml');
  writeFileSync(
    other,
    'name: other\nbase: old.yaml\nvalues: { "stages[second].epochs": 12 }\naxes: { "stages[second].optimizer.learningRate": [0.01, 0.02] }\n',
  );
  const { folder, isNew } = openSweep(other, old.runs, begun);
  assert.equal(isNew, true);
  assert.equal(readSweep(folder).numerics, 2);
  const [trial] = readTrials(folder);
  assert.deepEqual(trial!.earlierHashes, [readTrials(join(old.runs, old.sweep))[0]!.hash]);
  const { status, notes } = await drive(folder);
  assert.equal(status, 'finished');
  assert.equal(notes.length, 1);
  assert.match(notes[0]!, /^warning: 2 trials count as done .*earlier numerics than 2\. With --force/);
  for (const { hash, earlierHashes } of readTrials(folder)) {
    const { result, attempts } = readTrialState(folder, hash);
    assert.deepEqual([attempts.length, result!.trial, result!.planHash], [0, hash, earlierHashes![0]]);
  }
});
