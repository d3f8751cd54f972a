/**
 * A CSV file to a table of strings. In: a file and its delimiter. Out: columns, rows and the line each row begins on.
 * UTF-8, with or without a byte order mark; quotes as in RFC 4180; blank lines and spaces around a cell do not count, nor
 * does what tools write around a table (habits.ts).
 */
import { createHash } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { ExperimentError, type Problem } from '../errors.ts';
import { displayPath } from '../file/load.ts';
import { readRegularFile } from '../machine/regular-file.mjs';
import { type RawRow, raggedHint, saidSeparator, withoutHabits } from './habits.ts';
import { parseRows } from './parse-rows.ts';
import type { Table } from './table.ts';
import { decodeText } from './text.ts';

const endings = ['.csv', '.tsv', '.tab', '.txt'];
/** Texts of more characters are more than Node holds in one. */
const MOST_BYTES = 500_000_000;

/** More ragged rows than these are counted and not listed: then the file is of another kind. */
const listedRows = 50;

export interface ReadTableOptions {
  /** One character. */
  readonly delimiter: string;
  /** Whether paths alone are enough, without a column of labels. @default false */
  readonly isOneColumnEnough?: boolean;
}

/**
 * Reads a CSV file with a header line.
 * @param file path; a file below the working folder is named in messages as seen from there
 * @throws ExperimentError `fileNotFound`, `badTable`, `emptyData`; every bad row with its line
 */
export function readTable(file: string, options: ReadTableOptions): Table {
  const { delimiter, isOneColumnEnough = false } = options;
  const name = displayPath(file);
  const bytes = readBytes(file, name);
  const text = decodeText(bytes, name);
  const firstLine = /^[^\r\n]*/.exec(text)![0];
  let lineTexts: readonly string[] | undefined;
  const fault = (line: number, message: string, hint?: string): Problem => {
    lineTexts ??= text.split(/\r\n|\n|\r/);
    const place = { file: name, line, column: 1, text: lineTexts[line - 1] ?? '' };
    return { code: 'badTable', path: 'dataset.table', message, place, hint };
  };

  const { rows: records, broken } = parseRows(text, delimiter);
  const [header, ...rows] = withoutHabits(records, firstLine);
  const said = saidSeparator(firstLine);
  if (said !== undefined && said !== delimiter) {
    const message = `expected columns separated by ${JSON.stringify(delimiter)}, found a first line that says ${JSON.stringify(said)}`;
    throw new ExperimentError([fault(1, message, `Set dataset.delimiter to ${JSON.stringify(said)}.`)]);
  }
  if (header === undefined && broken === null) {
    throw new ExperimentError([
      {
        code: 'emptyData',
        path: 'dataset.table',
        message: `expected a header line and rows, found an empty file: ${name}`,
      },
    ]);
  }
  const problems: Problem[] = [];
  if (header !== undefined) {
    if (header.cells.length > 1 || !isOneColumnEnough)
      problems.push(...headerFaults(header, delimiter, fault));
    problems.push(...raggedFaults(header, rows, delimiter, fault));
  }
  if (broken !== null)
    problems.push(fault(broken.line, broken.message, 'Write a quote inside a quoted cell twice ("").'));
  if (problems.length > 0) throw new ExperimentError(problems);
  if (rows.length === 0) {
    throw new ExperimentError([
      {
        code: 'emptyData',
        path: 'dataset.table',
        message: `expected rows below the header line, found none: ${name}`,
      },
    ]);
  }
  return {
    file: name,
    digest: createHash('sha256').update(bytes).digest('hex'),
    columns: header!.cells,
    rows: rows.map(({ cells }) => cells),
    lines: rows.map(({ line }) => line),
  };
}

type Fault = (line: number, message: string, hint?: string) => Problem;

function headerFaults({ cells, line }: RawRow, delimiter: string, fault: Fault): Problem[] {
  if (cells.length === 1) {
    const other = [',', ';', '\t', '|'].find((mark) => mark !== delimiter && cells[0]!.includes(mark));
    const hint =
      other === undefined
        ? 'A table needs a column of image paths and at least one column of labels.'
        : `Set dataset.delimiter to ${JSON.stringify(other)}.`;
    return [
      fault(line, `expected columns separated by ${JSON.stringify(delimiter)}, found one column only`, hint),
    ];
  }
  const problems: Problem[] = [];
  cells.forEach((cell, i) => {
    const hint =
      'Give it a name, or remove the column. Only the first column, and empty ones at the end, need none.';
    if (cell === '')
      problems.push(fault(line, `expected a name for column ${i + 1}, found an empty cell`, hint));
    const first = cells.indexOf(cell);
    if (cell !== '' && first < i) {
      const message = `expected column names to differ, found "${cell}" as column ${first + 1} and column ${i + 1}`;
      problems.push(fault(line, message, 'Rename one of the two.'));
    }
  });
  return problems;
}

function raggedFaults(header: RawRow, rows: readonly RawRow[], delimiter: string, fault: Fault): Problem[] {
  const width = header.cells.length;
  const ragged = rows.filter(({ cells }) => cells.length !== width);
  const problems = ragged.slice(0, listedRows).map((row) => {
    const message = `expected ${width} cells as in the header, found ${row.cells.length}`;
    return fault(row.line, message, raggedHint(row, width, delimiter));
  });
  const rest = ragged.slice(listedRows);
  if (rest.length > 0) {
    const message = `expected ${width} cells as in the header, found another number in ${rest.length} more rows from here on`;
    problems.push(fault(rest[0]!.line, message));
  }
  return problems;
}

function readBytes(file: string, name: string): Buffer {
  try {
    const isTable = [file, realpathSync(file)].every((path) => endings.includes(extname(path).toLowerCase()));
    if (!isTable && !statSync(file).isDirectory())
      throw Object.assign(new Error('no table'), { code: 'ENAME' });
    return readRegularFile(file, MOST_BYTES);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const problem = {
      path: 'dataset.table',
      hint: 'The path is relative to the experiment file that names it.',
    };
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new ExperimentError([
        { ...problem, code: 'fileNotFound', message: `expected a CSV file, found nothing at ${name}` },
      ]);
    }
    // Errors quote the table, so that it must be a file that is meant to be one.
    if (code === 'ENAME') {
      const message = `expected a table that ends in ${endings.join(', ')}, found ${name}`;
      const hint = 'Give a table such a name; a link must lead to one.';
      throw new ExperimentError([{ ...problem, code: 'badTable', message, hint }]);
    }
    const found =
      {
        EISDIR: 'a folder',
        ENOTREG: 'a pipe or a device',
        EFBIG: `a file of more than ${MOST_BYTES / 1e6} MB`,
      }[code ?? ''] ?? `a file that cannot be read (${code})`;
    throw new ExperimentError([
      { ...problem, code: 'badTable', message: `expected a CSV file, found ${found}: ${name}` },
    ]);
  }
}
