/**
 * Answers as a Parquet file: `image`, for each head `<head>`, `<head>_probability` and the list `<head>_probabilities` in the
 * order of the classes, the list `features` where it is asked for, and `error`. The classes stand in the file's metadata.
 * What a damaged image lacks, and "don't know", are null. https://parquet.apache.org
 */
import type { SchemaElement } from 'hyparquet';
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import { RunError } from '../../errors.ts';
import type { ImageAnswer } from '../answers.ts';
import type { AnswerWriter, FormatOptions } from './format.ts';

/** Rows of a group: what is held in memory before it is written. With features, some ten megabytes. */
const GROUP_ROWS = 2048;

interface Column {
  readonly name: string;
  readonly elements: readonly SchemaElement[];
  valueIn(answer: ImageAnswer): unknown;
}

export function parquetWriter(file: string, options: FormatOptions): AnswerWriter {
  const columns = columnsOf(options);
  const schema: SchemaElement[] = [
    { name: 'root', num_children: columns.length },
    ...columns.flatMap(({ elements }) => elements),
  ];
  const classes = Object.fromEntries(options.heads.map((head) => [head.name, head.classes]));
  const failed = (cause: unknown): RunError =>
    new RunError(`${file} could not be written: ${(cause as Error).message}`, { cause });
  let writer: ParquetWriter;
  try {
    writer = new ParquetWriter({
      writer: fileWriter(file),
      schema,
      createdBy: 'manyheads',
      kvMetadata: [{ key: 'classes', value: JSON.stringify(classes) }],
    });
  } catch (cause) {
    throw failed(cause);
  }
  let rows: ImageAnswer[] = [];
  const flush = async (): Promise<void> => {
    const group = rows;
    rows = [];
    if (group.length === 0) return;
    const columnData = columns.map(({ name, valueIn }) => ({ name, data: group.map(valueIn) }));
    await writer.write({ columnData, rowGroupSize: GROUP_ROWS });
  };
  const written = (action: () => Promise<void>): Promise<void> =>
    action().catch((cause: unknown) => {
      throw failed(cause);
    });
  return {
    write(answers) {
      rows.push(...answers);
      return rows.length < GROUP_ROWS ? undefined : written(flush);
    },
    // Without its end nobody can read the file.
    end: () =>
      written(async () => {
        await flush();
        await writer.finish();
      }),
  };
}

function columnsOf({ heads, features }: FormatOptions): Column[] {
  return [
    text('image', ({ image }) => image),
    ...heads.flatMap(({ name }) => [
      text(name, (answer) => answer.heads?.[name]?.class ?? null),
      number(`${name}_probability`, (answer) => answer.heads?.[name]?.probability ?? null),
      numbers(`${name}_probabilities`, (answer) => answer.heads?.[name]?.probabilities ?? null),
    ]),
    ...(features === 0
      ? []
      : [numbers('features', (answer) => (answer.features === null ? null : Array.from(answer.features)))]),
    text('error', ({ error }) => error),
  ];
}

function text(name: string, valueIn: (answer: ImageAnswer) => string | null): Column {
  const element = { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' } as const;
  return { name, elements: [element], valueIn };
}

function number(name: string, valueIn: (answer: ImageAnswer) => number | null): Column {
  return { name, elements: [{ name, type: 'FLOAT', repetition_type: 'OPTIONAL' }], valueIn };
}

/** A list in three levels, as the format defines it. */
function numbers(name: string, valueIn: (answer: ImageAnswer) => readonly number[] | null): Column {
  return {
    name,
    elements: [
      { name, repetition_type: 'OPTIONAL', converted_type: 'LIST', num_children: 1 },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' },
    ],
    valueIn,
  };
}
