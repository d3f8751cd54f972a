import assert from 'node:assert/strict';
import { test } from 'node:test';
import { neutralDecision } from '../../src/bundle/model.ts';
import { answersOf, shortNumber } from '../../src/predict/answers.ts';
import { heads } from './formats/answers.ts';

const decisions = {
  colour: { ...neutralDecision, unknownBelow: 0.5 },
  hat: { ...neutralDecision, thresholds: { 'yes, it has': 0.25 } },
};
/** Two images, with a damaged one between them. */
const batch = {
  sources: ['a', 'bad', 'b'].map((name) => ({ name, path: name })),
  faults: [null, 'no image', null],
  pixels: new Uint8Array(0),
};
const ofHead = (...probabilities: number[]) => ({
  probabilities: Float32Array.from(probabilities),
  outputs: new Float32Array(0),
});
const prediction = {
  rows: 2,
  heads: { colour: ofHead(0.25, 0.5, 0.25, 0.5, 0.125, 0.375), hat: ofHead(0.75, 0.25, 0.875, 0.125) },
  features: Float32Array.of(1, 2, 3, 4),
};

test('answersOf - each image its own row, past those that are damaged', () => {
  const answers = answersOf(batch, prediction, { heads, decisions }, { top: 2, features: true });
  assert.deepEqual(
    answers.map(({ image, error, features }) => [image, error, features && [...features]]),
    [
      ['a', null, [1, 2]],
      ['bad', 'no image', null],
      ['b', null, [3, 4]],
    ],
  );
  assert.equal(answers[1]!.heads, null);
  assert.deepEqual(answers[2]!.heads!.colour, {
    class: 'red',
    probability: 0.5,
    probabilities: [0.5, 0.125, 0.375],
    top: [
      { class: 'red', probability: 0.5 },
      { class: 'blue', probability: 0.375 },
    ],
  });
});

test('answersOf - decisions of the model say what is answered', () => {
  const [first, , last] = answersOf(batch, prediction, { heads, decisions }, { top: 1, features: false });
  assert.deepEqual(
    [first!.heads!.hat!.class, first!.heads!.hat!.probability, last!.heads!.hat!.class],
    ['yes, it has', 0.25, 'no'],
  );
  const careful = { ...decisions, colour: { ...neutralDecision, unknownBelow: 0.6 } };
  const [unsure] = answersOf(batch, prediction, { heads, decisions: careful }, { top: 1, features: false });
  assert.deepEqual([unsure!.heads!.colour!.class, unsure!.heads!.colour!.probability], [null, 0.5]);
});

test('answersOf - a batch of damaged images alone', () => {
  const damaged = { ...batch, sources: [batch.sources[1]!], faults: ['no image'] };
  const answers = answersOf(damaged, null, { heads, decisions }, { top: 1, features: false });
  assert.deepEqual(answers, [{ image: 'bad', heads: null, features: null, error: 'no image' }]);
});

test('shortNumber - the nearest float32 again', () => {
  assert.deepEqual([shortNumber(Math.fround(0.1)), shortNumber(0), shortNumber(1)], [0.100000001, 0, 1]);
});
