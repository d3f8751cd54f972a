// The file of a run's epochs, as those read it who did not write it: a run that is killed may leave half a line.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  appendHistory,
  countEpochs,
  readHistory,
  readWholeEpochs,
  writeHistory,
} from '../../src/train/history.ts';
import { epochReport } from './checkpoints.ts';

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'manyheads-history-'));
const epoch = epochReport;

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

test('readHistory - a line that is no epoch is named, and whole epochs are counted up to it', () => {
  const whole = newFolder();
  writeHistory(whole, [epoch(1), epoch(2), epoch(3)]);
  const lines = readFileSync(join(whole, 'history.jsonl'), 'utf8').split('\n');
  const damages: readonly [line: string, message: RegExp][] = [
    ['garbage', /history\.jsonl is damaged: line 2: expected JSON/],
    ['null', /line 2: .*expected a map, found null/],
    ['[]', /line 2: .*expected a map/],
    [lines[1]!.replace('"runEpoch":2', '"runEpoch":"x"'), /line 2: runEpoch: expected a whole number/],
    [lines[1]!.replace('"validation":{', '"validation":5,"x":{'), /line 2: validation/],
    ['\0\0\0\0', /line 2: expected JSON/],
  ];
  for (const [line, message] of damages) {
    const run = newFolder();
    writeFileSync(join(run, 'history.jsonl'), [lines[0], line, ...lines.slice(2)].join('\n'));
    assert.throws(() => readHistory(run), { name: 'RunError', message });
    assert.equal(readWholeEpochs(run).length, 1, line);
  }
  // An epoch that is missing in the middle.
  const gap = newFolder();
  writeHistory(gap, [epoch(1), epoch(3)]);
  assert.equal(readWholeEpochs(gap).length, 1);
});
