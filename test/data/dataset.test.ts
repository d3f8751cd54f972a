import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import sharp from 'sharp';
import type { ChannelStatistics } from '../../src/augmentation/normalization.ts';
import { type Data, openData } from '../../src/data/dataset.ts';
import { ExperimentError, RunError } from '../../src/errors.ts';
import type { DatasetPlan, Plan } from '../../src/plan/plan.ts';

const base = mkdtempSync(join(tmpdir(), 'manyheads-data-'));
after(() => rmSync(base, { recursive: true }));

/** Ten grey images of value 10 × row and a table that splits them by a column: rows 8 and 9 are for validation. */
const images = join(base, 'images');
mkdirSync(images);
const values = Array.from({ length: 10 }, (_, row) => 10 * row);
await Promise.all(
  values.map((value, row) =>
    sharp({ create: { width: 8, height: 8, channels: 3, background: { r: value, g: value, b: value } } })
      .png()
      .toFile(join(images, `${row}.png`)),
  ),
);
const labels = ['a', 'b', 'b', '', 'b', 'a', '?', 'b', 'a', 'b'];

let tables = 0;
function writeTable(
  change: (row: number) => Partial<{ image: string; label: string; part: string }> = () => ({}),
): string {
  const lines = values.map((_, row) => {
    const cells = {
      image: `${row}.png`,
      label: labels[row]!,
      part: row < 8 ? 'train' : 'validation',
      ...change(row),
    };
    return `${cells.image},${cells.label},${cells.part}`;
  });
  const file = join(base, `table${tables++}.csv`);
  writeFileSync(file, `image,label,part\n${lines.join('\n')}\n`);
  return file;
}

/** A plan as far as the data read it. */
function planOf(table: string, dataset: Partial<DatasetPlan> = {}, allowOutside = false): Plan {
  const settings: Pick<Plan['settings'], 'dataset' | 'stages'> = {
    stages: [],
    dataset: {
      tableDigest: createHash('sha256').update(readFileSync(table)).digest('hex'),
      imageColumn: 'image',
      delimiter: ',',
      heads: [{ name: 'kind', column: 'label', classes: ['a', 'b'], ordinal: false }],
      missing: ['?'],
      split: { validation: 0.2, seed: 1, stratifyBy: [], groupBy: null, column: 'part' },
      normalize: 'dataset',
      fit: 'stretch',
      onBadImage: 'stop',
      cacheSize: 8,
      ...dataset,
    },
  };
  const experiment = { dataset: { allowOutside } };
  return { settings, locations: { file: join(base, 'x.yaml'), table, images }, experiment } as Plan;
}

function open(plan: Plan) {
  return openData(plan, { cacheFolder: join(base, 'cache') });
}

async function problemsOf(plan: Plan) {
  try {
    await open(plan);
  } catch (error) {
    assert.ok(error instanceof ExperimentError, String(error));
    return error.problems;
  }
  assert.fail('expected an error');
}

test('openData - labels, counts, majority and split', async () => {
  const data = await open(planOf(writeTable()));
  const [head] = data.heads;
  assert.deepEqual([...head!.labels], [0, 1, 1, -1, 1, 0, -1, 1, 0, 1]);
  assert.deepEqual([...head!.trainingCounts], [2, 4]);
  assert.deepEqual([...head!.validationCounts], [1, 1]);
  assert.equal(head!.majority, 1);
  assert.deepEqual([...data.split.validation], [8, 9]);
  assert.deepEqual([...data.imageOf], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(data.skipped, []);
});

function statisticsOf({ normalization }: Data): ChannelStatistics {
  assert.notEqual(normalization, 'perImage');
  return normalization as ChannelStatistics;
}

test('openData - mean and deviation of the training part only', async () => {
  const normalization = statisticsOf(await open(planOf(writeTable())));
  // 0, 10, …, 70: mean 35; deviation 10 × sqrt((8² - 1) / 12) = 10 × sqrt(5.25).
  assert.deepEqual(normalization.mean, [35, 35, 35]);
  for (const std of normalization.std) assert.ok(Math.abs(std - 10 * Math.sqrt(5.25)) < 1e-12);
});

test('openData - the other ways to normalise', async () => {
  const table = writeTable();
  const figures = async (normalize: DatasetPlan['normalize']) =>
    (await open(planOf(table, { normalize }))).normalization;
  assert.deepEqual(await figures('unit'), { mean: [0, 0, 0], std: [255, 255, 255] });
  assert.deepEqual(await figures('imagenet'), {
    mean: [123.675, 116.28, 103.53],
    std: [58.395, 57.12, 57.375],
  });
  assert.equal(await figures('perImage'), 'perImage');
  const own = { mean: [1, 2, 3], std: [4, 5, 6] };
  assert.deepEqual(await figures(own), own);
});

test('openData - every bad image stops the run, with the line of the table', async () => {
  const table = writeTable((row) => (row === 2 || row === 9 ? { image: `absent${row}.png` } : {}));
  const problems = await problemsOf(planOf(table));
  assert.deepEqual(
    problems.map(({ code, place }) => [code, place?.line]),
    [
      ['badImage', 4],
      ['badImage', 11],
    ],
  );
  assert.equal(
    problems[0]?.message,
    `expected an image, found ${join(images, 'absent2.png')}: there is no such file`,
  );
  assert.match(problems[1]?.hint ?? '', /onBadImage: skip/);
});

test('openData - skip leaves the rows of bad images out of split, counts and mean', async () => {
  const table = writeTable((row) => (row === 0 || row === 9 ? { image: 'absent.png' } : {}));
  const data = await open(planOf(table, { onBadImage: 'skip' }));
  assert.deepEqual(
    data.skipped.map(({ row }) => row),
    [0, 9],
  );
  assert.deepEqual([...data.split.training], [1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual([...data.split.validation], [8]);
  assert.deepEqual([...data.heads[0]!.trainingCounts], [1, 4]);
  // 10, 20, …, 70
  assert.deepEqual(statisticsOf(data).mean, [40, 40, 40]);
});

test('openData - skip that leaves one side empty', async () => {
  const table = writeTable((row) => (row >= 8 ? { image: 'absent.png' } : {}));
  const [first, ...rest] = await problemsOf(planOf(table, { onBadImage: 'skip' }));
  assert.equal(first?.code, 'emptyData');
  assert.match(first?.message ?? '', /rows for validation, found none once 2 rows/);
  assert.deepEqual(
    rest.map(({ code }) => code),
    ['badImage', 'badImage'],
  );
});

test('openData - a row that the split leaves out needs no image', async () => {
  const table = writeTable((row) => (row === 3 ? { image: 'absent.png', part: 'test' } : {}));
  const data = await open(planOf(table));
  assert.equal(data.imageOf[3], -1);
  assert.equal(data.split.training.length, 7);
});

test('openData - rows for testing change nothing: not images, labels, counts, mean or digest of the images', async () => {
  const part = (row: number) => (row === 2 || row === 4 ? { part: 'test' } : {});
  const data = await open(planOf(writeTable(part)));
  assert.deepEqual([...data.split.training], [0, 1, 3, 5, 6, 7]);
  assert.ok(!('test' in data.split));
  assert.deepEqual([...data.heads[0]!.trainingCounts], [2, 2]);
  // 0, 10, 30, 50, 60, 70
  assert.ok(Math.abs(statisticsOf(data).mean[0]! - 220 / 6) < 1e-12);
  assert.deepEqual([data.imageOf[2], data.imageOf[4], data.images.count], [-1, -1, 8]);
  const changed = await open(
    planOf(writeTable((row) => (part(row).part ? { ...part(row), image: 'absent.png', label: 'a' } : {}))),
  );
  assert.deepEqual(changed.normalization, data.normalization);
  assert.equal(changed.images.digest, data.images.digest);
  assert.deepEqual(changed.heads[0]!.trainingCounts, data.heads[0]!.trainingCounts);
});

test('openData - a head without a label in the training part', async () => {
  const table = writeTable((row) => (row < 8 ? { label: '' } : {}));
  const problems = await problemsOf(planOf(table));
  assert.deepEqual(
    problems.map(({ code, path }) => [code, path]),
    [['emptyData', 'dataset.attributes.kind']],
  );
});

test('openData - a label that is no class', async () => {
  const problems = await problemsOf(planOf(writeTable(), { missing: [] }));
  assert.deepEqual(
    problems.map(({ code, place }) => [code, place?.line]),
    [['unknownClass', 8]],
  );
});

test('openData - the digest changes with the table and with an image', async () => {
  const table = writeTable();
  const digests = [
    await open(planOf(table)),
    await open(planOf(table)),
    await open(planOf(writeTable((row) => (row === 3 ? { label: 'a' } : {})))),
    await open(planOf(writeTable((row) => (row === 3 ? { image: '4.png' } : {})))),
  ].map(({ digest }) => digest);
  assert.equal(digests[0], digests[1]);
  assert.equal(new Set(digests).size, 3);
});

test('openData - a table that changed since the plan was made', async () => {
  await assert.rejects(open(planOf(writeTable(), { tableDigest: 'another' })), RunError);
});

test('openData - a link that leads out of the folder of images is refused, with its line, whatever onBadImage says', async () => {
  symlinkSync(join(images, '1.png'), join(base, 'beside.png'));
  symlinkSync(join(base, 'beside.png'), join(images, 'out.png'));
  symlinkSync(join(images, '2.png'), join(images, 'within.png'));
  const names = new Map([
    [1, 'out.png'],
    [2, 'within.png'],
  ]);
  const table = writeTable((row) => (names.has(row) ? { image: names.get(row)! } : {}));
  // It leads back into the folder in the end.
  assert.deepEqual((await open(planOf(table))).skipped, []);
  rmSync(join(base, 'beside.png'));
  writeFileSync(join(base, 'beside.png'), readFileSync(join(images, '1.png')));
  for (const onBadImage of ['stop', 'skip'] as const) {
    const problems = await problemsOf(planOf(table, { onBadImage }));
    assert.deepEqual(
      problems.map(({ code, place }) => [code, place?.line]),
      [['outsideFolder', 3]],
    );
    assert.match(problems[0]!.hint!, /dataset\.allowOutside: true/);
  }
  assert.equal((await open(planOf(table, {}, true))).imageOf[1], 1);
});
