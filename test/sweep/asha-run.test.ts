// A sweep by asha with real processes: rungs cost no epoch and change no weight, and a driver that was killed goes on with
// the decisions that it had made.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { nextPromotion } from '../../src/sweep/asha.ts';
import { readTrialState, readTrials, trialFolder } from '../../src/sweep/ledger.ts';
import { readStanding } from '../../src/sweep/rungs.ts';
import type { SweepReport } from '../../src/sweep/watch.ts';
import type { EpochReport } from '../../src/train/events.ts';
import { runCommand, startCommand } from '../run/command.ts';
import { makeTiny, type Tiny } from '../run/tiny.ts';

let tiny: Tiny;
before(async () => {
  tiny = await makeTiny(30);
});

const RUNGS = [1, 2];
const newRuns = (): string => mkdtempSync(join(tmpdir(), 'manyheads-runs-'));

/** Two stages of two epochs, so that one rung is within a stage and one between them; the rate follows the whole stage. */
function sweepFile(name: string, more: string): string {
  const file = join(tiny.folder, `${name}.yaml`);
  writeFileSync(
    file,
    `name: ${name}
base: tiny.yaml
values:
  learningRatePolicy: { name: oneCycle }
  stages:
    - { name: first, imageSize: 16, epochs: 2, batchSize: 8 }
    - { name: second, imageSize: 16, epochs: 2, batchSize: 8 }
axes: { optimizer.learningRate: [0.01, 0.02, 0.001, 0.0001] }
${more}`,
  );
  return file;
}

const asha = 'strategy: { name: asha, minEpochs: 1, reduction: 2 }\n';
const outcomeOf = (stdout: string): SweepReport => JSON.parse(stdout) as SweepReport;

function folderOf(runs: string): string {
  return join(runs, readdirSync(runs).find((name) => existsSync(join(runs, name, 'sweep.json')))!);
}

function history(folder: string): EpochReport[] {
  const lines = readFileSync(join(folder, 'history.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as EpochReport);
}

/** Epochs by the clock of their training, which differs where one was trained twice. */
function trained(folder: string, hash: string): number[] {
  const { attempts } = readTrialState(folder, hash);
  const seconds = attempts.flatMap((attempt) =>
    existsSync(join(attempt.folder, 'history.jsonl'))
      ? history(attempt.folder).map((report) => `${report.runEpoch} ${report.seconds}`)
      : [],
  );
  return [...new Set(seconds)].map((one) => Number(one.split(' ')[0]));
}

test('run sweep - asha: the best go on from their checkpoints, no epoch twice, weights as without rungs; killed: the same decisions', async () => {
  const calmRuns = newRuns();
  const file = sweepFile('halving', asha);
  const calm = await runCommand(['sweep', file, '--json', '--parallel', '1'], { MANYHEADS_RUNS: calmRuns });
  assert.equal(calm.code, 0, calm.stderr);
  const report = outcomeOf(calm.stdout);
  assert.equal(report.status, 'finished');
  const folder = folderOf(calmRuns);
  const done = report.trials.filter(({ status }) => status === 'done');
  const paused = report.trials.filter(({ status }) => status === 'paused');
  assert.ok(done.length >= 1 && paused.length >= 1 && done.length + paused.length === 4, calm.stdout);
  assert.match(calm.stderr, /at rung 1 {2}loss /);

  // All decisions are made: whoever looks at the ledger finds no other.
  const metric = { name: 'loss', head: null, direction: 'minimize' } as const;
  const standings = report.trials.map(({ hash }) =>
    readStanding(trialFolder(folder, hash), {
      runs: calmRuns,
      rungs: RUNGS,
      metric,
      result: readTrialState(folder, hash).result,
    }),
  );
  assert.equal(nextPromotion(standings, { rungs: 2, reduction: 2, metric }), undefined);
  assert.ok(standings.every(({ figures }) => figures.length >= 1));
  for (const { hash } of report.trials) {
    const { attempts } = readTrialState(folder, hash);
    const epochs = trained(folder, hash);
    assert.deepEqual(epochs, [1, 2, 3, 4].slice(0, epochs.length), `each epoch once: ${epochs}`);
    assert.deepEqual(
      attempts.map(({ exit }) => [exit!.code, exit!.epochs]),
      [
        [75, 1],
        [75, 2],
        [0, 4],
      ].slice(0, attempts.length),
    );
    // The figure at the rung is the one of that epoch.
    const { epochs: at, metric: figure } = JSON.parse(
      readFileSync(join(trialFolder(folder, hash), 'rung-1.json'), 'utf8'),
    ) as { epochs: number; metric: number };
    assert.deepEqual([at, figure], [1, history(attempts[0]!.folder)[0]!.validation.loss]);
  }

  // The same trials without rungs: the same rates, step by step, and the same weights.
  const wholeRuns = newRuns();
  const whole = await runCommand(['sweep', sweepFile('whole', ''), '--json', '--parallel', '1'], {
    MANYHEADS_RUNS: wholeRuns,
  });
  assert.equal(whole.code, 0, whole.stderr);
  const byHash = new Map(outcomeOf(whole.stdout).trials.map((trial) => [trial.hash, trial]));
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
    if (readdirSync(killedRuns).every((name) => !name.startsWith('halving-'))) return [];
    const killed = folderOf(killedRuns);
    return readTrials(killed).flatMap(({ hash }) => {
      const own = trialFolder(killed, hash);
      return existsSync(own) ? readdirSync(own).filter((name) => pattern.test(name)) : [];
    });
  };
  for (const isThere of [() => names(/^rung-1/).length >= 1, () => names(/^promoted-1/).length >= 1]) {
    const started = startCommand(call, { MANYHEADS_RUNS: killedRuns });
    for (let tries = 0; tries < 2400 && !isThere(); tries++) await sleep(50);
    assert.ok(isThere(), 'a rung, a promotion');
    started.child.kill('SIGKILL');
    await started.finished;
  }
  const again = await runCommand(call, { MANYHEADS_RUNS: killedRuns });
  assert.equal(again.code, 0, again.stderr);
  const decided = ({ trials }: SweepReport) =>
    trials.map(({ hash, status, metric: figure, weightsHash }) => ({ hash, status, figure, weightsHash }));
  assert.deepEqual(decided(outcomeOf(again.stdout)), decided(report));
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
  const environment = { MANYHEADS_RUNS: newRuns() };
  const whole = await runCommand(
    ['sweep', sweepFile('before', ''), '--json', '--parallel', '2'],
    environment,
  );
  assert.equal(whole.code, 0, whole.stderr);
  const after = await runCommand(['sweep', sweepFile('after', asha), '--json'], environment);
  assert.equal(after.code, 0, after.stderr);
  assert.deepEqual(
    outcomeOf(after.stdout).trials.map(({ status }) => status),
    ['done', 'done', 'done', 'done'],
  );
  assert.equal(outcomeOf(after.stdout).best!.trial, outcomeOf(whole.stdout).best!.trial);
});
