/** Numbers beside those of a reference. */
import assert from 'node:assert/strict';

/** @param tolerance of a value beyond ±1 as a share of it, of others as they are */
export function assertNear(
  actual: ArrayLike<number>,
  expected: readonly number[],
  tolerance: number,
  what: string,
): void {
  assert.equal(actual.length, expected.length, what);
  expected.forEach((value, i) => {
    const difference = Math.abs(actual[i]! - value);
    assert.ok(
      difference <= tolerance * Math.max(1, Math.abs(value)),
      `${what}[${i}]: ${actual[i]}, reference ${value}`,
    );
  });
}
