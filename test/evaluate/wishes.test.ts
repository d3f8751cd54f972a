import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExperimentError } from '../../src/errors.ts';
import { parseWishes } from '../../src/evaluate/wishes.ts';

const heads = [
  { name: 'bag', classes: ['None', 'Grocery/Home/Plastic Bag', 'a=b'] },
  { name: 'bag.size', classes: ['small', '1.5 l'] },
];

function problemsOf(thresholds: string[], unsure: string[] = []): string[] {
  try {
    parseWishes(thresholds, unsure, heads);
    return [];
  } catch (error) {
    assert.ok(error instanceof ExperimentError);
    return error.problems.map(({ message }) => message);
  }
}

test('parseWishes - heads and classes with dots, slashes, spaces and equals signs', () => {
  const { thresholds } = parseWishes(
    ['bag.Grocery/Home/Plastic Bag=precision:0.95', 'bag.a=b=recall:1', 'bag.size.1.5 l=recall:.5'],
    [],
    heads,
  );
  assert.deepEqual(thresholds, [
    { head: 'bag', class: 'Grocery/Home/Plastic Bag', kind: 'precision', value: 0.95 },
    { head: 'bag', class: 'a=b', kind: 'recall', value: 1 },
    { head: 'bag.size', class: '1.5 l', kind: 'recall', value: 0.5 },
  ]);
});

test('parseWishes - a limit for all heads, and one of its own before it', () => {
  assert.deepEqual(parseWishes([], ['bag=0.9', '0.6'], heads).unknownBelow, { bag: 0.9, 'bag.size': 0.6 });
  assert.deepEqual(parseWishes([], [], heads).unknownBelow, {});
});

test('parseWishes - every mistake at once, each with what is there', () => {
  assert.deepEqual(
    problemsOf(
      [
        'bag.Nome=recall:0.5',
        'bags.None=recall:0.5',
        'bag.None=0.5',
        'bag.None=recall:0',
        'bag.None=recall:1.5',
      ],
      ['60 %', '0', 'bags=0.5'],
    ),
    [
      'the head bag has no class "Nome"',
      'expected a head and a class, as bag.None, got "bags.None"',
      'expected a head, a class and a wish from above 0 to 1, got "bag.None=0.5"',
      'expected a head, a class and a wish from above 0 to 1, got "bag.None=recall:0"',
      'expected a head, a class and a wish from above 0 to 1, got "bag.None=recall:1.5"',
      'expected a probability from above 0 to 1, got "60 %"',
      'expected a probability from above 0 to 1, got "0"',
      'there is no head "bags"',
    ],
  );
  assert.deepEqual(problemsOf(['bag.None=recall:0.5', 'bag.None=precision:0.5']), [
    'bag.None has two thresholds',
  ]);
});
