// A model's answers beside those of the engine that trained it, on every validation row.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Model, ModelDescription } from '../../src/bundle/model.ts';
import { createPredictor, mirror, type Predictor } from '../../src/bundle/predictor.ts';
import { readModel } from '../../src/bundle/read.ts';
import { RunError } from '../../src/errors.ts';
import { evaluated, largestDifference, makeTinyModel, pixelsOf, type TinyModel } from './tiny-model.ts';

const programs = mkdtempSync(join(tmpdir(), 'manyheads-programs-'));
let tiny: TinyModel;
let rows: Int32Array;
let pixels: Uint8Array;
let predictor: Predictor;
before(async () => {
  // 16 pixels in the last stage, of images that were decoded to 24.
  tiny = await makeTinyModel([
    'stages[0].imageSize=24',
    'stages[1].imageSize=16',
    'dataset.attributes.shape={ordinal: true, classes: [disc, square, stripes]}',
    'loss.heads.shape={type: ordinal}',
  ]);
  rows = tiny.data.split.validation;
  pixels = pixelsOf(tiny, rows);
  predictor = await createPredictor(readModel(tiny.folder), { batchSize: 4, programs });
});
after(() => tiny?.engine.dispose());

test('predict - probabilities of all validation rows are those of the run, within 1e-6', async () => {
  assert.deepEqual(
    [tiny.plan.settings.dataset.cacheSize, tiny.plan.settings.stages.at(-1)!.imageSize],
    [24, 16],
  );
  const expected = evaluated(tiny, rows);
  const found = await predictor.predict(pixels);
  assert.equal(found.rows, rows.length);
  assert.ok(rows.length > 8 && rows.length % 4 !== 0, `${rows.length} rows, a short batch among them`);
  for (const [head, probabilities] of Object.entries(expected)) {
    const off = largestDifference(found.heads[head]!.probabilities, probabilities);
    assert.ok(off < 1e-6, `${head} is off by ${off}`);
    // Answers that are all alike would prove nothing.
    assert.ok(largestDifference(probabilities.slice(0, 3), probabilities.slice(3, 6)) > 1e-4);
  }
});

test('predict - one image after the other, as they do together', async () => {
  const together = await predictor.predict(pixels);
  const bytes = 24 * 24 * 3;
  const alone = [];
  for (let i = 0; i < rows.length; i++)
    alone.push(await predictor.predict(pixels.subarray(i * bytes, (i + 1) * bytes)));
  for (const head of ['colour', 'shape']) {
    const one = alone.flatMap(({ heads }) => [...heads[head]!.probabilities]);
    assert.ok(largestDifference(one, together.heads[head]!.probabilities) < 1e-6);
  }
  assert.ok(
    largestDifference(
      alone.flatMap(({ features }) => [...features]),
      together.features,
    ) < 1e-4,
  );
  assert.equal(together.features.length, rows.length * predictor.featureCount);
});

test('predict - several calls at once', async () => {
  const expected = await predictor.predict(pixels);
  const answers = await Promise.all(Array.from({ length: 6 }, () => predictor.predict(pixels)));
  for (const { heads } of answers)
    assert.deepEqual(heads.colour!.probabilities, expected.heads.colour!.probabilities);
});

test('predict - softmax and CORN of the outputs divided by the temperature', async () => {
  const { heads } = await predictor.predict(pixels, { temperatures: { colour: 2, shape: 0.5 } });
  const expected: number[] = [];
  for (let row = 0; row < rows.length; row++) {
    const powers = [...heads.colour!.outputs.subarray(row * 3, row * 3 + 3)].map((z) => Math.exp(z / 2));
    const sum = powers.reduce((a, b) => a + b);
    expected.push(...powers.map((power) => power / sum));
  }
  assert.ok(largestDifference(heads.colour!.probabilities, expected) < 1e-6);
  const ordered: number[] = [];
  for (let row = 0; row < rows.length; row++) {
    const [first, second] = [...heads.shape!.outputs.subarray(row * 2, row * 2 + 2)].map(
      (z) => 1 / (1 + Math.exp(-z / 0.5)),
    ) as [number, number];
    ordered.push(1 - first, first - first * second, first * second);
  }
  assert.ok(largestDifference(heads.shape!.probabilities, ordered) < 1e-6);
});

test('predict - flip is the mean with the mirrored images', async () => {
  const plain = await predictor.predict(pixels);
  const mirrored = await predictor.predict(mirror(pixels, 24));
  const flipped = await predictor.predict(pixels, { flip: true });
  const mean = plain.heads.shape!.probabilities.map(
    (p, i) => (p + mirrored.heads.shape!.probabilities[i]!) / 2,
  );
  assert.ok(largestDifference(mirrored.heads.shape!.probabilities, plain.heads.shape!.probabilities) > 1e-5);
  assert.ok(largestDifference(flipped.heads.shape!.probabilities, mean) < 1e-7);
  assert.deepEqual(flipped.features, plain.features);
});

test('mirror - pixels keep their channels, rows their places', () => {
  const image = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
  assert.deepEqual(mirror(image, 2), Uint8Array.of(4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9));
});

test('predict - bytes that are no whole images', async () => {
  await assert.rejects(predictor.predict(pixels.subarray(1)), /expected images of 1728 bytes/);
});

test('createPredictor - the recorded program is found again, and a damaged one recorded anew', async () => {
  const [first] = readdirSync(programs).filter((name) => !name.endsWith('.part'));
  const file = join(programs, first!, 'saved_model.pb');
  const before = readFileSync(file);
  writeFileSync(file, before.subarray(0, before.length / 2));
  const again = await createPredictor(readModel(tiny.folder), { batchSize: 4, programs });
  const count = readdirSync(programs).length;
  assert.deepEqual((await again.predict(pixels)).heads, (await predictor.predict(pixels)).heads);
  assert.equal((await again.predict(pixels.subarray(0, 24 * 24 * 3))).rows, 1);
  assert.equal(readdirSync(programs).length, count, 'one of each size, as before');
  assert.deepEqual(readFileSync(file), before);
});

function modelWith(change: (description: ModelDescription) => ModelDescription): Model {
  const model = readModel(tiny.folder);
  return { ...model, description: change(model.description) };
}

test('createPredictor - a model that does not answer as it did is refused, and so the next time', async () => {
  const swapped = modelWith((description) => ({
    ...description,
    input: { ...description.input, normalization: { mean: [90, 90, 90], std: [20, 20, 20] } },
  }));
  for (let time = 0; time < 2; time++) {
    const other = await createPredictor(swapped, { batchSize: 4, programs });
    await assert.rejects(
      other.predict(pixels),
      (error) =>
        error instanceof RunError &&
        /does not answer as it did when it was written: for images\/\d+\.png a probability of \w+ is off by 0\.\d/.test(
          error.message,
        ),
    );
  }
});

test('createPredictor - a network whose shapes do not fit together is an error that names the layer', async () => {
  const model = modelWith((description) => ({
    ...description,
    network: {
      ...description.network,
      layers: description.network.layers.map((layer) =>
        layer.name === 'colour_output' ? { ...layer, inputs: [description.network.backboneOutput] } : layer,
      ),
    },
  }));
  const other = await createPredictor(model, { batchSize: 4, programs });
  await assert.rejects(
    other.predict(pixels),
    (error) => error instanceof RunError && /colour_output/.test(error.message),
  );
});

test('createPredictor - a program that was recorded before answers without tfjs', async () => {
  const script = `
    const { createRequire } = await import('node:module');
    const { readModel } = await import('${join(import.meta.dirname, '../../src/bundle/read.ts')}');
    const { createPredictor } = await import('${join(import.meta.dirname, '../../src/bundle/predictor.ts')}');
    const predictor = await createPredictor(readModel(process.argv[1]));
    const { rows } = await predictor.predict(new Uint8Array(24 * 24 * 3));
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    console.log(rows, loaded.some((file) => file.includes('tfjs')), loaded.some((file) => file.includes('tfjs-core')));`;
  await createPredictor(readModel(tiny.folder)).then((predictor) =>
    predictor.predict(new Uint8Array(24 * 24 * 3)),
  );
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', script, tiny.folder],
    { env: process.env, cwd: join(import.meta.dirname, '../..') },
  );
  let stdout = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  assert.equal(await new Promise((resolve) => child.on('close', resolve)), 0);
  // The binding itself lies in the folder of tfjs-node.
  assert.equal(stdout, '1 true false\n');
});

test('predict - a model of 16 bits answers as its run does', async () => {
  const narrow = await makeTinyModel(['execution.precision=bfloat16']);
  const expected = evaluated(narrow, narrow.data.split.validation);
  const own = await createPredictor(readModel(narrow.folder), { batchSize: 8, programs });
  const { heads } = await own.predict(pixelsOf(narrow, narrow.data.split.validation));
  narrow.engine.dispose();
  for (const [head, probabilities] of Object.entries(expected))
    assert.ok(largestDifference(heads[head]!.probabilities, probabilities) < 1e-6, head);
});
