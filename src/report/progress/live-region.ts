/**
 * The lines at the bottom of a terminal that are written again and again, with everything else above them. Lines go
 * in, escape sequences go to the stream. Each change is one write, so that nothing flickers.
 */
import { textWidth } from '../text/text-width.ts';

const ERASE_BELOW = '\u001b[J';
const ERASE_REST_OF_LINE = '\u001b[K';

export interface LiveRegion {
  /** Writes the lines in place of those that are there. */
  draw(lines: readonly string[]): void;
  /** Writes lines that stay, above the region. */
  above(lines: readonly string[]): void;
  /** Takes the region off the screen. */
  clear(): void;
}

/** @param columns asked at each change: a window may have been made narrower, which breaks lines that were written */
export function createLiveRegion(
  stream: Pick<NodeJS.WriteStream, 'write'>,
  columns: () => number,
): LiveRegion {
  let drawn: readonly string[] = [];

  /** To the first cell of the region. The cursor is left at the end of its last line. */
  const back = (): string => {
    if (drawn.length === 0) return '';
    const width = Math.max(1, columns());
    const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(textWidth(line) / width)), 0);
    return `\r${rows > 1 ? `\u001b[${rows - 1}A` : ''}`;
  };
  const paint = (lines: readonly string[]): string =>
    lines.map((line) => line + ERASE_REST_OF_LINE).join('\n');

  return {
    draw(lines) {
      stream.write(back() + paint(lines) + (drawn.length > 0 ? ERASE_BELOW : ''));
      drawn = lines;
    },
    above(lines) {
      const start = drawn.length > 0 ? back() + ERASE_BELOW : '';
      stream.write(`${start}${lines.map((line) => `${line}\n`).join('')}${paint(drawn)}`);
    },
    clear() {
      if (drawn.length === 0) return;
      stream.write(back() + ERASE_BELOW);
      drawn = [];
    },
  };
}
