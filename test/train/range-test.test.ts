import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextPoint, type RangePoint, rangeRate, suggestRates } from '../../src/train/range-test.ts';

function pointsOf(losses: readonly number[]): { points: RangePoint[]; divergedAt: number | null } {
  const points: RangePoint[] = [];
  for (const [i, loss] of losses.entries()) {
    const { point, diverged } = nextPoint(points, 10 ** i, loss);
    points.push(point);
    if (diverged) return { points, divergedAt: i };
  }
  return { points, divergedAt: null };
}

test('rangeRate - from the first to the last rate by one factor', () => {
  const range = { from: 1e-6, to: 1, updates: 7 };
  for (let i = 0; i < 7; i++) {
    const rate = rangeRate(range, i);
    assert.ok(Math.abs(rate / 10 ** (i - 6) - 1) < 1e-12, `${i}: ${rate}`);
  }
});

test('nextPoint - the smoothed loss is the mean weighted by 0.98 a step back', () => {
  const losses = [3, 1, 4, 1, 5, 9, 2, 6];
  const { points } = pointsOf(losses);
  points.forEach(({ smoothed }, n) => {
    const weights = losses.slice(0, n + 1).map((_, i) => 0.98 ** (n - i));
    const mean =
      weights.reduce((sum, w, i) => sum + w * losses[i]!, 0) / weights.reduce((sum, w) => sum + w, 0);
    assert.ok(Math.abs(smoothed - mean) < 1e-12, `${n}: ${smoothed}, ${mean}`);
  });
});

test('nextPoint - diverged at four times the lowest smoothed loss, not before the eleventh, and at once where not finite', () => {
  assert.equal(pointsOf([1, 9, 9, 9, 9, 9, 9, 9, 9, 9]).divergedAt, null);
  assert.equal(pointsOf([1, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]).divergedAt, 10);
  // Twenty times 1 weigh 16.3 after one more step and 16.0 after two: (16.3 + 100) / 17.3 = 6.7;
  // (16.3 + 30) / 17.3 = 2.7, and (16.0 + 29.4 + 30) / 17.9 = 4.2.
  assert.equal(pointsOf([...Array<number>(20).fill(1), 100, 100]).divergedAt, 20);
  assert.equal(pointsOf([...Array<number>(20).fill(1), 30, 30, 30]).divergedAt, 21);
  assert.equal(pointsOf([1, Number.NaN]).divergedAt, 1);
});

test('suggestRates - the steepest fall, and a tenth of the lowest', () => {
  // Falls by 1 over the decade from 1e-3 to 1e-2, by half as much over those beside it, and rises after 0.1.
  const loss = (rate: number): number => {
    const x = Math.log10(rate);
    if (x < -4) return 4;
    if (x < -3) return 4 - 0.5 * (x + 4);
    if (x < -2) return 3.5 - (x + 3);
    if (x < -1) return 2.5 - 0.5 * (x + 2);
    return 2 + (x + 1);
  };
  const points = Array.from({ length: 101 }, (_, i) => {
    const learningRate = rangeRate({ from: 1e-7, to: 10, updates: 101 }, i);
    const value = loss(learningRate);
    return { learningRate, loss: value, smoothed: value };
  });
  const { steepest, minimumOverTen } = suggestRates(points)!;
  assert.ok(steepest > 1e-3 && steepest < 1e-2, String(steepest));
  assert.ok(Math.abs(minimumOverTen / 0.01 - 1) < 0.1, String(minimumOverTen));
});

test('suggestRates - nothing where the loss only rises, or there are too few points', () => {
  const rising = Array.from({ length: 50 }, (_, i) => ({ learningRate: 1.1 ** i, loss: i, smoothed: i }));
  assert.equal(suggestRates(rising), null);
  assert.equal(suggestRates(rising.slice(0, 2)), null);
  assert.equal(suggestRates([]), null);
});
