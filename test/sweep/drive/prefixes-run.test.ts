// Sweeps of a tiny experiment with real processes: trials that begin with the same stages train them once, whatever happens to
// the one that does, and end with the weights that they have alone.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { slotsOf, thisMachine } from '../../../src/sweep/launch/slots.ts';
import { overridesOf } from '../../../src/sweep/ledger/freeze.ts';
import { readTrials } from '../../../src/sweep/ledger/ledger.ts';
import { publishedPrefixes } from '../../../src/sweep/ledger/prefixes.ts';
import type { EpochReport } from '../../../src/train/events.ts';
import { runCommand, startCommand } from '../../run/command.ts';
import { makeTiny, type Tiny } from '../../run/tiny.ts';
import { history } from '../halving.ts';
import {
  assertOneResult,
  assertSameWeights,
  begunSweep,
  hasCheckpoint,
  newRuns,
  reportOf,
  states,
  sweepFolder,
  until,
} from '../real-sweep.ts';
import { smallest } from '../smallest.ts';

let tiny: Tiny;
before(async () => {
  tiny = await makeTiny(30);
});

/** Trials of the stages small and heads, of which the first is shared by those that differ in the second. */
function writeSweep(name: string, axes: string, epochs = 3): string {
  const file = join(tiny.folder, `${name}.yaml`);
  const values = `values:\n  ${smallest}\n  "stages[small].epochs": ${epochs}`;
  writeFileSync(file, `name: ${name}\nbase: tiny.yaml\n${values}\n${axes}`);
  return file;
}

/** Stage and epoch of all epochs that were trained, not carried, by the newest attempts of these trials. */
function trained(runs: string, trials: readonly { directory: string | null }[]): string[] {
  const rows = trials.flatMap(({ directory }) => history(join(runs, directory!)));
  const own = rows.filter(({ carriedFrom }) => carriedFrom === undefined);
  return own.map(({ stageName, epoch }) => `${stageName} ${epoch}`);
}

/** What does not depend on the clock. */
const numbersOf = ({ seconds: _, imagesPerSecond: __, carriedFrom: ___, ...rest }: EpochReport) => rest;

test('run sweep - a first stage that two trials share is trained once, and both have the weights that they have alone', async () => {
  const environment = { MANYHEADS_RUNS: newRuns() };
  const file = writeSweep(
    'shared',
    'axes: { "stages[heads].optimizer.learningRate": [0.01, 0.02] }\nseeds: [1, 2]\n',
  );
  const dry = await runCommand(['sweep', file, '--dry-run', '--json'], environment);
  assert.equal(dry.code, 0, dry.stderr);
  const plan = JSON.parse(dry.stdout) as { total: { epochs: number }; shared: { epochs: number } };
  assert.deepEqual([plan.total.epochs, plan.shared.epochs], [14, 6], '4 × 5 without 2 × 3');
  const report = reportOf(await runCommand(['sweep', file, '--json', '--parallel', '2'], environment));
  const folder = sweepFolder(environment.MANYHEADS_RUNS, 'shared');
  assertOneResult(folder);
  assert.equal(trained(environment.MANYHEADS_RUNS, report.trials).length, plan.total.epochs);
  assert.deepEqual(publishedPrefixes(folder), new Set(), 'nobody needs them any more');

  const ofSeed1 = report.trials.filter((_, i) => i % 2 === 0);
  assert.deepEqual(trained(environment.MANYHEADS_RUNS, ofSeed1).sort(), [
    'heads 1',
    'heads 1',
    'heads 2',
    'heads 2',
    'small 1',
    'small 2',
    'small 3',
  ]);
  const [trainer, taker] = ofSeed1.map(({ hash, directory }) => {
    return { hash, rows: history(join(environment.MANYHEADS_RUNS, directory!)) };
  });
  assert.deepEqual(
    taker!.rows.map(({ runEpoch, carriedFrom }) => [runEpoch, carriedFrom]),
    [1, 2, 3, 4, 5].map((epoch) => [epoch, epoch <= 3 ? trainer!.hash : undefined]),
  );
  const { result } = states(folder)[2]!;
  assert.deepEqual(
    result!.stages.map(({ epochs, carriedFrom }) => [epochs, carriedFrom]),
    [
      [3, trainer!.hash],
      [2, undefined],
    ],
  );
  assert.equal(result!.costs.length, 1, 'what it did not train tells nothing of the speed here');
  // Its run in MLflow has all epochs.
  const spool = readFileSync(
    join(environment.MANYHEADS_RUNS, ofSeed1[1]!.directory!, 'metrics.jsonl'),
    'utf8',
  );
  const events = spool
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const steps = events.filter(({ type, values }) => type === 'metrics' && 'validation/loss' in values);
  assert.deepEqual(
    steps.map(({ step }) => step),
    [1, 2, 3, 4, 5],
  );
  const tags = events.find(({ type }) => type === 'run').run.tags;
  assert.deepEqual([tags.carriedEpochs, tags.carriedFrom], ['3', trainer!.hash]);

  // Sums are rounded by the number of threads, so that has to be the same.
  const [slot] = slotsOf(thisMachine({ CUDA_VISIBLE_DEVICES: '' }), { parallel: 2, trialBytes: 1 });
  for (const [i, trial] of readTrials(folder).entries()) {
    if (i % 2 === 1) continue;
    const runs = newRuns();
    const alone = await runCommand([join(folder, 'base.yaml'), ...overridesOf(trial), '--json'], {
      MANYHEADS_RUNS: runs,
      ...slot!.environment,
    });
    assert.equal(alone.code, 0, alone.stderr);
    const outcome = JSON.parse(alone.stdout) as { weightsHash: string; runId: string };
    assert.equal(report.trials[i]!.weightsHash, outcome.weightsHash, trial.label);
    const rows = history(join(runs, outcome.runId));
    assert.deepEqual(
      history(join(environment.MANYHEADS_RUNS, report.trials[i]!.directory!)).map(numbersOf),
      rows.map(numbersOf),
    );
  }
});

/** Enough for a process to be killed before the last of them. */
const SHARED_EPOCHS = 25;
const twoHeads = 'axes: { "stages[heads].optimizer.learningRate": [0.01, 0.02] }\n';

test('run sweep - the trial that trains a shared stage is killed: another one takes over, then a new driver goes on', async () => {
  const calmRuns = newRuns();
  const calm = await runCommand(
    ['sweep', writeSweep('calm', twoHeads, SHARED_EPOCHS), '--json', '--parallel', '2'],
    {
      MANYHEADS_RUNS: calmRuns,
    },
  );
  const environment = { MANYHEADS_RUNS: newRuns() };
  const file = writeSweep('killed', `${twoHeads}limits: { retries: 5 }\n`, SHARED_EPOCHS);
  const started = startCommand(['sweep', file, '--parallel', '2'], environment);
  const folder = await begunSweep(environment.MANYHEADS_RUNS, 'killed');
  await until('a checkpoint of the first trial', () => hasCheckpoint(states(folder)[0]!));
  assert.deepEqual(states(folder)[1]!.attempts, [], 'the second waits, though there is room for it');
  process.kill(states(folder)[0]!.attempts[0]!.record!.pid, 'SIGKILL');
  await until('a checkpoint of the second trial', () => hasCheckpoint(states(folder)[1]!));
  assert.equal(states(folder)[0]!.attempts.length, 1, 'the first waits for what the second trains');
  started.child.kill('SIGINT');
  assert.equal((await started.finished).code, 130);

  const again = await runCommand(['sweep', file, '--resume', '--json', '--parallel', '2'], environment);
  assertSameWeights(
    { finished: again, runs: environment.MANYHEADS_RUNS },
    { finished: calm, runs: calmRuns },
  );
  assertOneResult(folder);
  const report = reportOf(again);
  const rows = report.trials.map(({ directory }) => history(join(environment.MANYHEADS_RUNS, directory!)));
  // After the interruption, the one that comes first trains the stage and the other one takes it.
  const takers = rows.filter(([first]) => first!.carriedFrom !== undefined);
  assert.equal(takers.length, 1);
  assert.equal(takers[0]!.filter(({ carriedFrom }) => carriedFrom !== undefined).length, SHARED_EPOCHS);
});

test('run sweep - a shared stage that cannot be trained: its trials fail, each by itself, and the others are done; --force trains anew', async () => {
  const environment = { MANYHEADS_RUNS: newRuns() };
  const sgd = '{ name: sgd, learningRate: 100, momentum: 0.99 }';
  const file = writeSweep(
    'failing',
    `axes:
  first:
    zip:
      stages[small].optimizer: [${sgd}, { name: adam }]
      stages[small].loss: [{ headWeights: { colour: 1.0e+30 } }, {}]
  stages[heads].optimizer.learningRate: [0.01, 0.02]
`,
    1,
  );
  const report = reportOf(await runCommand(['sweep', file, '--json', '--parallel', '2'], environment), 1);
  assert.deepEqual(
    report.trials.map(({ status }) => status),
    ['failed', 'failed', 'done', 'done'],
  );
  for (const { reason } of report.trials.slice(0, 2)) assert.match(reason!, /the loss became/);
  const done = report.trials.slice(2);
  assert.deepEqual(trained(environment.MANYHEADS_RUNS, done).sort(), [
    'heads 1',
    'heads 1',
    'heads 2',
    'heads 2',
    'small 1',
  ]);
  const folder = sweepFolder(environment.MANYHEADS_RUNS, 'failing');
  assert.ok(!existsSync(join(folder, 'prefixes')));
  const failed = await runCommand(['sweep', file, '--failed', '--json', '--parallel', '2'], environment);
  assert.equal(failed.code, 1, failed.stderr);
  assert.deepEqual(
    states(folder).map(({ attempts }) => attempts.length),
    [2, 2, 1, 1],
  );

  const forced = reportOf(
    await runCommand(['sweep', file, '--force', '--json', '--parallel', '2'], environment),
    1,
  );
  assert.notEqual(forced.directory, report.directory);
  const anew = forced.trials.slice(2);
  assert.equal(trained(environment.MANYHEADS_RUNS, anew).filter((one) => one === 'small 1').length, 1);
  assert.deepEqual(
    anew.map(({ weightsHash }) => weightsHash),
    done.map(({ weightsHash }) => weightsHash),
  );
});

test('run sweep - asha over a shared stage: a rung at its end costs one training of it, and the best end with the weights of the whole grid', async () => {
  const axes = 'axes: { "stages[heads].optimizer.learningRate": [0.01, 0.02, 0.001, 0.0001] }\n';
  const whole = await runCommand(['sweep', writeSweep('grid', axes, 2), '--json', '--parallel', '2'], {
    MANYHEADS_RUNS: newRuns(),
  });
  const ofGrid = new Map(reportOf(whole).trials.map(({ hash, weightsHash }) => [hash, weightsHash]));
  for (const minEpochs of [1, 2]) {
    const environment = { MANYHEADS_RUNS: newRuns() };
    const text = `${axes}strategy: { name: asha, minEpochs: ${minEpochs}, reduction: 2 }\n`;
    const file = writeSweep(`halving${minEpochs}`, text, 2);
    const report = reportOf(await runCommand(['sweep', file, '--json', '--parallel', '2'], environment));
    assert.equal(report.status, 'finished');
    const done = report.trials.filter(({ status }) => status === 'done');
    assert.ok(done.length >= 1, 'one came to its end');
    for (const { hash, weightsHash } of done) assert.equal(weightsHash, ofGrid.get(hash));
    if (minEpochs === 1) continue;
    const newest = states(sweepFolder(environment.MANYHEADS_RUNS, `halving${minEpochs}`)).map(
      ({ attempts }) => attempts.at(-1)!.folder,
    );
    const own = newest.flatMap((folder) =>
      history(folder).filter(({ carriedFrom }) => carriedFrom === undefined),
    );
    assert.equal(own.filter(({ stageName }) => stageName === 'small').length, 2);
  }
});
