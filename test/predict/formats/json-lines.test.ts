import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonFormat } from '../../../src/predict/formats/json-lines.ts';
import { answers, options } from './answers.ts';

test('jsonFormat - an object a line, all of them with the same keys', () => {
  const { head, lines } = jsonFormat(options);
  assert.equal(head, '');
  assert.deepEqual(
    lines(answers)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
    [
      {
        image: 'a "b", c.jpg',
        heads: {
          colour: {
            class: 'green',
            probability: 0.699999988,
            probabilities: { red: 0.100000001, green: 0.699999988, blue: 0.200000003 },
          },
          hat: { class: null, probability: 0.5, probabilities: { no: 0.5, 'yes, it has': 0.5 } },
        },
        error: null,
      },
      { image: 'bad.png', heads: null, error: 'the file ends before the image does' },
    ],
  );
});

test('jsonFormat - top and features where they are asked for', () => {
  const [first, second] = jsonFormat({ ...options, top: 2, features: 2 })
    .lines(answers)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(first.features, [1.5, -0.100000001]);
  assert.equal(first.heads.colour.top[0].class, 'green');
  assert.equal(second.features, null);
});
