// Against JSON.stringify of the same value.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonChunks } from '../../src/commands/json-text.ts';

const made = (items: readonly unknown[]) => ({
  *[Symbol.iterator]() {
    yield* items;
  },
  toJSON: () => items,
});

const long = Array.from({ length: 3000 }, (_, i) => ({ hash: `${i} "é…"`.padEnd(70, 'x'), at: i / 7 }));
const values: Readonly<Record<string, unknown>> = {
  'a made list between other keys': { name: 'a', trials: made(long), left: undefined, total: { epochs: 1 } },
  'an empty one first, one last': { first: made([]), between: [1, null], last: made([1, 'two']) },
  'a map without any': { name: 'a', list: [1, { two: 2 }] },
  'a list': [1, 2],
  'a word': 'word',
};
for (const [what, value] of Object.entries(values))
  test(`jsonChunks - ${what}`, () => {
    assert.equal([...jsonChunks(value)].join(''), JSON.stringify(value));
  });

test('jsonChunks - a long list comes in pieces', () => {
  const lengths = [...jsonChunks({ trials: made(long) })].map((chunk) => chunk.length);
  assert.ok(lengths.length > 3);
  assert.ok(Math.max(...lengths) < 70_000);
});
