import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decisionLines } from '../../../src/report/tables/decision-lines.ts';

test('decisionLines - only what changes answers', () => {
  const neutral = { temperature: 1, thresholds: {}, unknownBelow: null };
  assert.deepEqual(
    decisionLines({
      age: neutral,
      bag: { temperature: 1.23456, thresholds: { None: 0.3, 'a b': 0.75 }, unknownBelow: 0.6 },
    }),
    ["bag: temperature 1.235, None from 0.3, a b from 0.75, don't know below 0.6"],
  );
});
