// Bad images: each with its line, or one problem that names the mistake of the whole column.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { badImageProblems } from '../../src/data/bad-images.ts';
import { decodeImage } from '../../src/data/decode.ts';
import type { Table } from '../../src/table/table.ts';

const folder = mkdtempSync(join(tmpdir(), 'manyheads-bad-images-'));
const images = join(folder, 'images');
mkdirSync(join(images, 'deep'), { recursive: true });
for (let i = 0; i < 5; i++) {
  writeFileSync(join(images, `${i}.JPG`), '');
  writeFileSync(join(images, 'deep', `d${i}.png`), '');
}
const rows = [0, 1, 2, 3, 4];
const table = { file: 'table.csv', lines: Int32Array.from(rows, (row) => row + 2) } as unknown as Table;
const hint = 'what to do';

function problemsOf(cells: readonly string[], reason = 'there is no such file', of = rows) {
  const bad = of.map((row) => ({ row, path: join(images, cells[row]!), reason }));
  return badImageProblems(table, bad, { paths: { folder: images, cells }, rows: rows.length, hint });
}

test('badImageProblems - one of a whole column, and what is likely the mistake', () => {
  const mistakes: readonly (readonly [(i: number) => string, RegExp])[] = [
    [(i) => `https://example.org/${i}.jpg`, /^They are addresses/],
    [(i) => `deep\\d${i}.png`, /written with \\, as on Windows/],
    [(i) => ` ${i}.JPG`, /blanks before or after/],
    [(i) => `images/${i}.JPG`, /start from the folder above: dataset\.images: /],
    [(i) => `photos/2020/${i}.JPG`, /take photos\/2020\/ out of the paths/],
    [(i) => `deep/d${i}`, /end in \.png, which the paths leave out/],
    [(i) => `${i}.jpg`, /small and capital letters: there is 0\.JPG/],
    [(i) => `else/${i}.gif`, /dataset\.images is the folder that the paths start from/],
  ];
  for (const [cell, expected] of mistakes) {
    const [problem, ...more] = problemsOf(rows.map(cell));
    assert.deepEqual(more, [], String(expected));
    assert.match(problem!.hint ?? '', expected);
    assert.deepEqual([problem!.code, problem!.place?.line], ['badImage', 2]);
    assert.match(problem!.message, /the same fault in all 5 rows; the first is .*: there is no such file$/);
  }
});

test('badImageProblems - each with its line where some are good, where they are few, or the faults differ', () => {
  const cells = rows.map((i) => `${i}.jpg`);
  const some = problemsOf(cells, 'the file is empty', [1, 3]);
  assert.deepEqual(
    some.map(({ place, hint: said }) => [place?.line, said]),
    [
      [3, undefined],
      [5, hint],
    ],
  );
  const faults = rows.map((row) => ({ row, path: `${row}`, reason: row === 2 ? 'one' : 'another' }));
  assert.equal(badImageProblems(table, faults, { paths: null, rows: 5, hint }).length, 5);
  assert.equal(badImageProblems(table, faults.slice(0, 2), { paths: null, rows: 2, hint }).length, 2);
  const [problem] = problemsOf(cells, 'the file is empty');
  assert.equal(problem!.hint, hint, 'a fault that no path explains');
});

const box = (brand: string): Buffer => Buffer.from(`\0\0\0\x14ftyp${brand}\0\0\0\0${brand}`, 'latin1');
const formats: readonly (readonly [string, Buffer])[] = [
  ['HEIC (HEVC)', box('heic')],
  ['HEIC (HEVC)', box('mif1')],
  ['BMP', Buffer.from('BM\x36\0\0\0\0\0\0\0\x36\0\0\0', 'latin1')],
  ['JPEG 2000', Buffer.from('\0\0\0\x0cjP  \r\n\x87\n', 'latin1')],
  ['JPEG 2000', Buffer.from([0xff, 0x4f, 0xff, 0x51])],
  ['JPEG XL', Buffer.from([0xff, 0x0a])],
  [
    'SVG',
    Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>',
    ),
  ],
  [
    'SVG',
    Buffer.from('\ufeff<?xml version="1.0"?>\n<!-- drawn -->\n<svg xmlns="http://www.w3.org/2000/svg"/>'),
  ],
  ['a web page (HTML)', Buffer.from('<!DOCTYPE html><html>404</html>')],
  [
    'a pointer of Git LFS, without the image',
    Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\n'),
  ],
  ['Netpbm (PBM, PGM, PPM)', Buffer.from('P6\n1 1\n255\nabc')],
  ['PDF', Buffer.from('%PDF-1.7\n')],
  ['a video (MP4)', box('isom')],
];

test('decodeImage - a format that is not read is named, with those that are, whatever the file is called', async () => {
  for (const [name, bytes] of formats) {
    const path = join(folder, 'photo.jpg');
    writeFileSync(path, bytes);
    assert.equal(
      await decodeImage(path, 8, 'stretch'),
      `${name}; read are JPEG, PNG, WebP, GIF, TIFF and AVIF`,
    );
  }
  const reason = 'BMP; read are JPEG, PNG, WebP, GIF, TIFF and AVIF';
  const [problem] = problemsOf(
    rows.map((i) => `${i}.bmp`),
    reason,
  );
  assert.match(problem!.hint ?? '', /magick mogrify -format jpg '\*\.bmp'/);
});
