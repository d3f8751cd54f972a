import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answersTable } from '../../../src/predict/formats/text-table.ts';
import { answers, options } from './answers.ts';

test('answersTable - answers beside their probabilities, errors only where there are any', () => {
  const style = { terminal: false };
  const table = answersTable(answers, options, style).split('\n');
  assert.match(table[0]!, /^image +colour +hat +error$/);
  assert.match(table[2]!, /^a "b", c\.jpg {2}green 0\.700 {2}don't know 0\.500$/);
  assert.match(table[3]!, /^bad\.png +the file ends before the image does$/);
  assert.doesNotMatch(answersTable(answers.slice(0, 1), options, style), /error/);
});

test('answersTable - the most probable classes, and what was decided where it is another', () => {
  const table = answersTable(answers, { ...options, top: 2 }, { terminal: false });
  assert.match(table, /green 0\.700, blue 0\.200/);
  assert.match(table, /don't know \(no 0\.500, yes, it has 0\.500\)/);
});
