/** ONNX files as others read them: onnx.checker, ONNX Runtime of Python and of Node, the snippet; on photographs of all shapes. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import sharp from 'sharp';
import { labelsOf } from '../../../src/export/labels.ts';
import { onnx } from '../../../src/export/onnx/onnx.ts';
import { onnxFiles, WEIGHTS_FILE } from '../../../src/export/onnx/write.ts';
import { prove } from '../../../src/export/prove.ts';
import { idle } from '../models.ts';
import { without } from '../needs.ts';
import { COUNT, differenceOf, type Photographed, photographed, SIDE } from '../photographed.ts';
import { pythonOf, runPython, script } from '../python.ts';

const { python, skip } = await pythonOf('readsOnnx');
const folder = mkdtempSync(join(tmpdir(), 'manyheads-onnx-'));
let made: Photographed;

before(async () => {
  made = await photographed();
  await onnx.write(made.model, folder);
});

test('photographs - most are not square', async () => {
  const shapes = await Promise.all(made.paths.slice(0, 40).map((path) => sharp(path).metadata()));
  assert.ok(shapes.filter(({ width, height }) => width !== height).length > 20);
});

test('ONNX Runtime of Node - answers as the model on 240 photographs', {
  skip: without('onnx'),
}, async () => {
  const opened = await onnx.open(made.model, folder);
  const { largestDifference, wrongClasses, otherAnswers } = await prove(
    opened,
    made.model.description,
    made.images,
    idle,
  );
  await opened.close();
  assert.ok(largestDifference <= onnx.tolerance, `${largestDifference}`);
  assert.equal(wrongClasses, 0);
  assert.ok(otherAnswers <= 1, `${otherAnswers}`);
});

interface Read {
  readonly opset: readonly [string, number][];
  readonly input: readonly [string, string, readonly (string | number)[]];
  readonly types: Readonly<Record<string, string>>;
  readonly labels: unknown;
  readonly answers: Readonly<Record<string, readonly number[]>>;
}

async function readByPython(file: string): Promise<Read> {
  const raw = join(folder, 'images.raw');
  const [batch] = made.images.batches;
  writeFileSync(raw, batch!.pixels_NSS3);
  return JSON.parse(await runPython(python, [script('onnx/read_onnx.py'), file, raw, String(COUNT)])) as Read;
}

function checkAnswers({ answers }: Read): void {
  const off = differenceOf(made, answers);
  assert.ok(off <= onnx.tolerance, `off by ${off}`);
}

test('onnx.checker and ONNX Runtime of Python - the same answers, and what the file says of itself', {
  skip,
}, async () => {
  const read = await readByPython(join(folder, 'model.onnx'));
  checkAnswers(read);
  assert.deepEqual(read.opset, [['', 18]]);
  assert.deepEqual(read.input, ['images', 'tensor(uint8)', ['N', SIDE, SIDE, 3]]);
  assert.deepEqual(read.types, {
    garment: 'float32',
    garment_class: 'int64',
    age: 'float32',
    age_class: 'int64',
  });
  assert.deepEqual(read.labels, JSON.parse(JSON.stringify(labelsOf(made.model.description))));
  const classes = new Set(read.answers.garment_class);
  assert.ok(classes.has(-1) && classes.size > 2, [...classes].join());
});

test('weights that a file cannot hold lie beside it', { skip }, async () => {
  const other = mkdtempSync(join(tmpdir(), 'manyheads-onnx-large-'));
  const { bytes, weights } = onnxFiles(made.model, 1000);
  const file = join(other, 'model.onnx');
  writeFileSync(file, bytes);
  writeFileSync(join(other, WEIGHTS_FILE), Buffer.concat(weights));
  assert.ok(statSync(file).size < statSync(join(folder, 'model.onnx')).size / 2);
  checkAnswers(await readByPython(file));
});

test('snippet - at most ten lines, and it runs', { skip }, async () => {
  const text = onnx.snippet.text(made.model);
  assert.ok(text.split('\n').length <= 10);
  writeFileSync(join(folder, onnx.snippet.file), text);
  writeFileSync(join(folder, 'labels.json'), JSON.stringify(labelsOf(made.model.description)));
  const printed = await runPython(python, [onnx.snippet.file, made.paths[3]!], folder);
  const lines = printed.trimEnd().split('\n');
  assert.equal(lines.length, 2);
  assert.match(lines[0]!, /^garment (class\d|don't know) \[/);
  // Pillow reads and scales as training does, up to a grey value here and there.
  const shown = JSON.parse(lines[0]!.slice(lines[0]!.indexOf('['))) as number[];
  const expected = made.images.batches[0]!.probabilities.garment!.subarray(3 * 7, 4 * 7);
  assert.ok(Math.max(...shown.map((p, k) => Math.abs(p - expected[k]!))) < 0.02, printed);
  assert.ok(readFileSync(join(folder, 'model.onnx')).length > 0);
});
