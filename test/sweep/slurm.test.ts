// Sweeps on a real Slurm of one node, all in a folder: what is killed, cancelled or out of time ends with one result a trial.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readTrialState, readTrials, type TrialState } from '../../src/sweep/ledger.ts';
import type { SweepReport } from '../../src/sweep/watch.ts';
import { type Finished, runCommand, type Started, startCommand } from '../run/command.ts';
import { makeTiny, type Tiny } from '../run/tiny.ts';
import { type PrivateSlurm, startSlurm, whyNoSlurm } from './private-slurm.ts';

/** So that four trials are two arrays. */
const MAX_ARRAY_SIZE = 3;

describe('--launcher slurm', { skip: whyNoSlurm(), concurrency: true }, () => {
  let tiny: Tiny;
  let slurm: PrivateSlurm;
  before(async () => {
    tiny = await makeTiny(30);
    slurm = await startSlurm(MAX_ARRAY_SIZE);
  });
  after(() => slurm?.stop());

  /** Trials of some epochs of three steps each. */
  function sweepFile(name: string, more: string, epochs: number): string {
    const file = join(tiny.folder, `${name}.yaml`);
    writeFileSync(
      file,
      `name: ${name}
base: tiny.yaml
values:
  stages: [{ name: only, imageSize: 16, epochs: ${epochs}, batchSize: 8 }]
${more}`,
    );
    return file;
  }

  const newRuns = (): string => mkdtempSync(join(tmpdir(), 'manyheads-runs-'));
  const onSlurm = (file: string, runs: string, ...more: string[]) =>
    startCommand(['sweep', file, '--json', '--launcher', 'slurm', ...more], {
      ...slurm.environment,
      MANYHEADS_RUNS: runs,
    });
  /** A thread for each trial, as a job of one CPU has: sums in another order end in other weights. */
  const locally = (file: string) =>
    runCommand(['sweep', file, '--json', '--parallel', String(availableParallelism())], {
      MANYHEADS_RUNS: newRuns(),
    });

  /** Tasks of a sweep that are in a state. */
  function tasks(name: string, state: string): string[] {
    return slurm
      .call('squeue', '-h', '-r', '-t', state, '-o', '%F_%K %j')
      .split('\n')
      .filter((line) => line.split(' ')[1]?.startsWith(`${name}-`))
      .map((line) => line.split(' ')[0]!);
  }

  test('run sweep - arrays by throttle and size give the results of this machine, each GPU to one trial', async () => {
    const file = sweepFile('whole', 'axes: { optimizer.learningRate: [0.01, 0.02] }\nseeds: [1, 2]\n', 1);
    const runs = newRuns();
    const [there, here] = await Promise.all([
      onSlurm(file, runs, '--parallel', '2', '--sbatch', '--gres=gpu:1').finished,
      locally(file),
    ]);
    assert.deepEqual(weights(there), weights(here));
    const folder = sweepFolder(runs, 'whole');
    assertOneResult(folder);
    const arrays = readdirSync(join(folder, 'slurm')).map((name) => join(folder, 'slurm', name));
    const scripts = arrays.map((array) => readFileSync(join(array, 'batch.sh'), 'utf8')).sort();
    assert.deepEqual(
      scripts.map((text) => /--array=(\S+)/.exec(text)![1]!).sort(),
      ['0-0%2', '0-2%2'],
      'as many as an array may have, the rest after it',
    );
    assert.ok(scripts.some((text) => text.includes('--dependency=afterany:')));
    for (const array of arrays) {
      assert.equal(statSync(join(array, 'batch.sh')).mode & 0o077, 0, 'for its owner alone');
      assert.ok(existsSync(join(array, '0.log')));
    }
    assert.match(states(folder)[0]!.attempts[0]!.record!.job!, /^whole-.*_0$/);
  });

  test('run sweep - a trial and a job killed with -9, and a job cancelled from outside, go on from their checkpoints', async () => {
    const file = sweepFile('killed', 'axes: { optimizer.learningRate: [0.01, 0.02, 0.03] }\n', 40);
    const runs = newRuns();
    const started = onSlurm(file, runs);
    const calm = locally(file);
    const folder = await begun(started, runs, 'killed', 3);
    const [trial, job, cancelled] = states(folder).map(({ attempts }) => attempts[0]!.record!);
    process.kill(trial!.pid, 'SIGKILL');
    process.kill(parentOf(job!.pid), 'SIGKILL');
    slurm.call('scancel', tasks('killed', 'RUNNING').find((id) => id.endsWith('_2'))!);
    assert.ok(cancelled!.job!.endsWith('_2'));
    const outcome = await started.finished;
    assert.deepEqual(weights(outcome), weights(await calm));
    assertOneResult(folder);
    const ends = states(folder).map(({ attempts }) => attempts.map(({ exit }) => exit));
    assert.match(ends[0]![0]!.reason!, /ended by SIGKILL/);
    assert.match(ends[1]![0]!.reason!, /its job ended as FAILED/);
    assert.equal(ends[2]![0]!.code, 75);
  });

  // It passes alone, and fails beside the others on two cores: the trial's process is killed before its checkpoint, and the
  // next attempt begins anew. To be found: by whom.
  const limited = { todo: 'the trial is killed before its checkpoint where the machine is busy' };
  test(
    'run sweep - before the time limit the trial writes a checkpoint, and the same job goes on to the same weights',
    limited,
    async () => {
      const file = sweepFile('limited', 'axes: { optimizer.learningRate: [0.01] }\n', 20);
      const runs = newRuns();
      const calm = locally(file);
      const started = onSlurm(file, runs, '--sbatch', '--time=1 --signal=B:USR1@20');
      const folder = await begun(started, runs, 'limited', 1);
      // It stands still until Slurm, which looks at limits every 30 s, has sent its signal.
      const { pid } = states(folder)[0]!.attempts[0]!.record!;
      sendTo(pid, 'SIGSTOP');
      for (let tries = 0; !isAskedToStop(pid); tries++) {
        assert.ok(tries < 600, 'no signal before the limit');
        await sleep(100);
      }
      sendTo(pid, 'SIGCONT');
      const outcome = await started.finished;
      const reference = await calm;
      assert.deepEqual(weights(outcome), weights(reference), outcome.stderr);
      assertOneResult(folder);
      const { attempts } = states(folder)[0]!;
      assert.ok(attempts.length > 1, 'it was stopped');
      assert.equal(attempts[0]!.exit!.code, 75);
      assert.equal(attempts[1]!.record!.from, 1);
      assert.equal(attempts[1]!.record!.job, attempts[0]!.record!.job, 'queued again by itself');
      const [array] = readdirSync(join(folder, 'slurm'));
      assert.match(readFileSync(join(folder, 'slurm', array!, '0.log'), 'utf8'), /The time is nearly up/);
    },
  );

  test('run sweep - the driver killed: its jobs run on, the next driver finds them and submits none twice', async () => {
    const file = sweepFile('driven', 'axes: { optimizer.learningRate: [0.01, 0.02, 0.03] }\n', 20);
    const runs = newRuns();
    const first = onSlurm(file, runs, '--parallel', '1');
    const folder = await begun(first, runs, 'driven', 1);
    first.child.kill('SIGKILL');
    await first.finished;
    assert.equal(tasks('driven', 'all').length, 3);
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

  test('run sweep - what the cluster would not take is said before anything is written', async () => {
    const file = sweepFile('refused', 'axes: { optimizer.learningRate: [0.01] }\n', 1);
    const runs = newRuns();
    const partition = await onSlurm(file, runs, '--sbatch', '--partition=nowhere').finished;
    assert.equal(partition.code, 1);
    assert.match(partition.stderr, /sbatch refused: .*[Ii]nvalid partition/);
    assert.match(partition.stderr, /The partitions here: main\./);
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

  async function begun(driver: Started, runs: string, name: string, count: number): Promise<string> {
    // So many trials have a checkpoint of their own.
    for (let tries = 0; tries < 1200; tries++) {
      await sleep(50);
      assert.equal(driver.child.exitCode, null, driver.stderr());
      if (!readdirSync(runs).some((entry) => entry.startsWith(`${name}-`))) continue;
      const folder = sweepFolder(runs, name);
      if (!existsSync(join(folder, 'trials.jsonl'))) continue;
      const busy = states(folder).filter(
        ({ status, attempts }) =>
          status === 'running' && existsSync(join(attempts[0]?.folder ?? '', 'checkpoint/last.safetensors')),
      );
      if (busy.length >= count) return folder;
    }
    throw new Error(`no ${count} trials of ${name} at work within a minute:\n${slurm.call('squeue')}`);
  }
});

function sweepFolder(runs: string, name: string): string {
  const folder = readdirSync(runs).find((entry) => entry.startsWith(`${name}-`));
  assert.ok(folder, `a sweep ${name} in ${readdirSync(runs)}`);
  return join(runs, folder);
}

function states(folder: string): TrialState[] {
  return readTrials(folder).map(({ hash }) => readTrialState(folder, hash));
}

function weights({ code, stdout, stderr }: Finished): (string | null)[] {
  assert.equal(code, 0, stderr);
  return (JSON.parse(stdout) as SweepReport).trials.map(({ weightsHash }) => weightsHash);
}

/** Exactly one result, from an attempt that says so, and no other attempt that finished. */
function assertOneResult(folder: string): void {
  for (const { status, result, attempts } of states(folder)) {
    assert.equal(status, 'done');
    const finished = attempts.filter((attempt) => attempt.exit?.code === 0);
    assert.equal(finished.length, 1, JSON.stringify(attempts.map(({ exit }) => exit)));
    assert.equal(join(folder, '..', result!.directory), finished[0]!.folder);
  }
}

/** Whether SIGTERM waits for a process that stands still, or has ended one that did not yet: proc(5). */
function isAskedToStop(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/status`)) return true;
  const pending = /^ShdPnd:\s*(\w+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]!;
  return (BigInt(`0x${pending}`) & (1n << 14n)) !== 0n;
}

function sendTo(pid: number, signal: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // The signal before the limit was faster.
  }
}

function parentOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[1]);
}
