import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzz } from './fuzz.ts';

const CASES = 20_000;

test(`fuzz - ${CASES} damaged inputs are read or refused, each in seconds and in little memory`, async () => {
  const { failures, accepted, peakBytes } = await fuzz(1, CASES);
  assert.deepEqual(failures.slice(0, 3), []);
  assert.ok(accepted > 0 && accepted < CASES / 2, `${accepted} were accepted`);
  assert.ok(peakBytes < 1e9, `${peakBytes} bytes`);
});
