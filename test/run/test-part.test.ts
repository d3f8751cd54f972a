// Training does not look at the rows for testing: their images are deleted and their labels changed, and nothing else changes.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RunOutcome } from '../../src/run/outcome.ts';
import { readTable } from '../../src/table/read.ts';
import { splitTable } from '../../src/table/split.ts';
import { runCommand } from './command.ts';
import { makeTiny } from './tiny.ts';

const split = { validation: 0.25, test: 0.25, seed: 42, stratifyBy: [], groupBy: 'sender', column: null };

test('run FILE - works without the images of the rows for testing, and does not depend on their labels', async () => {
  const tiny = await makeTiny(60, { epochs: '1' });
  const table = join(tiny.folder, 'table.csv');
  const rows = [
    ...splitTable(readTable(table, { delimiter: ',' }), { split, imageColumn: 'image_path' }, new Map()).test,
  ];
  assert.equal(rows.length, 15);
  const runs = mkdtempSync(join(tmpdir(), 'manyheads-runs-'));
  const train = async (): Promise<RunOutcome> => {
    const { code, stdout, stderr } = await runCommand(
      [tiny.experiment, 'dataset.split.test=0.25', '--json'],
      { MANYHEADS_RUNS: runs },
    );
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as RunOutcome;
  };
  const before = await train();

  for (const row of rows) rmSync(join(tiny.folder, 'images', `${row}.png`));
  const deleted = await train();
  assert.equal(deleted.weightsHash, before.weightsHash);
  assert.deepEqual(deleted.metrics, before.metrics);

  // All of one class, which would turn class weights and the majority baseline over.
  const lines = readFileSync(table, 'utf8').split('\n');
  for (const row of rows) lines[row + 1] = lines[row + 1]!.replace(/,.*?,.*?,/, ',blue,stripes,');
  writeFileSync(table, lines.join('\n'));
  const relabelled = await train();
  assert.equal(relabelled.weightsHash, before.weightsHash);
  assert.deepEqual(relabelled.metrics, before.metrics);
  rmSync(tiny.folder, { recursive: true });
  rmSync(runs, { recursive: true });
});
