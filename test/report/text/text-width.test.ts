import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  cutToWidth,
  fitLine,
  flowParts,
  padToWidth,
  textWidth,
} from '../../../src/report/text/text-width.ts';

test('textWidth - wide letters take two cells, combining marks and escapes none', () => {
  assert.equal(textWidth('garment'), 7);
  assert.equal(textWidth('服の種類'), 8);
  assert.equal(textWidth('e\u0301te'), 3);
  assert.equal(textWidth('\u001b[32mok\u001b[39m'), 2);
  assert.equal(textWidth('👩‍👧'), 2);
  assert.equal(textWidth('██░·…'), 5);
});

test('cutToWidth - never takes half of a wide letter', () => {
  assert.equal(cutToWidth('garment', 7), 'garment');
  assert.equal(cutToWidth('garments', 7), 'garmen…');
  // Four letters of two cells: with the sign, three cells hold one of them, four cells no more.
  assert.equal(cutToWidth('服の種類', 3), '服…');
  assert.equal(cutToWidth('服の種類', 4), '服…');
  assert.equal(cutToWidth('abc', 0), '');
});

test('padToWidth - fills to the width in cells', () => {
  assert.equal(padToWidth('服', 4), '服  ');
  assert.equal(padToWidth('0.5', 5, 'right'), '  0.5');
  assert.equal(padToWidth('abcdef', 4), 'abc…');
});

test('fitLine - cuts before it paints and drops what follows', () => {
  const line = fitLine([{ text: 'abcdef', paint: (text) => `<${text}>` }, { text: 'xyz' }], 4);
  assert.equal(line, '<abc…>');
});

test('flowParts - breaks between parts only', () => {
  const parts = ['loss 1.234', '31.2 images/s', '42 s left'].map((text) => ({ text }));
  // 10 + 3 + 13 = 26 cells; the third would need 38.
  assert.deepEqual(flowParts(parts, 30, ' · ', 2), ['loss 1.234 · 31.2 images/s', '  42 s left']);
  assert.deepEqual(flowParts(parts, 100, ', '), ['loss 1.234, 31.2 images/s, 42 s left']);
});
