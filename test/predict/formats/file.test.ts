// Answers in files, read back by others: Parquet by pyarrow, which MLflow's environment has.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { ExperimentError, RunError } from '../../../src/errors.ts';
import { csvFormat } from '../../../src/predict/formats/csv.ts';
import { formatOf } from '../../../src/predict/formats/file.ts';
import { jsonFormat } from '../../../src/predict/formats/json-lines.ts';
import { mlflowPlaces } from '../../../src/setup/stamp.mjs';
import { answers, options } from './answers.ts';

const folder = mkdtempSync(join(tmpdir(), 'manyheads-formats-'));

async function written(name: string, more: Partial<typeof options> = {}, batches = 2): Promise<string> {
  const file = join(folder, name);
  const writer = await formatOf(file)(file, { ...options, ...more });
  for (let i = 0; i < batches; i++) await writer.write(answers);
  await writer.end();
  return file;
}

test('formatOf - text files hold what the formats give', async () => {
  const csv = csvFormat(options);
  assert.equal(
    readFileSync(await written('a.CSV'), 'utf8'),
    csv.head + csv.lines(answers) + csv.lines(answers),
  );
  const json = jsonFormat(options).lines(answers);
  for (const name of ['a.jsonl', 'a.ndjson'])
    assert.equal(readFileSync(await written(name), 'utf8'), json + json);
});

test('formatOf - another ending, and a folder that is not there', async () => {
  assert.throws(
    () => formatOf('answers.xlsx'),
    (error) =>
      error instanceof ExperimentError &&
      /--output: expected a file that ends in \.csv, \.jsonl, \.ndjson, \.parquet, got answers\.xlsx/.test(
        error.message,
      ),
  );
  for (const name of ['none/a.csv', 'none/a.parquet']) {
    const file = join(folder, name);
    await assert.rejects(
      async () => {
        const writer = await formatOf(file)(file, options);
        await writer.write(answers);
        await writer.end();
      },
      (error) => error instanceof RunError && /could not be written: ENOENT/.test(error.message),
      name,
    );
  }
});

test('formatOf - Parquet, as its own library reads it', async () => {
  const file = await asyncBufferFromFile(await written('a.parquet', { features: 2 }));
  const rows = await parquetReadObjects({ file });
  assert.equal(rows.length, 4);
  const f = Math.fround;
  assert.deepEqual(
    { ...rows[2] },
    {
      image: 'a "b", c.jpg',
      colour: 'green',
      colour_probability: f(0.7),
      colour_probabilities: [f(0.1), f(0.7), f(0.2)],
      hat: null,
      hat_probability: 0.5,
      hat_probabilities: [0.5, 0.5],
      features: [1.5, f(-0.1)],
      error: null,
    },
  );
  for (const name of ['colour', 'colour_probabilities', 'features'])
    assert.equal(rows[3]![name] ?? null, null);
});

test('formatOf - Parquet in several groups, as pyarrow reads it', async () => {
  const file = await written('many.parquet', { features: 2 }, 2100);
  const script = `
import json, sys, pyarrow.parquet as pq
f = pq.ParquetFile(sys.argv[1])
t = f.read()
print(json.dumps({
  'rows': t.num_rows, 'groups': f.num_row_groups, 'schema': {x.name: str(x.type) for x in t.schema},
  'classes': json.loads(f.metadata.metadata[b'classes']),
  'nulls': t.column('error').null_count, 'row': t.slice(4198, 1).to_pylist()[0]}))`;
  const python = join(dirname(mlflowPlaces().executable), 'python');
  const read = JSON.parse(execFileSync(python, ['-c', script, file], { encoding: 'utf8' }));
  assert.equal(read.rows, 4200);
  assert.ok(read.groups > 1);
  assert.deepEqual(read.classes, { colour: ['red', 'green', 'blue'], hat: ['no', 'yes, it has'] });
  assert.equal(read.nulls, 2100);
  assert.match(read.schema.colour_probabilities, /^list<element: float/);
  assert.deepEqual(
    [read.schema.image, read.schema.colour_probability, read.row.image, read.row.hat, read.row.features],
    ['string', 'float', 'a "b", c.jpg', null, [1.5, Math.fround(-0.1)]],
  );
});
