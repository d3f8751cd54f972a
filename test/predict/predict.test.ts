// What is predicted from files is what validation of the run computed from its cache, for every row and each way to fit.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { readModel } from '../../src/bundle/read.ts';
import type { ImageAnswer } from '../../src/predict/answers.ts';
import { type PredictImagesOptions, predictImages } from '../../src/predict/predict.ts';
import { openSources } from '../../src/predict/sources.ts';
import { evaluated, largestDifference, makeTinyModel, type TinyModel } from '../bundle/tiny-model.ts';
import { type Mixed, makeMixed } from './mixed.ts';

let mixed: Mixed;
const models: TinyModel[] = [];
before(async () => {
  mixed = await makeMixed();
});
after(() => {
  for (const { engine } of models) engine.dispose();
});

async function answersFor(
  model: TinyModel,
  inputs: readonly string[],
  more: Partial<PredictImagesOptions> = {},
): Promise<ImageAnswer[]> {
  const answers: ImageAnswer[] = [];
  const read = readModel(model.folder);
  const { imageColumn, delimiter } = read.description.table;
  await predictImages({
    model: read,
    sources: openSources(inputs, {
      column: imageColumn,
      delimiter,
      lines: Readable.from([]),
      allowOutside: false,
    }),
    batchSize: 5,
    flip: false,
    top: 1,
    features: false,
    signal: new AbortController().signal,
    write: (batch) => void answers.push(...batch),
    ...more,
  });
  return answers;
}

for (const fit of ['stretch', 'crop', 'pad']) {
  test(`predictImages - ${fit}: probabilities of all validation rows are those of the run, within 1e-6`, async () => {
    const model = await makeTinyModel([`dataset.fit=${fit}`], mixed.experiment);
    models.push(model);
    const answers = await answersFor(model, [join(mixed.folder, 'table.csv')]);
    assert.equal(answers.length, mixed.images);
    const rows = model.data.split.validation;
    assert.ok(rows.length > 15, `${rows.length} rows`);
    const expected = evaluated(model, rows);
    for (const { name } of model.data.heads) {
      const found = [...rows].flatMap((row) => answers[row]!.heads![name]!.probabilities);
      const off = largestDifference(found, expected[name]!);
      assert.ok(off < 1e-6, `${name} is off by ${off}`);
    }
    assert.deepEqual(
      answers.map(({ image }) => image),
      [...model.data.imagePaths],
    );
  });
}

test('predictImages - the three ways to fit see different pictures', async () => {
  const row = models[0]!.data.split.validation[0]!;
  const [stretch, crop, pad] = await Promise.all(
    models.map(async (model) => {
      const image = join(mixed.folder, model.data.imagePaths[row]!);
      return (await answersFor(model, [image], { features: true }))[0]!.features!;
    }),
  );
  assert.ok(largestDifference(stretch!, crop!) > 1e-3);
  assert.ok(largestDifference(stretch!, pad!) > 1e-3);
});

test('predictImages - a folder and its files one by one; whatever the size of the batches', async () => {
  const model = models[0]!;
  const folder = await answersFor(model, [join(mixed.folder, 'photos')]);
  assert.equal(folder.length, mixed.images);
  const names = folder.map(({ image }) => image);
  assert.deepEqual(names, [...names].sort(), 'in the order of their paths');
  const one = await answersFor(model, names, { batchSize: 1 });
  const many = await answersFor(model, names, { batchSize: 64 });
  const of = (answers: ImageAnswer[]): number[] =>
    answers.flatMap(({ heads }) => Object.values(heads!).flatMap(({ probabilities }) => probabilities));
  assert.ok(largestDifference(of(one), of(folder)) < 1e-6);
  assert.ok(largestDifference(of(many), of(folder)) < 1e-6);
});

test('predictImages - what is written and told', async () => {
  const model = models[0]!;
  const batches: number[] = [];
  const told: unknown[] = [];
  const image = join(mixed.folder, model.data.imagePaths[0]!);
  const inputs = [image, join(mixed.folder, 'mixed.yaml'), image, image, image, image];
  await answersFor(model, inputs, {
    batchSize: 4,
    write: (answers) => void batches.push(answers.length),
    onProgress: (counts, total) => void told.push([counts.images, counts.damaged, total]),
  });
  assert.deepEqual(batches, [4, 2]);
  assert.deepEqual(told, [
    [4, 1, 6],
    [6, 1, 6],
  ]);
});
