/**
 * Answers as CSV (RFC 4180): `image`, for each head `<head>` and `<head>_probability`, with more than one class a head
 * `<head>_2`, `<head>_2_probability` and so on, then `feature_0` …, then `error`. "Don't know" and what a damaged image lacks
 * are empty.
 */
import { type HeadAnswer, type ImageAnswer, shortNumber } from '../answers.ts';
import type { FormatOptions, TextFormat } from './format.ts';

/** Names of the columns; those of all heads are told apart by the head's own. */
export function columnNames({ heads, top, features }: FormatOptions): string[] {
  const ofHead = (name: string): string[] => [
    name,
    `${name}_probability`,
    ...Array.from({ length: top - 1 }, (_, i) => [`${name}_${i + 2}`, `${name}_${i + 2}_probability`]).flat(),
  ];
  return [
    'image',
    ...heads.flatMap(({ name }) => ofHead(name)),
    ...Array.from({ length: features }, (_, i) => `feature_${i}`),
    'error',
  ];
}

export function csvFormat(options: FormatOptions): TextFormat {
  const { heads, top, features } = options;
  const cellsOf = (answer: HeadAnswer): (string | number)[] => [
    answer.class ?? '',
    shortNumber(answer.probability),
    ...answer.top.slice(1, top).flatMap((other) => [other.class, shortNumber(other.probability)]),
  ];
  const widthOf = (classes: number): number => 2 * Math.min(top, classes);
  const line = (answer: ImageAnswer): string =>
    row([
      answer.image,
      ...heads.flatMap(({ name, classes }) => {
        const cells = answer.heads === null ? [] : cellsOf(answer.heads[name]!);
        // A head with fewer classes than are asked for has nothing more to say.
        return [...cells, ...empty(2 * top - (answer.heads === null ? 0 : widthOf(classes.length)))];
      }),
      ...(answer.features === null || features === 0
        ? empty(features)
        : Array.from(answer.features, shortNumber)),
      answer.error ?? '',
    ]);
  return {
    head: row(columnNames(options)),
    lines: (answers) => answers.map(line).join(''),
  };
}

function empty(count: number): string[] {
  return Array.from({ length: count }, () => '');
}

function row(cells: readonly (string | number)[]): string {
  return `${cells.map(quoted).join(',')}\n`;
}

function quoted(cell: string | number): string {
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
