import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readStanding, writeRung } from '../../../src/sweep/ledger/rungs.ts';
import { newRuns } from '../real-sweep.ts';

const loss = { name: 'loss', head: null, direction: 'minimize' } as const;

test('writeRung, readStanding - the figure of a rung, though the run was killed within the line of a later epoch', () => {
  const [trial, run] = [newRuns(), newRuns()];
  const line = (runEpoch: number): string => JSON.stringify({ runEpoch, validation: { loss: 1 / runEpoch } });
  writeFileSync(join(run, 'history.jsonl'), `${line(1)}\n${line(2)}\n${line(3).slice(0, 20)}`);
  writeRung(trial, run, 2, loss);
  const standing = readStanding(trial, { runs: '', rungs: [2, 4], metric: loss, result: undefined });
  assert.deepEqual(standing, { figures: [0.5], promotions: 0 });
});
