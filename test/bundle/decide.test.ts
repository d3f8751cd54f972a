import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide } from '../../src/bundle/decide.ts';
import { type Decision, neutralDecision } from '../../src/bundle/model.ts';

const softmax = { classes: ['cat', 'dog', 'cow'], output: 'softmax' } as const;
const ordered = { classes: ['young', 'adult', 'old'], output: 'cumulativeSigmoid' } as const;
const with_ = (change: Partial<Decision>): Decision => ({ ...neutralDecision, ...change });

test('decide - the most probable class, of equals the first', () => {
  assert.deepEqual(decide([0.2, 0.5, 0.3], softmax, neutralDecision), { class: 1, probability: 0.5 });
  assert.deepEqual(decide([0.4, 0.2, 0.4], softmax, neutralDecision), { class: 0, probability: 0.4 });
});

test('decide - of classes in an order the median', () => {
  // Old is the most probable class, but being at least adult has 0.6 and being old 0.41.
  assert.equal(decide([0.4, 0.19, 0.41], ordered, neutralDecision).class, 1);
  assert.equal(decide([0.6, 0.2, 0.2], ordered, neutralDecision).class, 0);
  assert.equal(decide([0.1, 0.3, 0.6], ordered, neutralDecision).class, 2);
  // Exactly one half is not above it.
  assert.equal(decide([0.5, 0.25, 0.25], ordered, neutralDecision).class, 0);
});

test('decide - a class with a threshold is answered where it reaches it, and only there', () => {
  const decision = with_({ thresholds: { cow: 0.3 } });
  assert.deepEqual(decide([0.6, 0.1, 0.3], softmax, decision), { class: 2, probability: 0.3 });
  const strict = with_({ thresholds: { cow: 0.9 } });
  assert.deepEqual(decide([0.05, 0.15, 0.8], softmax, strict), { class: 1, probability: 0.15 });
});

test('decide - of several that reach theirs, the one furthest above', () => {
  const decision = with_({ thresholds: { cat: 0.1, dog: 0.5 } });
  assert.equal(decide([0.3, 0.6, 0.1], softmax, decision).class, 0);
  assert.equal(decide([0.12, 0.8, 0.08], softmax, decision).class, 1);
});

test("decide - don't know, where nothing is left or too little is known", () => {
  const all = with_({ thresholds: { cat: 0.9, dog: 0.9, cow: 0.9 } });
  assert.deepEqual(decide([0.2, 0.5, 0.3], softmax, all), { class: null, probability: 0.5 });
  const careful = with_({ unknownBelow: 0.6 });
  assert.deepEqual(decide([0.2, 0.5, 0.3], softmax, careful), { class: null, probability: 0.5 });
  assert.deepEqual(decide([0.2, 0.6, 0.2], softmax, careful), { class: 1, probability: 0.6 });
});
