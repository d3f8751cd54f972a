// A terminal of a few lines of code: text with escape sequences in, what a person would see out. Wraps as terminals do.
import { textWidth } from '../../src/report/text/text-width.ts';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const ESCAPE = '\u001b';
const SEQUENCE = /^.\[(\d*)([A-Za-z])/;
/** An escape sequence, a control character, or text up to the next of them. */
const PIECES = /\p{Cc}\[\d*[A-Za-z]|\p{Cc}|\P{Cc}+/gu;

export interface Screen {
  write(text: string): boolean;
  /** Lines from the first that was written, without spaces at their ends. */
  lines(): string[];
  /** Breaks the lines that are too long now, as terminals do when their window is made narrower. */
  resize(columns: number): void;
  /** How often a line was longer than the screen is wide. */
  readonly wraps: number;
  /** How often something was written. */
  readonly writes: number;
}

export function createScreen(initialColumns: number): Screen {
  let columns = initialColumns;
  const grid: string[][] = [[]];
  let row = 0;
  let column = 0;
  let wraps = 0;
  let writes = 0;
  const down = (): void => {
    row += 1;
    grid[row] ??= [];
  };
  const put = (letter: string): void => {
    const width = textWidth(letter);
    if (column + width > columns) {
      wraps += 1;
      column = 0;
      down();
    }
    const cells = grid[row]!;
    while (cells.length < column) cells.push(' ');
    cells[column] = letter;
    if (width === 2) cells[column + 1] = '';
    column += width;
  };
  const control = (count: number, letter: string): void => {
    if (letter === 'A') {
      if (row - count < 0) throw new Error(`the cursor left the screen: ${row} - ${count}`);
      row -= count;
    } else if (letter === 'K' || letter === 'J') {
      grid[row]!.length = Math.min(grid[row]!.length, column);
      if (letter === 'J') grid.length = row + 1;
    } else if (letter !== 'm') throw new Error(`a sequence that this screen does not know: ${letter}`);
  };
  return {
    write(text) {
      writes += 1;
      for (const [piece] of text.matchAll(PIECES)) {
        const sequence = piece.startsWith(ESCAPE) ? SEQUENCE.exec(piece) : null;
        if (sequence) control(Number(sequence[1] === '' ? 1 : sequence[1]), sequence[2]!);
        else if (piece === '\r') column = 0;
        else if (piece === '\n') {
          down();
          column = 0;
        } else for (const { segment } of graphemes.segment(piece)) put(segment);
      }
      return true;
    },
    resize(narrower) {
      columns = narrower;
      const broken = grid.splice(0).flatMap((cells) => {
        const parts: string[][] = [];
        do parts.push(cells.splice(0, columns));
        while (cells.length > 0);
        return parts;
      });
      grid.push(...broken);
      // The cursor was at the end of the last line and still is.
      row = grid.length - 1;
      column = grid[row]!.length;
    },
    lines: () => grid.map((cells) => cells.join('').trimEnd()),
    get wraps() {
      return wraps;
    },
    get writes() {
      return writes;
    },
  };
}
