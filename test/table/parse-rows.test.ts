import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyFor, stream } from '../../src/random.ts';
import { parseRows } from '../../src/table/parse-rows.ts';

/** The parser of quoted text is asked for the same by a quote in a line of its own, which is left out again. */
function asQuoted(text: string, delimiter: string) {
  const { rows, broken } = parseRows(`"quoted"${/\r\n|\r|\n/.exec(text)?.[0] ?? '\n'}${text}`, delimiter);
  assert.equal(broken, null);
  return rows.slice(1).map(({ cells, line }) => ({ cells, line: line - 1 }));
}

test('parseRows - text without quotes gives what the parser of quoted text gives', () => {
  const numbers = stream(keyFor(1, 'parse rows'), 0);
  const pieces = ['a', 'bc', ' ', ',', ',', ';', '\n', '\r\n', '\r', '\t', '\f', 'ü', '=', '\n\n', '#'];
  for (let i = 0; i < 3000; i++) {
    const length = numbers.integer(20);
    const text = Array.from({ length }, () => pieces[numbers.integer(pieces.length)]!).join('');
    const kinds = [...text.matchAll(/\r\n|\r|\n/g)].map(([one]) => one);
    if (new Set(kinds).size > 1) continue;
    // A line break of the text would join the one before it.
    if (/^[\r\n]/.test(text)) continue;
    // Of lines of tabs alone that parser does not know the end.
    const isCounted = !/[\t\f]/.test(text);
    const seen = ({ cells, line }: { cells: readonly string[]; line: number }) =>
      isCounted ? { cells, line } : cells;
    for (const delimiter of [',', ';'])
      assert.deepEqual(
        parseRows(text, delimiter).rows.map(seen),
        asQuoted(text, delimiter).map(seen),
        `${JSON.stringify(text)} by ${delimiter}`,
      );
  }
});

test('parseRows - a tab may be the delimiter', () => {
  assert.deepEqual(parseRows('a\tb\n\tc\n', '\t').rows, [
    { cells: ['a', 'b'], line: 1 },
    { cells: ['', 'c'], line: 2 },
  ]);
});
