// What goes wrong while a sweep runs and is told to a real MLflow: in the end every trial has one finished run, here and
// there, and each of its epochs is told once.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyFor, stream } from '../../../src/random.ts';
import { readSweep } from '../../../src/sweep/ledger/ledger.ts';
import { runCommand, startCommand } from '../../run/command.ts';
import { makeTiny, type Tiny } from '../../run/tiny.ts';
import { historyOf, viewRun } from '../../track/server-view.ts';
import { useServer } from '../../track/test-server.ts';
import {
  assertOneResult,
  begunSweep,
  isRunning,
  newRuns,
  reportOf,
  states,
  until,
  writeSweep,
} from '../real-sweep.ts';

/** How often processes are killed: 4 times, or so many as this variable says. */
const KILLS = Number(process.env.TEST_KILLS ?? 4);
/** How long MLflow is away at least. */
const OUTAGE_SECONDS = Number(process.env.TEST_OUTAGE_SECONDS ?? 0);
const EPOCHS = 4;

const server = useServer();
let tiny: Tiny;
before(async () => {
  tiny = await makeTiny(30);
});

const RATES = 'axes: { optimizer.learningRate: [0.01, 0.02, 0.03] }\n';
const sweepFile = (name: string, epochs = EPOCHS, more = '') => writeSweep(tiny, name, RATES + more, epochs);

const newEnvironment = (): { MANYHEADS_RUNS: string; MLFLOW_TRACKING_URI: string } => ({
  MANYHEADS_RUNS: newRuns(),
  MLFLOW_TRACKING_URI: server.uri,
});

/** One finished attempt and result here, one finished run with every epoch once there, and the sweep's own run. */
async function assertOneRunEach(folder: string, epochs = EPOCHS): Promise<void> {
  assertOneResult(folder);
  for (const { attempts, result } of states(folder)) {
    const run = await viewRun(server.uri, result!.runId);
    assert.equal(run.info.status, 'FINISHED');
    const parent = await viewRun(server.uri, readSweep(folder).id);
    assert.equal(run.tags['mlflow.parentRunId'], parent.info.run_id);
    for (const key of ['train/loss', 'validation/loss', 'secondsPerEpoch']) {
      const points = await historyOf(server.uri, run, key);
      assert.deepEqual(
        points.map(({ step }) => step),
        Array.from({ length: epochs }, (_, i) => i + 1),
        `${key} of ${attempts.length} attempts`,
      );
    }
    assert.equal(run.metrics['validationBest/loss'], result!.metric);
  }
  const own = await viewRun(server.uri, readSweep(folder).id);
  assert.equal(own.info.status, 'FINISHED');
  assert.equal(own.metrics.trialsDone, 3);
}

test(`run sweep - killed with -9 at ${KILLS} random moments, one trial or all processes: every epoch is told once`, async () => {
  const environment = newEnvironment();
  const epochs = 2 * KILLS;
  const file = sweepFile('killed', epochs, `limits: { retries: ${KILLS} }\n`);
  const call = ['sweep', file, '--json', '--parallel', '2'];
  const numbers = stream(keyFor(0, 'kills'));
  let driver = startCommand(call, environment);
  const folder = await begunSweep(environment.MANYHEADS_RUNS, 'killed');
  const trialPids = (): number[] =>
    states(folder).flatMap(({ status, attempts }) => {
      const pid = attempts.at(-1)?.record?.pid;
      return status === 'running' && pid !== undefined && isRunning(pid) ? [pid] : [];
    });
  for (let kills = 0; kills < KILLS; kills++) {
    await until('a trial', () => trialPids().length > 0);
    await sleep(2000 * numbers.uniform());
    const pids = trialPids();
    if (kills % 2 === 0) pids.splice(1);
    else driver.child.kill('SIGKILL');
    for (const pid of pids) kill(pid);
    if (kills % 2 === 0) continue;
    await driver.finished;
    driver = startCommand(call, environment);
  }
  assert.equal(reportOf(await driver.finished).status, 'finished');
  assert.ok(
    states(folder).some(({ attempts }) => attempts.length > 1),
    'some were cut off',
  );
  await assertOneRunEach(folder, epochs);
});

test('run sweep - MLflow is killed and away: no trial fails or waits for it, and what was kept is sent when it is back', async () => {
  const environment = newEnvironment();
  // Longer than the server is away: what is left at the end waits for `run sync`, as the next test has it.
  const epochs = EPOCHS + 30 * OUTAGE_SECONDS;
  const started = startCommand(
    ['sweep', sweepFile('away', epochs), '--json', '--parallel', '2'],
    environment,
  );
  const folder = await begunSweep(environment.MANYHEADS_RUNS, 'away');
  await until('a trial', () => states(folder).some(({ attempts }) => attempts.length > 0));
  server.kill();
  const gone = performance.now();
  await until('a result', () => states(folder).some(({ status }) => status === 'done'));
  await sleep(Math.max(0, OUTAGE_SECONDS * 1000 - (performance.now() - gone)));
  assert.equal(started.child.exitCode, null, 'the sweep goes on for longer than the server is away');
  // A server starts slowly on a busy machine, and a sweep that ends before it leaves what was kept to `run sync`.
  started.child.kill('SIGSTOP');
  await server.restart();
  started.child.kill('SIGCONT');
  const { code, stderr } = await started.finished;
  assert.equal(code, 0, stderr);
  assert.ok(states(folder).every(({ attempts }) => attempts.length === 1));
  await assertOneRunEach(folder, epochs);
});

test('run sweep - MLflow is away from beginning to end: the call says how to send what was kept, and that does', async () => {
  const environment = { ...newEnvironment(), MLFLOW_TRACKING_URI: 'http://127.0.0.1:1' };
  const { code, stderr } = await runCommand(['sweep', sweepFile('kept', 1), '--parallel', '3'], environment);
  assert.equal(code, 0, stderr);
  const [, name] = /3 trials have more to tell .*: run sync (\S+) sends it\./.exec(stderr) ?? [];
  assert.ok(name, stderr);
  const synced = await runCommand(['sync', name, '--uri', server.uri], environment);
  assert.equal(synced.code, 0, synced.stderr);
  await assertOneRunEach(await begunSweep(environment.MANYHEADS_RUNS, 'kept'), 1);
});

test('run sweep - the same new sweep started twice at once: one plan, no trial twice, one of them says so', async () => {
  const environment = newEnvironment();
  const file = sweepFile('both');
  const both = [0, 1].map(() => startCommand(['sweep', file, '--json', '--parallel', '1'], environment));
  const outcomes = await Promise.all(both.map(({ finished }) => finished));
  for (const outcome of outcomes) assert.equal(reportOf(outcome).status, 'finished');
  const said = (pattern: RegExp): number => outcomes.filter(({ stderr }) => pattern.test(stderr)).length;
  assert.equal(said(/New sweep/), 1);
  assert.equal(said(/Going on with/), 1);
  assert.equal(said(/process \d+ on \S+ runs this sweep too/), 1);
  const folder = await begunSweep(environment.MANYHEADS_RUNS, 'both');
  assert.ok(states(folder).every(({ attempts }) => attempts.length === 1));
  await assertOneRunEach(folder);
});

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It had ended by itself.
  }
}
