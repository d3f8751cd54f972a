/** Answers into a file, in the format that its ending names. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { extname } from 'node:path';
import { ExperimentError, RunError } from '../../errors.ts';
import { csvFormat } from './csv.ts';
import type { AnswerWriter, FormatOptions, TextFormat } from './format.ts';
import { jsonFormat } from './json-lines.ts';

type Open = (file: string, options: FormatOptions) => AnswerWriter | Promise<AnswerWriter>;

const formats = new Map<string, Open>([
  ['.csv', (file, options) => textWriter(file, csvFormat(options))],
  ['.jsonl', (file, options) => textWriter(file, jsonFormat(options))],
  ['.ndjson', (file, options) => textWriter(file, jsonFormat(options))],
  [
    '.parquet',
    async (file, options) => {
      const { parquetWriter } = await import('./parquet.ts');
      return parquetWriter(file, options);
    },
  ],
]);

/** @throws ExperimentError where the ending names no format */
export function formatOf(file: string): Open {
  const open = formats.get(extname(file).toLowerCase());
  if (open !== undefined) return open;
  const endings = [...formats.keys()].join(', ');
  const message = `expected a file that ends in ${endings}, got ${file}`;
  throw new ExperimentError([{ code: 'badArgument', path: '--output', message }]);
}

/** Whole lines, each batch at once. */
function textWriter(file: string, { head, lines }: TextFormat): AnswerWriter {
  const failed = (cause: unknown): RunError =>
    new RunError(`${file} could not be written: ${(cause as Error).message}`, { cause });
  let descriptor: number;
  try {
    descriptor = openSync(file, 'w');
  } catch (cause) {
    throw failed(cause);
  }
  const write = (text: string): void => {
    const bytes = Buffer.from(text);
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
    } catch (cause) {
      throw failed(cause);
    }
  };
  write(head);
  return {
    write: (answers) => write(lines(answers)),
    end: () => closeSync(descriptor),
  };
}
