import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatFlops,
  formatLearningRate,
  formatLoss,
  formatNumberOf,
  formatRate,
  formatScore,
  formatShape,
} from '../../../src/report/text/format.ts';

test('formatDuration - rounds before it chooses the unit', () => {
  const cases: [number | null, string][] = [
    [null, '-'],
    [0, '0.0 s'],
    [4.24, '4.2 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.4, '59 s'],
    [59.6, '1:00 min'],
    [187, '3:07 min'],
    [3599.4, '59:59 min'],
    [3599.6, '1:00 h'],
    // 65 minutes and 29 seconds are 1 h 5 min to the minute.
    [3929, '1:05 h'],
    [360_000, '100:00 h'],
  ];
  for (const [seconds, text] of cases) assert.equal(formatDuration(seconds), text, String(seconds));
});

test('formatCount, formatScore, formatLoss, formatRate - digits that count, a dash for what is not known', () => {
  assert.equal(formatCount(8_123_355), '8,123,355');
  assert.equal(formatScore(0.70449), '0.704');
  assert.equal(formatScore(1), '1.000');
  assert.equal(formatLoss(1.2345), '1.234');
  assert.equal(formatLoss(0), '0.000');
  assert.equal(formatLoss(0.000031), '3.1e-5');
  assert.equal(formatLoss(123_456), '1.2e5');
  assert.equal(formatRate(3.254), '3.25');
  assert.equal(formatRate(48.06), '48.1');
  assert.equal(formatRate(99.96), '100');
  assert.equal(formatRate(1204.4), '1,204');
  for (const format of [formatCount, formatScore, formatLoss, formatRate]) assert.equal(format(null), '-');
});

test('formatLearningRate - as a person would write it', () => {
  const cases: [number, string][] = [
    [0.1, '0.1'],
    [0.001, '0.001'],
    [0.0005, '5e-4'],
    [2.5e-5, '2.5e-5'],
    [0.000123456, '1.23e-4'],
    // Ten halvings of 0.01: 0.01 / 1024 = 0.000009765625.
    [0.01 / 1024, '9.77e-6'],
    [0, '0'],
  ];
  for (const [rate, text] of cases) assert.equal(formatLearningRate(rate), text);
});

test('formatBytes and formatFlops - three digits, never 1000 of a unit', () => {
  assert.equal(formatBytes(12), '12 bytes');
  assert.equal(formatBytes(850e6), '850 MB');
  assert.equal(formatBytes(999.6e6), '1.00 GB');
  assert.equal(formatBytes(12.34e9), '12.3 GB');
  assert.equal(formatFlops(5.666e9), '5.67 GFLOP');
  assert.equal(formatFlops(181e9), '181 GFLOP');
});

test('formatShape and formatNumberOf - scalars, one and many', () => {
  assert.equal(formatShape([7, 7, 1024]), '7×7×1024');
  assert.equal(formatShape([]), 'scalar');
  assert.equal(formatNumberOf(1, 'epoch'), '1 epoch');
  assert.equal(formatNumberOf(1200, 'step'), '1,200 steps');
});
