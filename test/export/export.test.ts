/** From a model to folders: good ones, ones that differ, and nothing left of what was broken off. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, type TestContext, test } from 'node:test';
import sharp from 'sharp';
import { type Model, neutralDecision } from '../../src/bundle/model.ts';
import type { Predictor } from '../../src/bundle/predictor.ts';
import { type ExportHooks, exportModel } from '../../src/export/export.ts';
import { onnx } from '../../src/export/onnx/onnx.ts';
import { describeNetwork } from '../../src/model/describe.ts';
import { drawnPixels, headOf, randomModel } from './models.ts';
import { without } from './needs.ts';

const skip = without('onnx');
const folder = mkdtempSync(join(tmpdir(), 'manyheads-exported-'));
const images = join(folder, 'images');
let predictor: Predictor;

before(async () => {
  const settings = {
    backbone: {
      name: 'densenet',
      blocks: [1],
      growthRate: 8,
      initialFilters: 8,
      stem: 'small',
      initializer: 'heNormal',
    },
    pooling: ['gap'],
    tower: [],
    towers: {},
    headInitializer: 'glorotUniform',
  } as const;
  const heads = [headOf('look', 4)];
  const network = describeNetwork(settings, heads, 24);
  ({ predictor } = await randomModel({ network, heads }, (side) => drawnPixels(20, side)));
  const { mkdir, writeFile } = await import('node:fs/promises');
  await mkdir(images);
  for (const [i, [width, height]] of [
    [40, 24],
    [24, 40],
    [30, 30],
  ].entries()) {
    const drawn = drawnPixels(i + 1, 40).subarray(i * 40 * 40 * 3);
    await sharp(drawn, { raw: { width: 40, height: 40, channels: 3 } })
      .extract({ left: 0, top: 0, width: width!, height: height! })
      .png()
      .toFile(join(images, `${i}.png`));
  }
  await writeFile(join(images, 'broken.png'), 'no image');
});

function exported(output: string, hooks: Partial<ExportHooks> = {}): ReturnType<typeof exportModel> {
  return exportModel(
    predictor,
    { formats: ['onnx'], output, images, plan: null, figures: null },
    {
      signal: new AbortController().signal,
      note: () => undefined,
      onProgress: () => undefined,
      onDone: () => undefined,
      ...hooks,
    },
  );
}

/** Has the format write another model than the one that is exported. */
function writeAnother(t: TestContext, change: (model: Model) => Model): void {
  const { write } = onnx;
  t.mock.method(onnx, 'write', (model: Model, at: string) => write(change(model), at));
}

test('exportModel - damaged images are left out, which is said', { skip }, async () => {
  const notes: string[] = [];
  const output = join(folder, 'good');
  const result = await exported(output, { note: (message) => notes.push(message) });
  assert.equal(result.images.count, 3);
  assert.equal(result.formats[0]!.isGood, true);
  assert.ok(
    notes.some((note) => /left out: .*broken\.png: /.test(note)),
    notes.join('\n'),
  );
});

test('exportModel - one that differs is kept under another name and is not good; a good one takes its place', {
  skip,
}, async (t) => {
  const output = join(folder, 'different');
  writeAnother(t, (model) => ({
    ...model,
    weights: new Map(
      [...model.weights].map(([name, { shape, values }]) => [
        name,
        {
          shape,
          values:
            name === 'look_output/bias' ? values.map((value, i) => value + (i === 0 ? 1e-3 : 0)) : values,
        },
      ]),
    ),
  }));
  const { formats } = await exported(output);
  const [result] = formats;
  assert.equal(result!.isGood, false);
  assert.ok(result!.largestDifference > 1e-5 && result!.largestDifference < 1e-2);
  assert.equal(result!.folder, join(output, 'onnx-differs'));
  assert.deepEqual(readdirSync(output), ['onnx-differs']);
  assert.match(readFileSync(join(output, 'onnx-differs/MODEL_CARD.md'), 'utf8'), /Do not use it/);
  t.mock.restoreAll();
  await exported(output);
  assert.deepEqual(readdirSync(output), ['onnx']);
});

test('exportModel - equal probabilities and another decision are not good', { skip }, async (t) => {
  writeAnother(t, (model) => ({
    ...model,
    description: {
      ...model.description,
      decisions: { look: { ...neutralDecision, unknownBelow: 0.999 } },
    },
  }));
  const { formats } = await exported(join(folder, 'undecided'));
  assert.ok(formats[0]!.largestDifference <= 1e-5);
  assert.ok(formats[0]!.wrongClasses > 0);
  assert.equal(formats[0]!.isGood, false);
});

test('exportModel - broken off while it is written, and a file that cannot be read: nothing is left', {
  skip,
}, async (t) => {
  const output = join(folder, 'broken-off');
  const controller = new AbortController();
  const stopped = exported(output, {
    signal: controller.signal,
    onProgress: (what) => {
      if (what === 'onnx: prove') controller.abort();
    },
  });
  // What is proved by then is whole: the next format would not be begun.
  await stopped.catch((error: unknown) => assert.match(String(error), /abort/i));
  const again = exported(join(output, 'second'), { signal: controller.signal });
  await assert.rejects(again, /abort/i);
  const { writeFile } = await import('node:fs/promises');
  t.mock.method(onnx, 'write', (_: Model, at: string) => writeFile(join(at, 'model.onnx'), 'damaged'));
  await assert.rejects(exported(join(output, 'third')), /ONNX Runtime does not read .*model\.onnx/);
  assert.deepEqual(readdirSync(join(output, 'third')), []);
});
