// A sweep by tpe with real processes: trials follow from results, a driver that was killed or has company chooses no
// trial twice, and what shows sweeps knows those that were chosen.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import type { SweepReport } from '../../../src/sweep/drive/watch.ts';
import { readFrozenSpace, readPoint } from '../../../src/sweep/ledger/frozen-space.ts';
import { readSweep, readTrialState, readTrials } from '../../../src/sweep/ledger/ledger.ts';
import { readSuggestions } from '../../../src/sweep/ledger/suggestions.ts';
import type { Tried } from '../../../src/sweep/search/strategy.ts';
import { nextChoice, type Tpe } from '../../../src/sweep/search/tpe-choice.ts';
import { runCommand, startCommand } from '../../run/command.ts';
import { makeTiny, type Tiny } from '../../run/tiny.ts';
import { newRuns, until, writeSweep } from '../real-sweep.ts';

let tiny: Tiny;
before(async () => {
  tiny = await makeTiny(30);
});

const sweepFile = (name: string, more: string): string => writeSweep(tiny, name, more, 1);

const search = `axes:
  optimizer.learningRate: { distribution: logUniform, from: 1e-4, to: 1e-1 }
  model.pooling: [[gap], [gap, gmp]]
strategy: { name: tpe, startupTrials: 2 }
budget: { trials: 4 }
`;

const reportOf = (stdout: string): SweepReport => JSON.parse(stdout) as SweepReport;

function folderOf(runs: string): string | undefined {
  const name = readdirSync(runs).find((one) => existsSync(join(runs, one, 'sweep.json')));
  return name === undefined ? undefined : join(runs, name);
}

/** Each suggestion follows from what the ledger knows, by what it says was pending and had failed then. */
function assertChosen(folder: string): void {
  const { axes, exclusions, combinations } = readFrozenSpace(folder)!;
  const { strategy, metric } = readSweep(folder);
  const suggestions = readSuggestions(folder);
  const points = [
    ...combinations.map(({ point }) => point),
    ...suggestions.map(({ point }) => readPoint(point)),
  ];
  const hashes = [...combinations, ...suggestions].flatMap(({ trials }) =>
    trials.map((trial) => (typeof trial === 'string' ? trial : trial.hash)),
  );
  for (const { number, pending, failed } of suggestions) {
    const tried = points.slice(0, number).map((point, i): Tried => {
      const { result } = readTrialState(folder, hashes[i]!);
      return { point, figure: pending.includes(i) ? null : failed.includes(i) ? Number.NaN : result!.metric };
    });
    const choice = nextChoice(tried, { axes, exclusions, strategy: strategy as Tpe, metric });
    assert.deepEqual(choice!.point, points[number], `suggestion ${number}`);
  }
}

const decided = ({ trials }: SweepReport) =>
  trials.map(({ hash, status, metric, weightsHash }) => ({ hash, status, metric, weightsHash }));

test('run sweep - tpe: later trials follow from results; killed twice it chooses the same; best and compare know them', async () => {
  const calmRuns = newRuns();
  const file = sweepFile('search', search);
  const calm = await runCommand(['sweep', file, '--json', '--parallel', '1'], { MANYHEADS_RUNS: calmRuns });
  assert.equal(calm.code, 0, calm.stderr);
  const report = reportOf(calm.stdout);
  assert.equal(report.status, 'finished');
  assert.equal(new Set(report.trials.map(({ hash }) => hash)).size, 4);
  assert.ok(report.trials.every(({ status }) => status === 'done'));
  assert.match(calm.stderr, /^\[1\/4\] done /m);
  const folder = folderOf(calmRuns)!;
  assert.deepEqual(
    readSuggestions(folder).map(({ number, isEstimated, pending }) => [number, isEstimated, pending]),
    [2, 3].map((number) => [number, true, []]),
  );
  assertChosen(folder);
  const environment = { MANYHEADS_RUNS: calmRuns };
  const best = await runCommand(['best', 'search', '--json'], environment);
  assert.equal((JSON.parse(best.stdout) as { trial: string }).trial, report.best!.trial);
  assert.equal(report.best!.metric, Math.min(...report.trials.map(({ metric }) => metric!)));
  const compared = await runCommand(['compare', 'search', '--json'], environment);
  assert.equal((JSON.parse(compared.stdout) as { rows: unknown[] }).rows.length, 4);
  // The same call has nothing left to do.
  const done = await runCommand(['sweep', file, '--json', '--parallel', '1'], environment);
  assert.deepEqual(decided(reportOf(done.stdout)), decided(report));

  const killedRuns = newRuns();
  const call = ['sweep', file, '--json', '--parallel', '1'];
  for (const count of [1, 2]) {
    const started = startCommand(call, { MANYHEADS_RUNS: killedRuns });
    await until(`suggestion ${count}`, () => {
      const killed = folderOf(killedRuns);
      return killed !== undefined && readSuggestions(killed).length >= count;
    });
    started.child.kill('SIGKILL');
    await started.finished;
  }
  const again = await runCommand(call, { MANYHEADS_RUNS: killedRuns });
  assert.equal(again.code, 0, again.stderr);
  assert.deepEqual(decided(reportOf(again.stdout)), decided(report));
});

test('run sweep - tpe: two drivers at a time, two trials each, make one sweep; another takes what it has trained', async () => {
  const runs = newRuns();
  const file = sweepFile('together', search.replace('trials: 4', 'trials: 6'));
  const call = ['sweep', file, '--json', '--parallel', '2'];
  const first = startCommand(call, { MANYHEADS_RUNS: runs });
  await until('the sweep', () => folderOf(runs) !== undefined);
  const second = await runCommand(call, { MANYHEADS_RUNS: runs });
  const one = await first.finished;
  assert.equal(one.code, 0, one.stderr);
  assert.equal(second.code, 0, second.stderr);
  assert.deepEqual(decided(reportOf(second.stdout)), decided(reportOf(one.stdout)));
  const folder = folderOf(runs)!;
  const trials = readTrials(folder);
  assert.equal(trials.length, 6);
  for (const { hash } of trials) {
    const { attempts } = readTrialState(folder, hash);
    assert.deepEqual(
      attempts.map(({ exit }) => exit!.code),
      [0],
    );
  }
  assertChosen(folder);
  // Pending trials among them: two drivers with two trials each.
  assert.ok(readSuggestions(folder).some(({ pending }) => pending.length > 0));
});

test('run sweep - tpe: a trial that fails is left out, and one of the same plan in another sweep counts', async () => {
  const runs = newRuns();
  const environment = { MANYHEADS_RUNS: runs };
  // A weight and a rate at which the loss is soon not a number.
  const text = `axes:
  training:
    choices:
      good: {}
      bad: { optimizer: { name: sgd, learningRate: 100, momentum: 0.99 }, loss.headWeights.colour: 1e30 }
  augmentation.zoom: { from: 0, to: 0.4, step: 0.1 }
strategy: { name: tpe, startupTrials: 2 }
limits: { retries: 0 }
budget: { trials: 5 }
`;
  const file = sweepFile('failing', text);
  const failing = await runCommand(['sweep', file, '--json', '--parallel', '1'], environment);
  assert.equal(failing.code, 1, failing.stderr);
  const { trials } = reportOf(failing.stdout);
  assert.equal(trials.length, 5);
  const failed = trials.filter(({ status }) => status === 'failed');
  assert.ok(failed.length > 0 && failed.every(({ label }) => label.includes('bad')), failing.stdout);
  const folder = folderOf(runs)!;
  assert.ok(readSuggestions(folder).some((one) => one.failed.length > 0));
  assertChosen(folder);

  const adopting = sweepFile('adopting', text.replace('retries: 0', 'hours: 1, retries: 0'));
  const adopted = await runCommand(['sweep', adopting, '--json', '--parallel', '1'], environment);
  const later = reportOf(adopted.stdout).trials;
  assert.deepEqual(
    later.map(({ hash, status }) => [hash, status]),
    trials.map(({ hash, status }) => [hash, status]),
  );
  for (const { status, directory } of later) if (status === 'done') assert.match(directory!, /^failing-/);
});

test('run sweep --dry-run - tpe: the startup trials, how many are chosen, and what all of it comes to', async () => {
  const environment = { MANYHEADS_RUNS: newRuns() };
  const file = sweepFile('dry', search);
  const text = await runCommand(['sweep', file, '--dry-run'], environment);
  assert.equal(text.code, 0, text.stderr);
  assert.match(text.stdout, /… and 2 more trials, each chosen from the results before it/);
  assert.match(text.stdout, /dry \(\w+\): 4 trials, 0 done/);
  assert.match(text.stdout, /left to do: about 4 epochs/);
  const json = await runCommand(['sweep', file, '--dry-run', '--json'], environment);
  const { trials, toCome, total } = JSON.parse(json.stdout) as {
    trials: unknown[];
    toCome: number;
    total: { trials: number; epochs: number };
  };
  assert.deepEqual([trials.length, toCome, total.trials, total.epochs], [2, 2, 4, 4]);
});
