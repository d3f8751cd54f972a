// The file of a run's epochs, as those read it who did not write it: a run that is killed may leave half a line.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { EpochReport } from '../../src/train/events.ts';
import { appendHistory, countEpochs, readHistory, writeHistory } from '../../src/train/history.ts';

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'manyheads-history-'));
const mean = {
  accuracy: 0.5,
  auc: null,
  balancedAccuracy: 0.5,
  calibrationError: 0.1,
  macroF1: 0.5,
  majorityAccuracy: 0.4,
};
const epoch = (runEpoch: number): EpochReport => ({
  stage: 0,
  stageName: 'only',
  epoch: runEpoch,
  runEpoch,
  learningRate: 0.1,
  momentum: null,
  training: { loss: 1, heads: {}, mean },
  validation: { loss: 1 / runEpoch, heads: {}, mean },
  lossScaling: null,
  logVariances: {},
  best: false,
  imagesPerSecond: null,
  seconds: 1,
});

test('readHistory - what was written and appended; nothing where there is no history', () => {
  const run = newFolder();
  assert.deepEqual([readHistory(run), countEpochs(run)], [[], 0]);
  writeHistory(run, [epoch(1), epoch(2)]);
  appendHistory(run, epoch(3));
  assert.deepEqual(readHistory(run), [epoch(1), epoch(2), epoch(3)]);
  assert.equal(countEpochs(run), 3);
  writeHistory(run, []);
  assert.deepEqual([readHistory(run), countEpochs(run)], [[], 0]);
});

test('readHistory - a last line without its end is none, wherever it was cut', () => {
  const whole = newFolder();
  writeHistory(whole, [epoch(1), epoch(2)]);
  const text = readFileSync(join(whole, 'history.jsonl'), 'utf8');
  const first = text.indexOf('\n') + 1;
  // The last of them has all but the newline.
  for (const length of [first + 1, first + 20, text.length - 1]) {
    const torn = newFolder();
    writeFileSync(join(torn, 'history.jsonl'), text.slice(0, length));
    assert.deepEqual(readHistory(torn), [epoch(1)], `${length} characters`);
    assert.equal(countEpochs(torn), 1);
  }
});
