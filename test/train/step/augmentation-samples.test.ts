/** What --augmentation-sheet draws: the pixels of training under each augmentation, and where they are in the picture. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { augmentImages } from '../../../src/augmentation/apply/images.ts';
import { drawBatch } from '../../../src/augmentation/draw/draws.ts';
import { feedsOf, feedType } from '../../../src/augmentation/draw/feeds.ts';
import { batchesOf, trainingOrder } from '../../../src/data/batches.ts';
import { type Data, openData } from '../../../src/data/dataset.ts';
import { compilePlan } from '../../../src/plan/compile.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { augmentationSheet } from '../../../src/report/pictures/augmentation-sheet.ts';
import { tf } from '../../../src/tensorflow/tf.ts';
import { augmentationSamples, type StageSamples } from '../../../src/train/step/augmentation-samples.ts';
import { runCommand } from '../../run/command.ts';
import { makeTiny, type Tiny } from '../../run/tiny.ts';

const SIZE = 24;
const COUNT = 4;

let tiny: Tiny;
let cache: string;
before(async () => {
  tiny = await makeTiny(60);
  cache = mkdtempSync(join(tmpdir(), 'manyheads-sheet-test-'));
});
after(() => rmSync(cache, { recursive: true }));

/** Images of the size of the cache, so that resizing changes nothing. */
async function open(augmentation: string, ...overrides: string[]): Promise<{ plan: Plan; data: Data }> {
  const { plan } = compilePlan(tiny.experiment, {
    overrides: [`augmentation=${augmentation}`, `stages[small].imageSize=${SIZE}`, ...overrides],
    needTable: true,
  });
  return { plan, data: await openData(plan, { cacheFolder: join(cache, 'images') }) };
}

function firstRows({ plan, data }: { plan: Plan; data: Data }): Int32Array {
  const order = trainingOrder(data.split.training, plan.settings.seed, 0, 0);
  return batchesOf(order, plan.settings.stages[0]!)[0]!;
}

function cachedImages({ data }: { data: Data }, rows: Int32Array): Uint8Array[] {
  const bytes = SIZE * SIZE * 3;
  const pixels = data.images.pixels();
  return Array.from(rows, (row) =>
    Uint8Array.from(pixels.subarray(data.imageOf[row]! * bytes, (data.imageOf[row]! + 1) * bytes)),
  );
}

function mirrored(image: Uint8Array): Uint8Array {
  return image.map((_, at) => {
    const [pixel, channel] = [Math.floor(at / 3), at % 3];
    const [y, x] = [Math.floor(pixel / SIZE), pixel % SIZE];
    return image[(y * SIZE + SIZE - 1 - x) * 3 + channel]!;
  });
}

function under({ samples }: StageSamples, name: string): readonly Uint8Array[] {
  const found = samples.find((sample) => sample.under === name);
  assert.ok(found, name);
  return found.images;
}

for (const normalize of ['dataset', 'perImage']) {
  test(`augmentationSamples - unchanged, flipped and mixed images to the byte, normalised by ${normalize}`, async () => {
    const opened = await open(
      '{ horizontalFlip: 1, cutMix: { alpha: 1, probability: 1 } }',
      `dataset.normalize=${normalize}`,
    );
    const [section, ...others] = augmentationSamples(opened.plan, opened.data, COUNT);
    assert.deepEqual([section!.alike, others], [['heads'], []]);
    assert.deepEqual(
      section!.samples.map((sample) => [sample.under, sample.images.length]),
      [
        ['unchanged', COUNT],
        ['horizontalFlip', COUNT],
        ['cutMix', COUNT],
        ['together', COUNT],
      ],
    );
    const rows = firstRows(opened);
    const originals = cachedImages(opened, rows);
    assert.notDeepEqual(originals[0], mirrored(originals[0]!));
    assert.deepEqual(under(section!, 'unchanged'), originals.slice(0, COUNT));
    assert.deepEqual(under(section!, 'horizontalFlip'), originals.slice(0, COUNT).map(mirrored));
    if (normalize === 'perImage') return;

    const stage = opened.plan.settings.stages[0]!;
    const sizes = { cacheSize: SIZE, imageSize: SIZE };
    const draws = drawBatch(stage.augmentation, {
      seed: opened.plan.settings.seed,
      stage: 0,
      epoch: 0,
      epochs: stage.epochs,
      rows,
      ...sizes,
    });
    const expected = (sources: readonly Uint8Array[]): Uint8Array[] =>
      sources.slice(0, COUNT).map((own, i) => {
        const [, top, left, height, width] = draws.blends!.subarray(i * 5, i * 5 + 5);
        return own.map((value, at) => {
          const [y, x] = [Math.floor(at / 3 / SIZE), Math.floor(at / 3) % SIZE];
          const isCut = y >= top! && y < top! + height! && x >= left! && x < left! + width!;
          return isCut ? sources[draws.partners![i]!]![at]! : value;
        });
      });
    // A partner may be any image of the batch, also one that is not shown.
    assert.notDeepEqual(under(section!, 'cutMix'), under(section!, 'unchanged'));
    assert.deepEqual(under(section!, 'cutMix'), expected(originals));
    assert.deepEqual(under(section!, 'together'), expected(originals.map(mirrored)));
  });
}

test('augmentationSamples - all together are the images that a step computes, and each alone draws the same', async () => {
  const written =
    '{ shift: { x: 0.2, y: 0.2 }, rotate: 20, brightness: 0.3, gaussianNoise: { stddev: [5, 5] }, randomErasing: { probability: 1 }, fillMode: constant, fillValue: 9 }';
  const opened = await open(written);
  const { seed, stages } = opened.plan.settings;
  const [{ samples }] = augmentationSamples(opened.plan, opened.data, COUNT) as [StageSamples];
  assert.deepEqual(
    samples.map((sample) => sample.under),
    ['unchanged', 'shift', 'rotate', 'brightness', 'gaussianNoise', 'randomErasing', 'together'],
  );
  const rows = firstRows(opened);
  const { augmentation, epochs } = stages[0]!;
  const sizes = { cacheSize: SIZE, imageSize: SIZE };
  const draws = drawBatch(augmentation, { seed, stage: 0, epoch: 0, epochs, rows, ...sizes });
  const normalized = tf.tidy(() => {
    const fed = Object.fromEntries(
      [...feedsOf(augmentation)].map(([feed, shape]) => [
        feed,
        tf.tensor(draws[feed]!, [rows.length, ...shape], feedType(feed)),
      ]),
    );
    const bytes = Buffer.concat(cachedImages(opened, rows));
    const images_BSSC = tf.tensor4d(Int32Array.from(bytes), [rows.length, SIZE, SIZE, 3], 'int32');
    const { normalization } = opened.data;
    return augmentImages(images_BSSC, fed, {
      size: SIZE,
      augmentation,
      normalization,
    }).dataSync() as Float32Array;
  });
  const { mean, std } = opened.data.normalization as { mean: number[]; std: number[] };
  const together = Buffer.concat([...samples.at(-1)!.images]);
  const expected = Uint8ClampedArray.from(
    normalized.subarray(0, together.length),
    (v, at) => v * std[at % 3]! + mean[at % 3]!,
  );
  const off = expected.reduce((most, value, at) => Math.max(most, Math.abs(value - together[at]!)), 0);
  assert.ok(off <= 1, String(off));

  // Erased in the drawn rectangle, and nowhere else.
  const originals = cachedImages(opened, rows);
  samples
    .find((sample) => sample.under === 'randomErasing')!
    .images.forEach((image, i) => {
      const [top, left, height, width, value] = draws.rectangles!.subarray(i * 5, i * 5 + 5);
      image.forEach((byte, at) => {
        const [y, x] = [Math.floor(at / 3 / SIZE), Math.floor(at / 3) % SIZE];
        const isErased = y >= top! && y < top! + height! && x >= left! && x < left! + width!;
        const filled = Uint8ClampedArray.of(value! * std[at % 3]! + mean[at % 3]!)[0]!;
        assert.ok(Math.abs(byte - (isErased ? filled : originals[i]![at]!)) <= 1, `${i} ${y} ${x}`);
      });
    });
});

test('augmentationSamples - stages that augment in other ways have their own images, and one without has none', async () => {
  const opened = await open('{ horizontalFlip: 0.5 }', 'stages[heads].augmentation={}');
  const sections = augmentationSamples(opened.plan, opened.data, COUNT);
  assert.deepEqual(
    sections.map(({ stage, alike, samples }) => [stage.name, alike, samples.map((sample) => sample.under)]),
    [
      ['small', [], ['unchanged', 'horizontalFlip']],
      ['heads', [], []],
    ],
  );
});

test('augmentationSamples - of a strength that grows the largest is drawn', async () => {
  const zoomOf = async (strength: string): Promise<readonly Uint8Array[]> => {
    const opened = await open(`{ zoom: 0.5, strength: ${strength} }`, 'stages[small].epochs=3');
    return under(augmentationSamples(opened.plan, opened.data, COUNT)[0]!, 'zoom');
  };
  const half = await zoomOf('0.5');
  assert.deepEqual(await zoomOf('{ from: 0, to: 0.5 }'), half);
  assert.notDeepEqual(await zoomOf('1'), half);
});

test('augmentationSheet - every image stands in the picture, enlarged by a whole factor', async () => {
  const opened = await open('{ horizontalFlip: 1 }');
  const sections = augmentationSamples(opened.plan, opened.data, COUNT);
  const { tiles, png } = await augmentationSheet(sections, { name: 'tiny', seed: 0 });
  const images = sections.flatMap(({ samples }) => samples.flatMap((sample) => sample.images));
  assert.equal(tiles.length, 2 * COUNT);
  for (const [i, { left, top, side }] of tiles.entries()) {
    assert.equal(side, 5 * SIZE);
    const shown = await sharp(png)
      .extract({ left, top, width: side, height: side })
      .removeAlpha()
      .raw()
      .toBuffer();
    const small = images[i]!.map((_, at) => {
      const [y, x] = [Math.floor(at / 3 / SIZE), Math.floor(at / 3) % SIZE];
      return shown[(y * 5 * side + x * 5) * 3 + (at % 3)]!;
    });
    assert.deepEqual(small, images[i]);
  }
});

test('run plan --augmentation-sheet - writes the picture, and says what is wrong before anything is done', async () => {
  const file = join(tiny.folder, 'sheet.png');
  const { code, stdout, stderr } = await runCommand([
    'plan',
    tiny.experiment,
    '--augmentation-sheet',
    file,
    '--json',
  ]);
  assert.equal(code, 0, stderr);
  assert.equal((JSON.parse(stdout) as { stages: object[] }).stages.length, 2);
  assert.equal((await sharp(file).metadata()).format, 'png');

  const refused = await runCommand(['plan', tiny.experiment, '--augmentation-sheet', 'sheet.jpg']);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /--augmentation-sheet: expected a file that ends in \.png, got sheet\.jpg/);
  const lost = join(tiny.folder, 'absent');
  const absent = await runCommand(['plan', tiny.experiment, '--augmentation-sheet', join(lost, 'a.png')]);
  assert.equal(absent.code, 2);
  assert.match(absent.stderr, /--augmentation-sheet: expected the folder .*absent, found none/);
  assert.ok(!existsSync(lost));
  const none = await runCommand(['plan', tiny.experiment, 'augmentation={}', '--augmentation-sheet', file]);
  assert.equal(none.code, 2);
  assert.match(none.stderr, /--augmentation-sheet: no stage of the experiment augments its images/);
});
