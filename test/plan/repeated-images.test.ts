import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { compileText, tinyText } from './tiny.ts';

/** Twenty images, each in two rows; of the first three the labels differ. */
const table = `image_path,kids,part
${Array.from({ length: 40 }, (_, i) => {
  const [image, isSecond] = [i % 20, i >= 20];
  const kids = (image % 2 === 0) === (isSecond && image < 3) ? 'yes' : 'no';
  return `${image}.jpg,${kids},${isSecond ? 'validation' : 'train'}`;
}).join('\n')}
`;
const once = table.split('\n').slice(0, 21).join('\n');

const compile = (t: TestContext, overrides: string[] = [], csv = table) =>
  compileText(t, tinyText, { 'table.csv': csv }, overrides).plan;

test('images with several rows - kept together, and only contrary labels are warned of', (t) => {
  const plan = compile(t);
  assert.deepEqual(plan.dataset.repeatedImages, {
    images: 20,
    rows: 40,
    contrary: 3,
    contraryHeads: ['kids'],
    inSeveralParts: 0,
  });
  assert.deepEqual(
    plan.warnings.map(({ code, path, message, hint }) => [code, path, message, hint]),
    [
      [
        'repeatedImages',
        'dataset.table',
        '20 images of the column "image_path" stand in several rows, 40 in all: 3 with contrary labels of kids',
        'Correct the labels: no answer is right for two of them.',
      ],
    ],
  );
});

test('images with several rows - apart, or as a column says: those on both sides are counted', (t) => {
  const apart = compile(t, ['dataset.split.repeatedImages=apart']);
  assert.ok(apart.dataset.repeatedImages!.inSeveralParts > 0);
  assert.match(apart.warnings[0]!.message, /, \d+ of them in more than one part of the split$/);
  assert.match(apart.warnings[0]!.hint, /With dataset\.split\.repeatedImages: together/);
  const byColumn = compile(t, ['dataset.split={ column: part }']);
  assert.equal(byColumn.dataset.repeatedImages!.inSeveralParts, 20);
  assert.match(byColumn.warnings[0]!.hint, /one word in the column "part"\.$/);
});

test('the key is in the hash only where it changes which rows are drawn', (t) => {
  const apart = ['dataset.split.repeatedImages=apart'];
  assert.notEqual(compile(t).hash, compile(t, apart).hash);
  assert.equal(compile(t, [], once).hash, compile(t, apart, once).hash);
  assert.equal(compile(t, [], once).settings.dataset.split.repeatedImages, null);
  assert.deepEqual(compile(t, [], once).warnings, []);
});
