// A sweep by asha with real processes: rungs cost no epoch and change no weight, and a driver that was killed goes on with
// the decisions that it had made.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import type { SweepReport } from '../../../src/sweep/drive/watch.ts';
import { readTrials, trialFolder } from '../../../src/sweep/ledger/ledger.ts';
import { runCommand, startCommand } from '../../run/command.ts';
import { makeTiny, type Tiny } from '../../run/tiny.ts';
import { asha, assertHalved, history, writeHalving } from '../halving.ts';
import { newRuns, reportOf, sweepFolder, until } from '../real-sweep.ts';

let tiny: Tiny;
before(async () => {
  tiny = await makeTiny(30);
});

const sweepFile = (name: string, more: string) => writeHalving(tiny, name, more);

let whole: Promise<{ runs: string; report: SweepReport }> | undefined;
/** The same trials without rungs, trained once for all tests. */
function wholeSweep(): NonNullable<typeof whole> {
  const runs = newRuns();
  whole ??= runCommand(['sweep', sweepFile('whole', ''), '--json', '--parallel', '1'], {
    MANYHEADS_RUNS: runs,
  }).then((finished) => ({ runs, report: reportOf(finished) }));
  return whole;
}

test('run sweep - asha: the best go on from their checkpoints, no epoch twice, weights as without rungs; killed: the same decisions', async () => {
  const calmRuns = newRuns();
  const file = sweepFile('halving', asha);
  const calm = await runCommand(['sweep', file, '--json', '--parallel', '1'], { MANYHEADS_RUNS: calmRuns });
  const report = reportOf(calm);
  const folder = sweepFolder(calmRuns, 'halving');
  const done = assertHalved(folder, report);
  assert.match(calm.stderr, /at rung 1 {2}loss /);

  // The same trials without rungs: the same rates, step by step, and the same weights.
  const { runs: wholeRuns, report: whole } = await wholeSweep();
  const byHash = new Map(whole.trials.map((trial) => [trial.hash, trial]));
  for (const { hash, weightsHash, directory, metric: figure } of done) {
    const unbroken = byHash.get(hash)!;
    assert.equal(weightsHash, unbroken.weightsHash);
    assert.equal(figure, unbroken.metric);
    const rates = (run: string): number[] => history(run).map(({ learningRate }) => learningRate);
    assert.deepEqual(rates(join(calmRuns, directory!)), rates(join(wholeRuns, unbroken.directory!)));
  }

  // Killed at a promotion and again where it stands then.
  const killedRuns = newRuns();
  const call = ['sweep', file, '--json', '--parallel', '1'];
  const names = (pattern: RegExp): string[] => {
    if (!readdirSync(killedRuns).some((name) => name.startsWith('halving-'))) return [];
    const killed = sweepFolder(killedRuns, 'halving');
    return readTrials(killed).flatMap(({ hash }) => {
      const own = trialFolder(killed, hash);
      return existsSync(own) ? readdirSync(own).filter((name) => pattern.test(name)) : [];
    });
  };
  for (const pattern of [/^rung-1/, /^promoted-1/]) {
    const started = startCommand(call, { MANYHEADS_RUNS: killedRuns });
    await until(String(pattern), () => names(pattern).length > 0);
    started.child.kill('SIGKILL');
    await started.finished;
  }
  const again = await runCommand(call, { MANYHEADS_RUNS: killedRuns });
  const decided = ({ trials }: SweepReport) =>
    trials.map(({ hash, status, metric: figure, weightsHash }) => ({ hash, status, figure, weightsHash }));
  assert.deepEqual(decided(reportOf(again)), decided(report));
});

test('run sweep --dry-run - asha: rungs, and the epochs at least and at most', async () => {
  const environment = { MANYHEADS_RUNS: newRuns() };
  const file = sweepFile('dry', asha);
  const text = await runCommand(['sweep', file, '--dry-run'], environment);
  assert.equal(text.code, 0, text.stderr);
  assert.match(text.stdout, /rungs: trials stop after the epochs 1, 2; the best 1 of 2 at each go on/);
  // 4 · 1 + 2 · 1 + 1 · 2, and 4 · 1 + 3 · 1 + 2 · 2.
  assert.match(text.stdout, /the whole sweep: 8 to 11 of the 16 epochs that all trials have/);
  const json = await runCommand(['sweep', file, '--dry-run', '--json'], environment);
  const { rungs } = JSON.parse(json.stdout) as { rungs: unknown };
  assert.deepEqual(rungs, { epochs: [1, 2], reduction: 2, range: [8, 11] });
});

test('run sweep - asha takes what another sweep has trained: it stands at each rung, and is not trained again', async () => {
  const { runs, report: whole } = await wholeSweep();
  const after = await runCommand(['sweep', sweepFile('after', asha), '--json'], { MANYHEADS_RUNS: runs });
  assert.deepEqual(
    reportOf(after).trials.map(({ status }) => status),
    ['done', 'done', 'done', 'done'],
  );
  assert.equal(reportOf(after).best!.trial, whole.best!.trial);
});
