/** SavedModels as others read them: TensorFlow of Python, the signature of TensorFlow Serving, the snippet; on photographs of all shapes. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { RunError } from '../../../src/errors.ts';
import { labelsOf } from '../../../src/export/labels.ts';
import { prove } from '../../../src/export/prove.ts';
import { savedmodel } from '../../../src/export/savedmodel/savedmodel.ts';
import { plainModel } from '../../../src/export/savedmodel/write.ts';
import { idle } from '../models.ts';
import { COUNT, differenceOf, type Photographed, photographed, SIDE } from '../photographed.ts';
import { pythonOf, runPython, script } from '../python.ts';

const { python, skip } = await pythonOf('readsTensorflow');
const folder = mkdtempSync(join(tmpdir(), 'manyheads-savedmodel-'));
let made: Photographed;

before(async () => {
  made = await photographed();
  await savedmodel.write(made.model, folder);
});

test('our own TensorFlow - answers as the model on 240 photographs', async () => {
  const opened = await savedmodel.open(made.model, folder);
  const proved = await prove(opened, made.model.description, made.images, idle);
  assert.ok(proved.largestDifference <= savedmodel.tolerance, `${proved.largestDifference}`);
  assert.equal(proved.wrongClasses, 0);
  assert.ok(proved.otherAnswers <= 1);
});

test('tf.saved_model.load - the same answers by the signature for serving, of stock ops alone', {
  skip,
}, async () => {
  const raw = join(folder, 'images.raw');
  writeFileSync(raw, made.images.batches[0]!.pixels_NSS3);
  const printed = await runPython(python, [
    script('savedmodel/read_savedmodel.py'),
    join(folder, savedmodel.file),
    raw,
    String(COUNT),
  ]);
  const read = JSON.parse(printed) as {
    readonly input: readonly unknown[];
    readonly types: Readonly<Record<string, string>>;
    readonly shapes: Readonly<Record<string, readonly (number | null)[]>>;
    readonly answers: Readonly<Record<string, readonly number[]>>;
    readonly first: Readonly<Record<string, readonly number[]>>;
    readonly ops: readonly string[];
  };
  const off = differenceOf(made, read.answers);
  assert.ok(off <= savedmodel.tolerance, `off by ${off}`);
  for (const [k, p] of read.first.age!.entries()) assert.ok(Math.abs(p - read.answers.age![k]!) < 1e-6);
  assert.deepEqual(read.input, ['images', 'uint8', [null, SIDE, SIDE, 3]]);
  assert.deepEqual(read.types, {
    age: 'float32',
    age_class: 'int64',
    garment: 'float32',
    garment_class: 'int64',
  });
  assert.deepEqual(read.shapes, {
    age: [null, 5],
    age_class: [null],
    garment: [null, 7],
    garment_class: [null],
  });
  assert.deepEqual(
    read.ops.filter((op) => op.startsWith('Manyheads')),
    [],
  );
  const classes = new Set(read.answers.garment_class);
  assert.ok(classes.has(-1) && classes.size > 2);
});

test('snippet - at most ten lines, and it runs', { skip }, async () => {
  const text = savedmodel.snippet.text(made.model);
  assert.ok(text.split('\n').length <= 10);
  writeFileSync(join(folder, savedmodel.snippet.file), text);
  writeFileSync(join(folder, 'labels.json'), JSON.stringify(labelsOf(made.model.description)));
  const printed = await runPython(python, [savedmodel.snippet.file, made.paths[5]!], folder);
  const [garment, age] = printed.trimEnd().split('\n');
  assert.match(garment!, /^garment (class\d|don't know) \[/);
  const shown = JSON.parse(age!.slice(age!.indexOf('['))) as number[];
  const expected = made.images.batches[0]!.probabilities.age!.subarray(5 * 5, 6 * 5);
  assert.ok(Math.max(...shown.map((p, k) => Math.abs(p - expected[k]!))) < 0.02, printed);
});

test('savedmodel - weights of more than a file holds are refused, and what can hold them is named', async () => {
  assert.throws(
    () => plainModel(made.model, { mostBytes: 1000 }),
    (error) => error instanceof RunError && /onnx/.test(error.hint ?? ''),
  );
  // TensorFlow Serving takes the folder around the number.
  assert.ok(readdirSync(folder).includes('1'));
});
