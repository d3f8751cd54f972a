// Sweeps on a real Slurm of one node, all in a folder: what is killed, cancelled or out of time ends with one result a trial.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { TrialState } from '../../../../src/sweep/ledger/ledger.ts';
import { runCommand, type Started, startCommand } from '../../../run/command.ts';
import { makeTiny, type Tiny } from '../../../run/tiny.ts';
import { asha, assertHalved, writeHalving } from '../../halving.ts';
import {
  assertOneResult,
  assertSameWeights,
  begunSweep,
  type Ended,
  hasCheckpoint,
  newRuns,
  reportOf,
  states,
  sweepFolder,
  until,
  writeSweep,
} from '../../real-sweep.ts';
import { type PrivateSlurm, startSlurm, whyNoSlurm } from './private-slurm.ts';

/** So that three trials are two arrays. */
const MAX_ARRAY_SIZE = 2;

/** A trial must have it; nobody who reads the sweep's folder may. */
const PASSWORD = 'canary-of-slurm';

/** Most of a test is waiting for Slurm. */
const TESTS_AT_A_TIME = 3;

describe('--launcher slurm', { skip: whyNoSlurm(), concurrency: TESTS_AT_A_TIME }, () => {
  let tiny: Tiny;
  let slurm: PrivateSlurm;
  const drivers: Started[] = [];
  before(async () => {
    tiny = await makeTiny(30);
    slurm = await startSlurm({ maxArraySize: MAX_ARRAY_SIZE });
  });
  after(async () => {
    // Those of tests that failed.
    for (const { child } of drivers) child.kill('SIGKILL');
    await slurm?.stop();
  });

  const sweepFile = (name: string, more: string, epochs: number) => writeSweep(tiny, name, more, epochs);
  function onSlurm(file: string, runs: string, ...more: string[]): Started {
    const driver = startCommand(['sweep', file, '--json', '--launcher', 'slurm', ...more], {
      ...slurm.environment,
      MLFLOW_TRACKING_PASSWORD: PASSWORD,
      MANYHEADS_RUNS: runs,
    });
    drivers.push(driver);
    return driver;
  }
  /** A thread for each trial, as a job of one CPU has: sums in another order end in other weights. */
  async function locally(file: string): Promise<Ended> {
    const runs = newRuns();
    const words = ['sweep', file, '--json', '--parallel', String(availableParallelism())];
    return { finished: await runCommand(words, { MANYHEADS_RUNS: runs }), runs };
  }

  /** What the queue has of a sweep in a state: ids of tasks, and the names that our jobs have for them. */
  function tasks(name: string, state: string): { id: string; job: string }[] {
    return slurm
      .call('squeue', '-h', '-r', '-t', state, '-o', '%F_%K %j_%K')
      .split('\n')
      .map((line) => line.split(' '))
      .flatMap(([id, job]) => (job?.startsWith(`${name}-`) ? [{ id: id!, job }] : []));
  }

  test('run sweep - arrays by throttle and size give the results of this machine', async () => {
    const file = sweepFile('whole', 'axes: { optimizer.learningRate: [0.01, 0.02, 0.03] }\n', 1);
    const runs = newRuns();
    const [finished, here] = await Promise.all([
      onSlurm(file, runs, '--parallel', '2').finished,
      locally(file),
    ]);
    assertSameWeights({ finished, runs }, here);
    const folder = sweepFolder(runs, 'whole');
    assertOneResult(folder);
    const arrays = readdirSync(join(folder, 'slurm')).map((name) => join(folder, 'slurm', name));
    const scripts = arrays.map((array) => readFileSync(join(array, 'batch.sh'), 'utf8')).sort();
    assert.deepEqual(
      scripts.map((text) => /--array=(\S+)/.exec(text)![1]!).sort(),
      ['0-0%2', '0-1%2'],
      'as many as an array may have, the rest after it',
    );
    assert.ok(scripts.some((text) => text.includes('--dependency=afterany:')));
    for (const array of arrays) {
      assert.equal(statSync(join(array, 'batch.sh')).mode & 0o077, 0, 'for its owner alone');
      assert.ok(existsSync(join(array, '0.log')));
    }
    assert.match(states(folder)[0]!.attempts[0]!.record!.job!, /^whole-.*_0$/);
  });

  test('run sweep - each trial has a GPU of its own; one killed with -9, one whose job is, and one cancelled go on', async () => {
    const file = sweepFile('killed', 'axes: { optimizer.learningRate: [0.01, 0.02, 0.03] }\n', 40);
    const runs = newRuns();
    const started = onSlurm(file, runs, '--sbatch', '--gres=gpu:1');
    const folder = await heldAtCheckpoints(started, runs, 'killed');
    const [trial, job, cancelled] = states(folder).map(({ attempts }) => attempts[0]!.record!);
    assert.deepEqual([trial, job, cancelled].map((one) => gpusOf(one!.pid)).sort(), ['0', '1', '2']);
    assert.ok(readFileSync(`/proc/${trial!.pid}/environ`, 'latin1').includes(`=${PASSWORD}\0`));
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    assert.ok(files.some(({ name }) => name === 'batch.sh'));
    for (const { parentPath, name } of files)
      assert.ok(!readFileSync(join(parentPath, name)).includes(PASSWORD), name);
    process.kill(trial!.pid, 'SIGKILL');
    process.kill(parentOf(job!.pid), 'SIGKILL');
    const { id } = tasks('killed', 'RUNNING').find((task) => task.job === cancelled!.job)!;
    slurm.call('scancel', id);
    process.kill(cancelled!.pid, 'SIGCONT');
    const calm = locally(file);
    assertSameWeights({ finished: await started.finished, runs }, await calm);
    assertOneResult(folder);
    const ends = states(folder).map(({ attempts }) => attempts.map(({ exit }) => exit));
    assert.match(ends[0]![0]!.reason!, /ended by SIGKILL/);
    assert.match(ends[1]![0]!.reason!, /its job ended as FAILED/);
    assert.equal(ends[2]![0]!.code, 75);
  });

  test('run sweep - asha: each rung is a job, and the best go on from their checkpoints', async () => {
    const runs = newRuns();
    const started = onSlurm(writeHalving(tiny, 'halving', asha), runs);
    const report = reportOf(await started.finished);
    assertHalved(sweepFolder(runs, 'halving'), report);
  });

  test('run sweep - before the time limit the trial writes a checkpoint, and the same job goes on from it', async () => {
    // Longer than any test: Slurm, which looks at limits every 30 s, stops it wherever it is.
    const file = sweepFile('limited', 'axes: { optimizer.learningRate: [0.01] }\n', 100_000);
    const runs = newRuns();
    const started = onSlurm(file, runs, '--sbatch', '--time=1 --signal=B:USR1@10');
    const folder = await begunSweep(runs, 'limited');
    const attempts = () => states(folder)[0]!.attempts;
    // On a busy machine the first signals may come before there is anything to write.
    const goneOn = () => attempts().find(({ record }) => typeof record?.from === 'number');
    for (let waits = 0; waits < 2 && goneOn() === undefined; waits++)
      await until('an attempt from a checkpoint', () => goneOn() !== undefined).catch(() => undefined);
    const next = goneOn();
    assert.ok(next, JSON.stringify(attempts()));
    const before = attempts().find(({ number }) => number === next.record!.from)!;
    assert.equal(before.exit!.code, 75);
    assert.equal(next.record!.job, before.record!.job, 'queued again by itself');
    assert.equal(gpusOf(next.record!.pid), '', 'none without --gres');
    const [array] = readdirSync(join(folder, 'slurm'));
    assert.match(readFileSync(join(folder, 'slurm', array!, '0.log'), 'utf8'), /The time is nearly up/);
    started.child.kill('SIGINT');
    assert.equal((await started.finished).code, 130);
  });

  test('run sweep - the driver killed: its jobs run on, the next driver finds them and submits none twice', async () => {
    const file = sweepFile('driven', 'axes: { optimizer.learningRate: [0.01, 0.02] }\n', 20);
    const runs = newRuns();
    const first = onSlurm(file, runs, '--parallel', '1');
    const folder = await begun(first, runs, 'driven', 1);
    first.child.kill('SIGKILL');
    await first.finished;
    assert.equal(tasks('driven', 'all').length, 2);
    const outcome = await onSlurm(file, runs, '--parallel', '1').finished;
    assert.equal(outcome.code, 0, outcome.stderr);
    assertOneResult(folder);
    assert.equal(readdirSync(join(folder, 'slurm')).length, 1, 'one array');
    for (const { attempts } of states(folder)) assert.equal(attempts.length, 1);
  });

  test('run sweep - Ctrl-C takes back what waits, and what runs writes a checkpoint; the next call goes on', async () => {
    const file = sweepFile('stopped', 'axes: { optimizer.learningRate: [0.01, 0.02] }\n', 30);
    const runs = newRuns();
    const first = onSlurm(file, runs, '--parallel', '1');
    const folder = await begun(first, runs, 'stopped', 1);
    first.child.kill('SIGINT');
    assert.equal((await first.finished).code, 130);
    assert.deepEqual(tasks('stopped', 'PENDING,RUNNING,COMPLETING'), []);
    assert.deepEqual(
      states(folder).map(({ status }) => status),
      ['checkpointed', 'waiting'],
    );
    const outcome = await onSlurm(file, runs).finished;
    assert.equal(outcome.code, 0, outcome.stderr);
    assertOneResult(folder);
    assert.deepEqual(
      states(folder).map(({ attempts }) => attempts.map(({ exit }) => exit?.code)),
      [[75, 0], [0]],
    );
  });

  test('run sweep - a job that does not start: why not, and what to do', async () => {
    const file = sweepFile('waiting', 'axes: { optimizer.learningRate: [0.01] }\n', 1);
    const runs = newRuns();
    const started = onSlurm(file, runs, '--sbatch', '--partition=closed');
    const told = /Slurm does not start job \d+_0 \(PartitionDown\)\. .*name one with --sbatch "--partition=/;
    await until('a word about the partition', () => told.test(started.stderr()));
    started.child.kill('SIGINT');
    assert.equal((await started.finished).code, 130);
    assert.deepEqual(tasks('waiting', 'PENDING,RUNNING'), []);
  });

  test('run sweep - what the cluster would not take is said before anything is written', async () => {
    const file = sweepFile('refused', 'axes: { optimizer.learningRate: [0.01] }\n', 1);
    const runs = newRuns();
    const partition = await onSlurm(file, runs, '--sbatch', '--partition=nowhere').finished;
    assert.equal(partition.code, 1);
    assert.match(partition.stderr, /sbatch refused: .*[Ii]nvalid partition/);
    assert.match(partition.stderr, /The partitions here: main, closed\./);
    const gres = await onSlurm(file, runs, '--sbatch', '--gres=gpu:9').finished;
    assert.match(gres.stderr, /sbatch refused: .*node configuration/i);
    const ours = await onSlurm(file, runs, '--sbatch', '--array=0-9 --signal=USR1@60 -o x').finished;
    assert.equal(ours.code, 2);
    assert.match(ours.stderr, /--array can't be.*[\s\S]*B:USR1@SECONDS[\s\S]*-o can't be/);
    const path = mkdtempSync(join(tmpdir(), 'manyheads-path-'));
    const none = await runCommand(['sweep', file, '--launcher', 'slurm'], {
      PATH: path,
      MANYHEADS_RUNS: runs,
    });
    assert.equal(none.code, 1);
    assert.match(none.stderr, /squeue of Slurm is not on this machine\n.*submits to the cluster/);
    assert.deepEqual(readdirSync(runs), []);
  });

  /** Once so many trials are at work and have a checkpoint of their own. */
  function begun(driver: Started, runs: string, name: string, count: number): Promise<string> {
    return onceAtWork(driver, runs, name, (busy) => busy.length >= count);
  }

  /** Once every trial is at work and stands still behind a checkpoint, however early it came to a processor. */
  function heldAtCheckpoints(driver: Started, runs: string, name: string): Promise<string> {
    return onceAtWork(driver, runs, name, (busy, all) => {
      // One that stands still already does not mind.
      for (const { attempts } of busy) process.kill(attempts[0]!.record!.pid, 'SIGSTOP');
      return busy.length === all.length;
    });
  }

  /** @param isEnough of the trials at work that have a checkpoint of their own, and of all */
  async function onceAtWork(
    driver: Started,
    runs: string,
    name: string,
    isEnough: (busy: readonly TrialState[], all: readonly TrialState[]) => boolean,
  ): Promise<string> {
    const folder = await begunSweep(runs, name);
    await until(`enough trials of ${name} at work`, () => {
      assert.equal(driver.child.exitCode, null, driver.stderr());
      const all = states(folder);
      const busy = all.filter((one) => one.status === 'running' && hasCheckpoint(one));
      return isEnough(busy, all);
    });
    return folder;
  }
});

/** What a process may use, as CUDA_VISIBLE_DEVICES says. */
function gpusOf(pid: number): string | undefined {
  const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  return variables.find((one) => one.startsWith('CUDA_VISIBLE_DEVICES='))?.split('=')[1];
}

function parentOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[1]);
}
