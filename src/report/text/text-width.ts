/**
 * How many cells of a terminal a text takes: letters in, a number out. East Asian wide letters and emoji take two
 * (Unicode Standard Annex 11), marks that combine with the letter before them none.
 */
import { stripVTControlCharacters } from 'node:util';
import { printable } from '../../words.ts';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;
/** Nearly every text: one cell a letter, and no need to look at each. */
const NARROW = /^[\x20-\x7e█░·…─×]*$/;
const NOTHING = /^[\p{Mark}\p{Cf}]+$/u;

export type Paint = (text: string) => string;

/** A piece of a line and the colour it is written in. */
export interface Piece {
  readonly text: string;
  readonly paint?: Paint | undefined;
}

/** @returns cells; escape sequences take none */
export function textWidth(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(stripVTControlCharacters(text))) width += cells(segment);
  return width;
}

/**
 * The text where it fits, else as much of it as leaves room for the sign that some was left out.
 * @param width cells
 */
export function cutToWidth(text: string, width: number, sign = '…'): string {
  if (textWidth(text) <= width) return text;
  let cut = '';
  let taken = textWidth(sign);
  if (taken > width) return '';
  for (const { segment } of graphemes.segment(text)) {
    taken += cells(segment);
    if (taken > width) break;
    cut += segment;
  }
  return cut + sign;
}

/** Spaces up to `width` cells, after the text or before it; a longer text is cut. */
export function padToWidth(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const fitting = cutToWidth(text, width);
  const spaces = ' '.repeat(width - textWidth(fitting));
  return align === 'left' ? fitting + spaces : spaces + fitting;
}

/** One line of at most `width` cells: the pieces in order, the first that does not fit is cut, the others dropped. */
export function fitLine(pieces: readonly Piece[], width: number): string {
  let line = '';
  let left = width;
  for (const { text, paint } of pieces) {
    const fitting = cutToWidth(printable(text), left);
    line += paint && fitting !== '' ? paint(fitting) : fitting;
    left -= textWidth(fitting);
    if (fitting !== printable(text)) break;
  }
  return line;
}

/**
 * Lines of at most `width` cells, broken between parts only; a part that is longer than a line is cut.
 * @param indent spaces before every line but the first
 */
export function flowParts(parts: readonly Piece[], width: number, separator: string, indent = 0): string[] {
  const lines: Piece[][] = [];
  let taken = 0;
  for (const part of parts) {
    const needed = textWidth(separator) + textWidth(part.text);
    const last = lines.at(-1);
    if (last && taken + needed <= width) {
      last.push({ text: separator }, part);
      taken += needed;
    } else {
      const margin = last ? Math.min(indent, width) : 0;
      lines.push([{ text: ' '.repeat(margin) }, part]);
      taken = margin + textWidth(part.text);
    }
  }
  return lines.map((line) => fitLine(line, width));
}

function cells(grapheme: string): number {
  if (NOTHING.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}
