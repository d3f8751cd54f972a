/** Runs in their folder: what is listed, and what `--resume` takes and does not take. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { test } from 'node:test';
import { ExperimentError } from '../../src/errors.ts';
import { ownMark, type ProcessMark } from '../../src/machine/process-mark.mjs';
import { compilePlan } from '../../src/plan/compile.ts';
import { findRun, findUnfinished, listRuns, readResult } from '../../src/run/folders.ts';
import type { RunRecord } from '../../src/run/record.ts';
import { runCommand } from './command.ts';

const experiment = join(import.meta.dirname, '..', '..', 'experiments', 'quickstart.yaml');
const { plan } = compilePlan(experiment, { overrides: [], needTable: true });
const dead: ProcessMark = { ...ownMark(), pid: spawnSync(process.execPath, ['-e', '']).pid };
const elsewhere: ProcessMark = { ...dead, host: 'another-machine' };

const newRuns = () => mkdtempSync(join(tmpdir(), 'manyheads-runs-'));

/** @param day of the month in which it was begun */
function makeRun(runs: string, day: number, changes: Partial<RunRecord> = {}): string {
  const runId = `202601${String(day).padStart(2, '0')}-120000-${plan.name}-${plan.hash.slice(0, 6)}`;
  const record: RunRecord = {
    runId,
    name: plan.name,
    planHash: plan.hash,
    status: 'running',
    process: dead,
    started: '2026-01-01T12:00:00.000Z',
    ended: null,
    file: 'quickstart.yaml',
    overrides: [],
    loss: null,
    error: null,
    ...changes,
  };
  mkdirSync(join(runs, runId));
  writeFileSync(join(runs, runId, 'run.json'), JSON.stringify(record));
  return runId;
}

function damage(runs: string, runId: string): void {
  writeFileSync(join(runs, runId, 'run.json'), '{"runId": ');
}

function problemOf(action: () => unknown) {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof ExperimentError, String(error));
    return error.problems[0]!;
  }
  return assert.fail('nothing was thrown');
}

test('findUnfinished - the newest that was interrupted or failed, not one that runs here or elsewhere', () => {
  const runs = newRuns();
  makeRun(runs, 1, { status: 'failed' });
  const killed = makeRun(runs, 2);
  makeRun(runs, 3, { status: 'finished' });
  makeRun(runs, 4, { process: ownMark() });
  makeRun(runs, 5, { process: elsewhere });
  makeRun(runs, 6, { planHash: 'of another plan' });
  assert.equal(findUnfinished(runs, plan).runId, killed);
});

test('findUnfinished - a run of another machine is named with its machine, and can be taken when it was silent', () => {
  const runs = newRuns();
  const runId = makeRun(runs, 1, { process: elsewhere });
  const { message, hint } = problemOf(() => findUnfinished(runs, plan));
  assert.match(
    message,
    new RegExp(
      `the newest, ${runId}, is running \\(process ${dead.pid} on another-machine\\); its last sign of life was \\d+ s ago$`,
    ),
  );
  assert.match(
    hint!,
    /^Wait for its end, or stop it there; without a sign for 10 minutes it counts as interrupted\.$/,
  );
  const past = new Date(Date.now() - 11 * 60_000);
  utimesSync(join(runs, runId, 'run.json'), past, past);
  assert.equal(findUnfinished(runs, plan).runId, runId);
});

test('findUnfinished - a run of this machine is named with its process', () => {
  const runs = newRuns();
  const runId = makeRun(runs, 1, { process: ownMark() });
  const { message } = problemOf(() => findUnfinished(runs, plan));
  assert.equal(
    message,
    `there is no run of this plan to go on with: the newest, ${runId}, is running (process ${process.pid} on ${hostname()})`,
  );
});

test('findUnfinished - a damaged run.json stops it where that may be the run that is meant, and only there', () => {
  const runs = newRuns();
  const [first, second, third] = [1, 2, 3].map((day) => makeRun(runs, day)) as [string, string, string];
  damage(runs, first);
  assert.equal(findUnfinished(runs, plan).runId, third);
  damage(runs, third);
  const file = relative('', join(runs, third, 'run.json'));
  assert.throws(() => findUnfinished(runs, plan), {
    name: 'RunError',
    message: new RegExp(`^${file.replaceAll('.', '\\.')} is damaged: expected JSON`),
  });
  // Of another experiment, by its name.
  const other = join(runs, '20260104-120000-another-abcdef');
  mkdirSync(other);
  writeFileSync(join(other, 'run.json'), '');
  makeRun(runs, 5);
  assert.notEqual(findUnfinished(runs, plan).runId, second);
});

test('listRuns - a damaged run.json is told and hides no other run; findRun finds its folder', () => {
  const runs = newRuns();
  const [first, second] = [makeRun(runs, 1), makeRun(runs, 2)];
  damage(runs, first);
  const told: string[] = [];
  const listed = listRuns(runs, (runId, { message }) => told.push(runId, message));
  assert.deepEqual(
    listed.map(({ runId, status }) => [runId, status]),
    [[second, 'interrupted']],
  );
  assert.equal(told[0], first);
  assert.match(told[1]!, /run\.json is damaged: expected JSON/);
  assert.throws(() => listRuns(runs), /run\.json is damaged/);
  assert.equal(findRun(runs, '20260101'), join(runs, first));
});

test('readResult - a damaged result is named', () => {
  const runs = newRuns();
  const folder = join(runs, makeRun(runs, 1));
  assert.equal(readResult(folder), undefined);
  writeFileSync(join(folder, 'result.json'), '');
  assert.throws(() => readResult(folder), /result\.json is damaged: expected JSON: it is empty/);
});

test('run list - shows where a run is running, and says which run.json is damaged', async () => {
  const runs = newRuns();
  const ids = [
    makeRun(runs, 1, { process: elsewhere }),
    makeRun(runs, 2),
    makeRun(runs, 3, { process: ownMark() }),
    makeRun(runs, 4),
  ];
  damage(runs, ids[3]!);
  const { code, stdout, stderr } = await runCommand(['list'], { MANYHEADS_RUNS: runs });
  assert.equal(code, 0, stderr);
  const row = (id: string): string => stdout.split('\n').find((line) => line.startsWith(id)) ?? '';
  assert.match(row(ids[0]!), /running on another-machine/);
  assert.match(row(ids[1]!), /interrupted/);
  assert.match(row(ids[2]!), /running {2,}/);
  assert.match(
    stderr,
    new RegExp(`${ids[3]}/run\\.json is damaged: expected JSON.*\\n +Put it back from a copy`),
  );
  const { stdout: json } = await runCommand(['list', '--json'], { MANYHEADS_RUNS: runs });
  const listed = JSON.parse(json) as { runs: { elsewhere: string | null }[]; damaged: { runId: string }[] };
  assert.deepEqual(
    listed.runs.map((run) => run.elsewhere),
    ['another-machine', null, null],
  );
  assert.deepEqual(
    listed.damaged.map(({ runId }) => runId),
    [ids[3]],
  );
});

test('run FILE --resume - does not take a run that is running on another machine, and exits with 2', async () => {
  const runs = newRuns();
  const runId = makeRun(runs, 1, { process: elsewhere });
  const { code, stderr } = await runCommand([experiment, '--resume'], { MANYHEADS_RUNS: runs });
  assert.equal(code, 2);
  assert.match(stderr, /is running \(process \d+ on another-machine\)/);
  assert.equal(basename(findRun(runs, runId)), runId);
});
