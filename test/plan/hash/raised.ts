/** This process as one of a later version, whose results differ. */
import type { TestContext } from 'node:test';
import { type Numerics, numerics } from '../../../src/plan/hash/numerics.ts';

export const RAISED_REASON = 'Everything is computed twice.';

/** This process as one of the first version, for the rest of a test file whose runs were begun under it. */
export function forgetLaterNumerics(): void {
  (numerics as Numerics[]).splice(1);
}

/** Raises the numerics by one until the end of the test. @returns what they are then */
export function raiseNumerics(t: Pick<TestContext, 'after'>): number {
  const all = numerics as Numerics[];
  const number = all.at(-1)!.number + 1;
  all.push({ number, version: '9.9.9', reason: RAISED_REASON });
  t.after(() => {
    all.splice(
      all.findIndex((one) => one.number === number),
      1,
    );
  });
  return number;
}
