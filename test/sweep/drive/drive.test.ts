// Sweeps of a tiny experiment with real processes: what is killed, stopped or started twice ends with one result a trial.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyFor, stream } from '../../../src/random.ts';
import { slotsOf, thisMachine } from '../../../src/sweep/launch/slots.ts';
import { superviseTrial } from '../../../src/sweep/launch/supervise.ts';
import { readSweep, readTrialState, readTrials } from '../../../src/sweep/ledger/ledger.ts';
import { openSweep } from '../../../src/sweep/ledger/open.ts';
import { runCommand, type Started, startCommand } from '../../run/command.ts';
import { makeTiny, type Tiny } from '../../run/tiny.ts';
import {
  assertOneResult,
  assertSameWeights,
  begunSweep,
  hasCheckpoint,
  isRunning,
  newRuns,
  reportOf,
  states,
  sweepFolder,
  until,
  writeSweep,
} from '../real-sweep.ts';

/** How often trials are killed: at most 4 times, or so many as this variable says. */
const KILLS = Number(process.env.TEST_KILLS ?? 4);

let tiny: Tiny;
before(async () => {
  tiny = await makeTiny(30);
});

const sweepFile = (name: string, more: string, epochs = 4) => writeSweep(tiny, name, more, epochs);

/** Process of the newest attempt of a trial that is at work, once it has trained a little. */
function busyPids(folder: string): number[] {
  return states(folder).flatMap(({ status, attempts }) => {
    const newest = attempts.at(-1);
    return status === 'running' && newest?.record ? [newest.record.pid] : [];
  });
}

test('run FILE - of a sweep runs every trial once; the same weights as the winning experiment alone', async () => {
  const environment = { MANYHEADS_RUNS: newRuns() };
  const file = sweepFile('whole', 'axes: { model.pooling: [[gap], [gmp]] }\nseeds: [1, 2]\n', 1);
  const first = await runCommand([file, '--json', '--parallel', '2'], environment);
  const report = reportOf(first);
  assert.equal(report.status, 'finished');
  assert.equal(report.trials.length, 4);
  assert.equal(new Set(report.trials.map(({ weightsHash }) => weightsHash)).size, 4);
  const folder = sweepFolder(environment.MANYHEADS_RUNS, 'whole');
  assertOneResult(folder);
  assert.equal(readSweep(folder).id, report.sweep);

  // Nothing is left to do, so nothing is done.
  const again = await runCommand([file, '--json'], environment);
  assert.deepEqual(reportOf(again).trials, report.trials);
  assert.equal(states(folder).flatMap(({ attempts }) => attempts).length, 4);

  const best = await runCommand(['best', report.sweep], environment);
  const alone = join(newRuns(), 'best.yaml');
  writeFileSync(alone, best.stdout);
  // Sums are rounded by the number of threads, so that has to be the same.
  const [slot] = slotsOf(thisMachine({ CUDA_VISIBLE_DEVICES: '' }), { parallel: 2, trialBytes: 1 });
  const outcome = await runCommand([alone, '--json'], { MANYHEADS_RUNS: newRuns(), ...slot!.environment });
  assert.equal(outcome.code, 0, outcome.stderr);
  assert.equal((JSON.parse(outcome.stdout) as { weightsHash: string }).weightsHash, report.best!.weightsHash);

  // A larger sweep over the same values takes what is there.
  const larger = sweepFile('larger', 'axes: { model.pooling: [[gap], [gmp]] }\nseeds: [1, 2, 3]\n', 1);
  const dry = await runCommand(['sweep', larger, '--dry-run', '--json'], environment);
  const planned = JSON.parse(dry.stdout) as { trials: { hash: string; status: string }[] };
  assert.deepEqual(
    planned.trials.map(({ status }) => status),
    ['done', 'done', 'planned', 'done', 'done', 'planned'],
  );
});

test('run sweep - trials killed with -9 at random moments are tried again, and end with the weights of those that were not', async () => {
  const file = sweepFile(
    'killed',
    'axes: { optimizer.learningRate: [0.01, 0.02] }\nlimits: { retries: 50 }\n',
  );
  const calmRuns = newRuns();
  const calm = await runCommand([file, '--json', '--parallel', '2'], { MANYHEADS_RUNS: calmRuns });
  const environment = { MANYHEADS_RUNS: newRuns() };
  const started = startCommand(['sweep', file, '--json', '--parallel', '2'], environment);
  const folder = await begunSweep(environment.MANYHEADS_RUNS, 'killed');
  const seen = new Set<number>();
  const numbers = stream(keyFor(0, 'kills'));
  for (let kills = 0; kills < KILLS; ) {
    await sleep(100 + 1200 * numbers.uniform());
    if (states(folder).every(({ status }) => status === 'done')) break;
    for (const pid of busyPids(folder)
      .filter((one) => !seen.has(one))
      .slice(0, 1)) {
      seen.add(pid);
      try {
        process.kill(pid, 'SIGKILL');
        kills++;
      } catch {
        // It had ended by itself.
      }
    }
  }
  const outcome = await started.finished;
  assertOneResult(folder);
  assert.ok(
    states(folder).some(({ failures }) => failures > 0),
    'at least one was killed',
  );
  assertSameWeights(
    { finished: outcome, runs: environment.MANYHEADS_RUNS },
    { finished: calm, runs: calmRuns },
  );
});

test('superviseTrial - what does not stop within the grace is killed; without one it has all the time that it takes', async () => {
  const file = sweepFile('grace', 'axes: { optimizer.learningRate: [0.01, 0.02] }\n', 100_000);
  const { folder } = openSweep(file, newRuns(), { overrides: [], resume: false, force: false });
  /** Asks a trial to stop while it stands still, for longer than the first one's grace. */
  const stopStanding = async (index: number, graceMs: number | null): Promise<number | null> => {
    const stop = new AbortController();
    const job = { trial: readTrials(folder)[index]!.hash, epochs: null };
    const ended = superviseTrial(job, { sweepFolder: folder, signal: stop.signal, graceMs });
    await until('a checkpoint', () => hasCheckpoint(states(folder)[index]!));
    const { pid } = states(folder)[index]!.attempts[0]!.record!;
    process.kill(pid, 'SIGSTOP');
    stop.abort();
    await sleep(1000);
    if (isRunning(pid)) process.kill(pid, 'SIGCONT');
    return ended;
  };
  assert.deepEqual(await Promise.all([stopStanding(0, 100), stopStanding(1, null)]), [null, 75]);
  const [killed, stopped] = states(folder).map(({ exit }) => exit!);
  assert.match(killed!.reason!, /ended by SIGKILL/);
  assert.match(stopped!.reason!, /stopped with a checkpoint/);
});

test('run sweep - every process killed, then the same call: it goes on, and no trial outlives whoever started it', async () => {
  const environment = { MANYHEADS_RUNS: newRuns() };
  const file = sweepFile('allkilled', 'axes: { optimizer.learningRate: [0.01, 0.02] }\n', 6);
  const started = startCommand(['sweep', file, '--parallel', '2'], environment);
  const folder = await begunSweep(environment.MANYHEADS_RUNS, 'allkilled');
  await until('a checkpoint', () => states(folder).some(hasCheckpoint));
  const trials = busyPids(folder);
  started.child.kill('SIGKILL');
  await started.finished;
  await until('the end of its trials', () => trials.every((pid) => !isRunning(pid)));
  const again = await runCommand(['sweep', file, '--json', '--parallel', '2'], environment);
  assert.equal(again.code, 0, again.stderr);
  assertOneResult(folder);
  const attempts = states(folder).flatMap((state) => state.attempts);
  assert.ok(
    attempts.some(({ record }) => record?.from === 1),
    'one went on from a checkpoint',
  );
});

test('run sweep - Ctrl-C: trials write checkpoints, the next call goes on; twice at once: each trial runs once', async () => {
  const environment = { MANYHEADS_RUNS: newRuns() };
  const file = sweepFile('twice', 'axes: { optimizer.learningRate: [0.01, 0.02, 0.03] }\n', 5);
  const started = startCommand(['sweep', file, '--parallel', '2'], environment);
  const folder = await begunSweep(environment.MANYHEADS_RUNS, 'twice');
  await until('an epoch', () => states(folder).some(hasCheckpoint));
  started.child.kill('SIGINT');
  const stopped = await started.finished;
  assert.equal(stopped.code, 130, stopped.stderr);
  assert.match(stopped.stderr, /to go on:\n {2}npx run sweep /);
  const ends = states(folder).flatMap(({ attempts }) => attempts.map(({ exit }) => exit?.code));
  assert.ok(ends.length > 0 && ends.every((code) => code === 75 || code === 0), ends.join());

  const both: Started[] = [0, 1].map(() =>
    startCommand(['sweep', file, '--json', '--parallel', '1'], environment),
  );
  for (const { finished } of both) {
    const outcome = await finished;
    assert.equal(reportOf(outcome).status, 'finished');
  }
  assertOneResult(folder);
  // After the interruption no trial was begun by both.
  for (const { attempts } of states(folder)) {
    const afterwards = attempts.filter(({ exit }) => exit?.code !== 75);
    assert.equal(afterwards.length, 1);
  }
});

test('run sweep - a trial that cannot succeed is not tried again and touches no other; --failed tries it', async () => {
  const environment = { MANYHEADS_RUNS: newRuns() };
  const file = sweepFile(
    'diverging',
    `axes:
  optimizer: [{ name: adam }, { name: sgd, learningRate: 100, momentum: 0.99 }]
  loss.headWeights.colour: [1, 1e30]
exclude: [{ optimizer: { name: sgd, learningRate: 100, momentum: 0.99 }, loss.headWeights.colour: 1 }, { optimizer: { name: adam }, loss.headWeights.colour: 1e30 }]
`,
    3,
  );
  const outcome = await runCommand(['sweep', file, '--json', '--parallel', '2'], environment);
  const [good, bad] = reportOf(outcome, 1).trials;
  assert.equal(good!.status, 'done');
  assert.equal(bad!.status, 'failed');
  assert.match(bad!.reason!, /the loss became/);
  const folder = sweepFolder(environment.MANYHEADS_RUNS, 'diverging');
  assert.equal(readTrialState(folder, bad!.hash).attempts.length, 1);
  const again = await runCommand(['sweep', file, '--json', '--failed'], environment);
  assert.equal(again.code, 1);
  assert.equal(readTrialState(folder, bad!.hash).attempts.length, 2);
  const log = readFileSync(join(readTrialState(folder, bad!.hash).attempts[0]!.folder, 'log.txt'), 'utf8');
  assert.match(log, /the loss became/);
});

test('run sweep - a trial beyond limits.hours is stopped and failed', async () => {
  const environment = { MANYHEADS_RUNS: newRuns() };
  const limits = 'limits: { hours: 0.0005 }\n';
  const file = sweepFile('slow', `axes: { optimizer.learningRate: [0.01] }\n${limits}`, 100_000);
  const outcome = await runCommand(['sweep', file, '--json'], environment);
  const [trial] = reportOf(outcome, 1).trials;
  assert.match(trial!.reason!, /limits\.hours/);
});
