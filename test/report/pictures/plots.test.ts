import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import {
  confusionPicture,
  coveragePicture,
  curvesPicture,
  headCurvesPicture,
  reliabilityPicture,
} from '../../../src/report/pictures/plots.ts';
import { epochReport, heads, metricsWith } from '../samples.ts';

interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly at: (x: number, y: number) => readonly [number, number, number];
}

async function decode(png: Buffer): Promise<Pixels> {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => {
    const first = (y * info.width + x) * 3;
    return [data[first]!, data[first + 1]!, data[first + 2]!] as const;
  };
  return { width: info.width, height: info.height, at };
}

/** Pixels in a part of a picture, given as shares of its sides, for which `test` holds. */
function count(
  picture: Pixels,
  [left, top, right, bottom]: number[],
  test: (r: number, g: number, b: number) => boolean,
): number {
  let found = 0;
  for (let y = Math.floor(top! * picture.height); y < bottom! * picture.height; y++) {
    for (let x = Math.floor(left! * picture.width); x < right! * picture.width; x++)
      if (test(...picture.at(x, y))) found += 1;
  }
  return found;
}

const isDark = (r: number, g: number, b: number): boolean => r < 90 && g < 90 && b < 90;
const isBlue = (r: number, g: number, b: number): boolean => b > r + 60 && b > g + 20;
const whole = [0, 0, 1, 1];
/** Where the heading stands. */
const heading = [0, 0, 1, 0.1];

test('confusionPicture - 17 classes: wide enough, cells shaded along the diagonal, names and counts drawn', async () => {
  const classes = Array.from({ length: 17 }, (_, k) => `garment ${k}`);
  const diagonal = classes.map((_, row) => classes.map((__, column) => (row === column ? 20 + row : 0)));
  const picture = await decode(await confusionPicture('garment', classes, diagonal));
  assert.ok(picture.width >= 640 && picture.height >= 640, `${picture.width}×${picture.height}`);
  // A share of 1 is the darkest blue, #08306b; a cell of 34 units at a scale of 1.5 has 51 × 51 pixels, less its gap and text.
  const darkest = count(
    picture,
    whole,
    (r, g, b) => Math.abs(r - 8) < 12 && Math.abs(g - 48) < 12 && Math.abs(b - 107) < 12,
  );
  assert.ok(darkest > 17 * 1500 && darkest < 17 * 51 * 51 + 20_000, String(darkest));
  // Names of the rows, left of the matrix: 17 names of 10 or more letters.
  assert.ok(count(picture, [0, 0.25, 0.2, 1], isDark) > 17 * 100);
  assert.ok(count(picture, heading, isDark) > 300);
});

test('confusionPicture - letters come from the fonts that are shipped', async () => {
  // The same picture but for one name: with no font nothing is drawn, and both would be equal.
  const [one, other] = await Promise.all(
    ['aaaa', 'WWWW'].map(async (name) =>
      decode(
        await confusionPicture(
          'kids',
          [name, 'bbbb'],
          [
            [5, 1],
            [2, 2],
          ],
        ),
      ),
    ),
  );
  assert.deepEqual([one!.width, one!.height], [other!.width, other!.height]);
  const dark = [one!, other!].map((picture) => count(picture, [0, 0.2, 0.3, 1], isDark));
  assert.ok(dark[0]! > 100 && dark[1]! > dark[0]!, String(dark));
});

test('confusionPicture - grows with the classes, stands a class without rows, names with marks and no rows at all', async () => {
  const few = await decode(
    await confusionPicture(
      'a',
      ['x', 'y'],
      [
        [3, 0],
        [0, 0],
      ],
    ),
  );
  const names = Array.from(
    { length: 30 },
    (_, k) => `"quoted" \\ <${k}> and a name that is far too long to be read`,
  );
  const many = await decode(
    await confusionPicture(
      'a',
      names,
      names.map(() => names.map(() => 0)),
    ),
  );
  assert.ok(few.width >= 640, String(few.width));
  assert.ok(many.height > 30 * 34 * 1.5 && few.height < many.height, `${few.height} ${many.height}`);
  assert.ok(count(many, [0, 0.25, 0.2, 1], isDark) > 30 * 100);
});

test('curvesPicture - draws both losses, the rates and the heading', async () => {
  const history = [1, 2, 3, 4, 5, 6].map((epoch) =>
    epochReport(epoch, {
      stage: epoch > 3 ? 1 : 0,
      stageName: epoch > 3 ? 'fine' : 'warm-up',
      learningRate: epoch > 3 ? 1e-5 : 1e-3,
      training: metricsWith(4 / epoch, heads),
      validation: metricsWith(5 / epoch, heads),
    }),
  );
  const picture = await decode(await curvesPicture(history));
  assert.ok(picture.width >= 640 && picture.height >= 480);
  assert.ok(count(picture, whole, isBlue) > 1000);
  assert.ok(count(picture, whole, (r, g, b) => r > 200 && g < 160 && b < 80) > 1000, 'validation, orange');
  assert.ok(
    count(picture, [0, 0.7, 1, 1], (r, g, b) => g > r + 50 && g > b + 30) > 500,
    'learning rate, green',
  );
  assert.ok(count(picture, heading, isDark) > 300);
});

test('curvesPicture and headCurvesPicture - one epoch is seen, and a head without labels makes no picture fail', async () => {
  const one = await decode(await curvesPicture([epochReport(1)]));
  assert.ok(count(one, [0.4, 0.1, 0.7, 0.65], isBlue) > 10);
  const head = await decode(await headCurvesPicture('below', [epochReport(1)]));
  assert.ok(count(head, [0.2, 0.1, 1, 0.8], isBlue) > 10);
  const empty = await decode(await headCurvesPicture('unlabelled', [epochReport(1), epochReport(2)]));
  assert.equal(count(empty, [0.2, 0.1, 1, 0.8], isBlue), 0);
});

test('reliabilityPicture - bars as high as the share that is right', async () => {
  const bin = (from: number, accuracy: number) => ({
    from,
    to: from + 0.2,
    rows: 10,
    confidence: from + 0.1,
    accuracy,
  });
  const low = await decode(await reliabilityPicture('bag', [bin(0.2, 0.2), bin(0.8, 0.4)], 0.1));
  const high = await decode(await reliabilityPicture('bag', [bin(0.2, 0.2), bin(0.8, 0.9)], 0.1));
  assert.ok(low.width >= 640 && low.height >= 640, `${low.width}×${low.height}`);
  assert.ok(count(low, heading, isDark) > 100);
  const [few, many] = [low, high].map((picture) => count(picture, whole, isBlue)) as [number, number];
  // 0.2 × (0.2 + 0.4) of a square of 630 pixels, and 0.2 × (0.2 + 0.9).
  assert.ok(few > 0.1 * 630 ** 2 && few < 0.13 * 630 ** 2, `${few}`);
  assert.ok(many > 0.19 * 630 ** 2 && many < 0.23 * 630 ** 2, `${many}`);
});

test('coveragePicture - an orange curve, and a heading; a head without rows has an empty one', async () => {
  const points = [0.1, 0.5, 1].map((coverage) => ({
    coverage,
    risk: coverage / 2,
    confidence: 1 - coverage / 2,
  }));
  const isOrange = (r: number, g: number, b: number): boolean => r > g + 60 && g > b + 20;
  const plot = [0.1, 0.2, 0.8, 0.85];
  const picture = await decode(await coveragePicture('bag', { points, area: 0.2 }));
  assert.ok(picture.width >= 640 && count(picture, heading, isDark) > 100);
  assert.ok(count(picture, plot, isOrange) > 800, `${count(picture, plot, isOrange)}`);
  const empty = await decode(await coveragePicture('bag', { points: [], area: null }));
  assert.equal(count(empty, plot, isOrange), 0);
});

test('confusionPicture - a class may be called as anything, also as what objects inherit or XML cannot write', async () => {
  const words = [
    'constructor',
    'hasOwnProperty',
    '__proto__',
    'a\u0000b\u001b[31m',
    '\ufffe',
    '\u2028',
    '"];x',
    '',
  ];
  const confusion = words.map((_, row) => words.map((__, column) => row + column));
  const picture = await decode(await confusionPicture('toString', words, confusion));
  assert.ok(count(picture, heading, isDark) > 100);
});
