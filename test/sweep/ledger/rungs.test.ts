import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readStanding, writeRung } from '../../../src/sweep/ledger/rungs.ts';
import { epochReport, heads, metricsWith } from '../../report/samples.ts';
import { newRuns } from '../real-sweep.ts';

const loss = { name: 'loss', head: null, direction: 'minimize' } as const;

test('writeRung, readStanding - the figure of a rung, though the run was killed within the line of a later epoch', () => {
  const [trial, run] = [newRuns(), newRuns()];
  const line = (epoch: number): string =>
    JSON.stringify(epochReport(epoch, { validation: metricsWith(1 / epoch, heads) }));
  writeFileSync(join(run, 'history.jsonl'), `${line(1)}\n${line(2)}\n${line(3).slice(0, 20)}`);
  writeRung(trial, run, 2, loss);
  const standing = readStanding(trial, { runs: '', rungs: [2, 4], metric: loss, result: undefined });
  assert.deepEqual(standing, { figures: [0.5], promotions: 0 });
});
