// A run and a sweep that version 0.1.0 has made and not finished are listed, compared and gone on with.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { currentNumerics } from '../../src/plan/hash/numerics.ts';
import { readResult } from '../../src/run/folders.ts';
import { readRecord } from '../../src/run/record.ts';
import { readTrialState, readTrials } from '../../src/sweep/ledger/ledger.ts';
import { readHistory } from '../../src/train/history.ts';
import { reportOf } from '../sweep/real-sweep.ts';
import { runCommand } from './command.ts';
import { copyOldRuns, interruptedArguments } from './old-runs.ts';

const old = copyOldRuns();
after(() => rmSync(join(old.runs, '..'), { recursive: true }));

const run = (...args: string[]) => runCommand(args, { MANYHEADS_RUNS: old.runs }, old.data);

async function jsonOf<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await run(...args, '--json');
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as T;
}

test('run list, run compare, run sweep --dry-run - show runs and a sweep of version 0.1.0', async () => {
  const { runs } = await jsonOf<{ runs: { runId: string; status: string }[] }>('list');
  assert.deepEqual(
    runs.map(({ runId, status }) => [runId, status]),
    [
      [old.finished, 'finished'],
      [old.interrupted, 'interrupted'],
    ],
  );
  const listed = await run('list');
  assert.doesNotMatch(listed.stdout, /numerics/, 'all are of the same');
  type Compared = { rows: { metric: { mean: number } | null; missing: { status: string }[] }[] };
  const ofRuns = await jsonOf<Compared>('compare', old.finished, old.interrupted);
  const { metrics } = readResult(join(old.runs, old.finished))!;
  assert.deepEqual(
    ofRuns.rows.map(({ metric }) => metric?.mean ?? null),
    [metrics.mean.balancedAccuracy, null],
  );
  const ofSweep = await jsonOf<Compared>('compare', old.sweep);
  const statuses = ofSweep.rows.map(({ missing }) => missing.map(({ status }) => status).join() || 'done');
  assert.deepEqual(statuses, ['done', 'checkpointed', 'waiting']);
  const { trials } = await jsonOf<{ trials: { status: string }[] }>('sweep', 'sweep.yaml', '--dry-run');
  assert.deepEqual(
    trials.map(({ status }) => status),
    ['done', 'planned', 'planned'],
  );
});

test('run FILE --resume - goes on with a run of version 0.1.0 to its end', async () => {
  const folder = join(old.runs, old.interrupted);
  const before = readHistory(folder);
  assert.equal(before.length, 5);
  const outcome = await jsonOf<{ runId: string; status: string; epochs: number }>(
    'old.yaml',
    ...interruptedArguments,
    '--resume',
  );
  assert.deepEqual([outcome.runId, outcome.status, outcome.epochs], [old.interrupted, 'finished', 14]);
  const history = readHistory(folder);
  assert.deepEqual(history.slice(0, 5), before, 'epochs that were done stay as they were');
  assert.equal(history.length, 14);
  assert.deepEqual(readRecord(folder).numerics, [1, currentNumerics()]);
  const { code, stderr } = await run('old.yaml', ...interruptedArguments, '--resume');
  assert.equal(code, 2);
  assert.match(stderr, /is finished/);
});

test('run sweep FILE --resume - goes on with a sweep of version 0.1.0 to its end', async () => {
  const folder = join(old.runs, old.sweep);
  const trials = readTrials(folder).map(({ hash }) => hash);
  const [done, interrupted] = trials.map((hash) => readTrialState(folder, hash));
  assert.deepEqual([done!.status, interrupted!.status], ['done', 'checkpointed']);
  const report = reportOf(await run('sweep', 'sweep.yaml', '--resume', '--parallel', '1', '--json'));
  assert.equal(report.sweep, old.sweep);
  assert.equal(report.status, 'finished');
  const [first, second, third] = trials.map((hash) => readTrialState(folder, hash));
  assert.deepEqual(first, done, 'what was done is not done again');
  assert.equal(second!.attempts.length, 2);
  assert.equal(second!.attempts[1]!.record!.from, 1, 'from the checkpoint of version 0.1.0');
  const [before, after] = second!.attempts.map((attempt) => readHistory(attempt.folder));
  assert.deepEqual(after!.slice(0, 5), before);
  assert.equal(after!.length, 14);
  assert.equal(third!.status, 'done');
});
