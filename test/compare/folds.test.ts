// A sweep over the folds of a tiny data set, trained and compared as a person does it.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCommand } from '../run/command.ts';
import { makeTiny } from '../run/tiny.ts';

interface Row {
  readonly label: string;
  readonly done: readonly { readonly seed: string; readonly metric: number }[];
  readonly metric: { readonly n: number; readonly mean: number; readonly spread: number };
}

test('run compare - the folds of a sweep are one row with their mean and deviation', async () => {
  const { folder } = await makeTiny(48, { epochs: '1' });
  const runs = mkdtempSync(join(tmpdir(), 'manyheads-runs-'));
  const sweep = join(folder, 'folds.yaml');
  writeFileSync(
    sweep,
    `name: folds
base: tiny.yaml
values: { dataset.split.validation: null, dataset.split.test: 0.2, dataset.split.folds: 3, 'stages[heads].epochs': 1 }
axes: { dataset.split.fold: [0, 1, 2] }
metric: { name: balancedAccuracy }
`,
  );
  const environment = { MANYHEADS_RUNS: runs };
  const swept = await runCommand(['sweep', sweep], environment);
  assert.equal(swept.code, 0, swept.stderr);
  const { stdout } = await runCommand(['compare', 'folds', '--json'], environment);
  const { rows, repetition } = JSON.parse(stdout) as { rows: Row[]; repetition: unknown };
  assert.deepEqual(repetition, { seeds: false, folds: 3 });
  const [row] = rows as [Row];
  assert.deepEqual([rows.length, row.label, row.metric.n], [1, 'all folds', 3]);
  assert.deepEqual(row.done.map(({ seed }) => seed).sort(), ['/0', '/1', '/2']);
  const values = row.done.map(({ metric }) => metric);
  const mean = values.reduce((sum, value) => sum + value, 0) / 3;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2);
  assert.ok(Math.abs(row.metric.mean - mean) < 1e-12 && Math.abs(row.metric.spread - deviation) < 1e-12);
  const table = await runCommand(['compare', 'folds'], environment);
  assert.match(table.stdout, /^all folds +\d\.\d{3} ± \d\.\d{3} .*3$/m);
  assert.match(table.stdout, /Mean ± standard deviation over n folds\./);
  rmSync(folder, { recursive: true });
  rmSync(runs, { recursive: true });
});
