import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decisionLines } from '../../src/bundle/decision-text.ts';
import { type HeadDescription, neutralDecision } from '../../src/bundle/model.ts';

test('decisionLines - of each head what is not neutral', () => {
  const head = (name: string): HeadDescription => ({
    ...{ name, column: name, kind: 'classes', classes: ['a', 'b'], ordinal: false },
    ...{ loss: 'crossEntropy', output: 'softmax' },
  });
  const decisions = {
    age: neutralDecision,
    hat: { temperature: 1.23456, thresholds: { a: 0.9, b: 0.25 }, unknownBelow: 0.5 },
    look: { ...neutralDecision, unknownBelow: 0.3 },
  };
  assert.deepEqual(decisionLines({ heads: ['age', 'hat', 'look'].map(head), decisions }), [
    'hat: temperature 1.23, a from 0.9 on, b from 0.25 on, "don\'t know" below 0.5',
    'look: "don\'t know" below 0.3',
  ]);
});
