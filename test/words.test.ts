import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forTerminal, own, printable } from '../src/words.ts';

test('own - what every object inherits is no word of the record', () => {
  for (const word of ['constructor', 'toString', 'hasOwnProperty', '__proto__']) {
    assert.equal(own({ a: 1 }, word), undefined);
    assert.equal(own(Object.fromEntries([[word, 2]]), word), 2);
  }
  assert.equal(own(undefined, 'a'), undefined);
});

test('printable - a line break, an escape or a turned direction in a name is written as its number', () => {
  assert.equal(printable('a\nb\u001b[31m'), 'a\\u000ab\\u001b[31m');
  assert.equal(
    printable('\u009b2J \u202etxt.exe\u2028 Größe 猫'),
    '\\u009b2J \\u202etxt.exe\\u2028 Größe 猫',
  );
});

test('forTerminal - line breaks and colours stay, what moves a cursor or sets a title does not', () => {
  const text = '\u001b[1mhead\u001b[22m\n\tx\u001b[2J\u001b]0;title\u0007\r';
  assert.equal(forTerminal(text), '\u001b[1mhead\u001b[22m\n\tx\\u001b[2J\\u001b]0;title\\u0007\\u000d');
});
