import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { type OpenCacheOptions, openImageCache } from '../../src/data/cache.ts';
import { checksumOf } from '../../src/machine/checksum.ts';
import { readTable } from '../../src/table/read.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const base = mkdtempSync(join(tmpdir(), 'manyheads-cache-'));
after(() => rmSync(base, { recursive: true }));
let folders = 0;
function newFolder(): string {
  const folder = join(base, `${folders++}`);
  mkdirSync(folder);
  return folder;
}

async function writeColour(file: string, r: number, g: number, b: number): Promise<string> {
  await sharp({ create: { width: 16, height: 12, channels: 3, background: { r, g, b } } })
    .png()
    .toFile(file);
  return file;
}

function open(paths: readonly string[], folder: string, more: Partial<OpenCacheOptions> = {}) {
  return openImageCache({
    paths,
    rows: Int32Array.from(paths, (_, row) => row),
    size: 4,
    fit: 'stretch',
    folder,
    ...more,
  });
}

test('openImageCache - NHWC bytes in the order of the rows, read once', async () => {
  const folder = newFolder();
  const paths = [
    await writeColour(join(folder, 'a.png'), 1, 2, 3),
    await writeColour(join(folder, 'b.png'), 4, 5, 6),
  ];
  const progress: [string, number, number][] = [];
  const { images, imageOf, bad } = await open(paths, join(folder, 'cache'), {
    onProgress: (...report) => progress.push(report),
  });
  assert.deepEqual(bad, []);
  assert.deepEqual([...imageOf], [0, 1]);
  assert.deepEqual([images.size, images.count, images.byteLength], [4, 2, 96]);
  const expected = [...Array(16).fill([1, 2, 3]).flat(), ...Array(16).fill([4, 5, 6]).flat()];
  assert.deepEqual([...images.pixels()], expected);
  assert.equal(images.pixels(), images.pixels());
  assert.deepEqual([...readFileSync(images.file)], expected);
  assert.deepEqual(progress.at(-1), ['Decoding images', 2, 2]);
});

test('openImageCache - only the rows asked for; one content is decoded once', async () => {
  const folder = newFolder();
  const a = await writeColour(join(folder, 'a.png'), 1, 2, 3);
  const b = await writeColour(join(folder, 'b.png'), 4, 5, 6);
  const copy = join(folder, 'copy.png');
  copyFileSync(a, copy);
  const paths = [join(folder, 'not-asked-for.png'), b, a, b, copy];
  const { images, imageOf, bad } = await open(paths, join(folder, 'cache'), {
    rows: Int32Array.of(1, 2, 3, 4),
  });
  assert.deepEqual(bad, []);
  assert.equal(images.count, 2);
  assert.deepEqual([...imageOf], [-1, 0, 1, 0, 1]);
});

test('openImageCache - every bad image with its row and reason, the good ones usable', async () => {
  const folder = newFolder();
  const good = await writeColour(join(folder, 'good.png'), 9, 9, 9);
  const truncated = join(folder, 'truncated.jpg');
  const jpeg = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } })
    .jpeg()
    .toBuffer();
  writeFileSync(truncated, jpeg.subarray(0, jpeg.length - 30));
  const text = join(folder, 'text.jpg');
  writeFileSync(text, 'this is no picture');
  const empty = join(folder, 'empty.jpg');
  writeFileSync(empty, '');
  const missing = join(folder, 'missing.jpg');
  const paths = [missing, good, truncated, text, empty, folder, '', join(good, 'below-a-file.jpg'), missing];
  const expected = [
    [0, missing, 'there is no such file'],
    [2, truncated, 'the file ends before the image does (truncated)'],
    [3, text, 'not an image, or of a format that is not known; read are JPEG, PNG, WebP, GIF, TIFF and AVIF'],
    [4, empty, 'the file is empty'],
    [5, folder, 'a folder, not a file'],
    [6, '', 'the table names no image'],
    [7, join(good, 'below-a-file.jpg'), 'there is no such file'],
    [8, missing, 'there is no such file'],
  ];
  // The second time the answers come from the cache.
  for (let time = 0; time < 2; time++) {
    const { images, imageOf, bad } = await open(paths, join(folder, 'cache'));
    assert.deepEqual(
      bad.map(({ row, path, reason }) => [row, path, reason]),
      expected,
    );
    assert.deepEqual([...imageOf], [-1, 0, -1, -1, -1, -1, -1, -1, -1]);
    assert.deepEqual([...images.pixels().subarray(0, 3)], [9, 9, 9]);
  }
});

test('openImageCache - an unchanged data set is neither read nor decoded again', async () => {
  const folder = newFolder();
  const paths = [await writeColour(join(folder, 'a.png'), 1, 2, 3)];
  const first = await open(paths, join(folder, 'cache'));
  const before = statSync(first.images.file, { bigint: true });
  const reports: string[] = [];
  const second = await open(paths, join(folder, 'cache'), { onProgress: (label) => reports.push(label) });
  assert.equal(second.images.digest, first.images.digest);
  assert.equal(statSync(second.images.file, { bigint: true }).mtimeNs, before.mtimeNs);
  assert.deepEqual(reports, []);
});

test('openImageCache - touched files are read again and give the same cache', async () => {
  const folder = newFolder();
  const paths = [await writeColour(join(folder, 'a.png'), 1, 2, 3)];
  const first = await open(paths, join(folder, 'cache'));
  utimesSync(paths[0]!, 1, 1);
  const reports: string[] = [];
  const second = await open(paths, join(folder, 'cache'), { onProgress: (label) => reports.push(label) });
  assert.deepEqual(reports, ['Reading images']);
  assert.equal(second.images.file, first.images.file);
});

test('openImageCache - a file with new content is another cache, even with its old times', async () => {
  const folder = newFolder();
  const file = await writeColour(join(folder, 'a.png'), 1, 2, 3);
  const { atime, mtime } = statSync(file);
  const first = await open([file], join(folder, 'cache'));
  await writeColour(file, 7, 8, 9);
  utimesSync(file, atime, mtime);
  const second = await open([file], join(folder, 'cache'));
  assert.notEqual(second.images.digest, first.images.digest);
  assert.deepEqual([...second.images.pixels().subarray(0, 3)], [7, 8, 9]);
});

test('openImageCache - size, fit and order of the contents are a part of the digest', async () => {
  const folder = newFolder();
  const paths = [
    await writeColour(join(folder, 'a.png'), 1, 2, 3),
    await writeColour(join(folder, 'b.png'), 4, 5, 6),
  ];
  const digests = [
    await open(paths, join(folder, 'cache')),
    await open(paths, join(folder, 'cache'), { size: 5 }),
    await open(paths, join(folder, 'cache'), { fit: 'pad' }),
    await open([...paths].reverse(), join(folder, 'cache')),
  ].map(({ images }) => images.digest);
  assert.equal(new Set(digests).size, 4);
});

/** What a break leaves: two images in a partial file, with these lines of a journal. */
async function afterBreak(journal: (sums: string[]) => string, pixels: (whole: Buffer) => void = () => {}) {
  const folder = newFolder();
  const paths = [
    await writeColour(join(folder, 'a.png'), 1, 2, 3),
    await writeColour(join(folder, 'b.png'), 4, 5, 6),
  ];
  const { images } = await open(paths, join(folder, 'whole'));
  const broken = join(folder, 'broken');
  mkdirSync(broken);
  const partial = Buffer.from(images.pixels());
  pixels(partial);
  writeFileSync(join(broken, `${images.digest}.partial`), partial);
  const sums = [0, 48].map((at) => checksumOf(images.pixels().subarray(at, at + 48)));
  writeFileSync(join(broken, `${images.digest}.journal`), journal(sums));
  const decoded: number[] = [];
  const onProgress = (label: string, done: number) => {
    if (label === 'Decoding images') decoded.push(done);
  };
  const resumed = await open(paths, broken, { onProgress });
  assert.deepEqual([...resumed.images.pixels()], [...images.pixels()]);
  assert.deepEqual(
    readdirSync(broken).filter((name) => /partial|journal|lock|part$/.test(name)),
    [],
  );
  // A second look finds it all as it should be.
  assert.deepEqual((await open(paths, broken)).bad, []);
  return decoded;
}

test('openImageCache - a break is picked up where the journal says', async () => {
  // The line of image 1 is cut.
  assert.deepEqual(await afterBreak(([first]) => `[0,"${first}"]\n[1`), [2]);
  assert.deepEqual(await afterBreak(([first, second]) => `[0,"${first}"]\n[1,"${second}"]\n`), []);
});

test('openImageCache - a journal is believed where the pixels are as it says, and of version 0.1.0 not at all', async () => {
  const zeroed = (whole: Buffer) => void whole.fill(0);
  const firstZeroed = (whole: Buffer) => void whole.fill(0, 0, 48);
  const both = ([first, second]: string[]) => `[0,"${first}"]\n[1,"${second}"]\n`;
  assert.deepEqual(await afterBreak(both, zeroed), [1, 2]);
  assert.deepEqual(await afterBreak(both, firstZeroed), [2]);
  assert.deepEqual(await afterBreak(() => '[0]\n[1]\n', zeroed), [1, 2]);
  for (const garbage of ['garbage\n', 'null\n7\n{}\n', '[-1,"x"]\n[2,"x"]\n[1e9,"x"]\n[0,5]\n'])
    assert.deepEqual(await afterBreak(() => garbage), [1, 2], garbage);
});

test('openImageCache - a partial file of another length is not trusted', async () => {
  const folder = newFolder();
  const paths = [await writeColour(join(folder, 'a.png'), 1, 2, 3)];
  const { images } = await open(paths, join(folder, 'whole'));
  const broken = join(folder, 'broken');
  mkdirSync(broken);
  writeFileSync(join(broken, `${images.digest}.partial`), 'short');
  writeFileSync(join(broken, `${images.digest}.journal`), `[0,"${checksumOf(images.pixels())}"]\n`);
  assert.deepEqual([...(await open(paths, broken)).images.pixels()], Array(16).fill([1, 2, 3]).flat());
});

test('openImageCache - two processes at once give the same file', async () => {
  const folder = newFolder();
  const paths = await Promise.all(
    Array.from({ length: 60 }, (_, i) => writeColour(join(folder, `${i}.png`), i, 2 * i, 3 * i)),
  );
  const script = `
    import { openImageCache } from ${JSON.stringify(join(root, 'src/data/cache.ts'))};
    const paths = ${JSON.stringify(paths)};
    const rows = Int32Array.from(paths, (_, row) => row);
    const options = { paths, rows, size: 4, fit: 'stretch', folder: ${JSON.stringify(join(folder, 'cache'))} };
    const { images, bad } = await openImageCache(options);
    process.stdout.write(JSON.stringify([images.digest, bad.length, [...images.pixels()]]));
  `;
  const outputs = await Promise.all(
    [0, 1].map(async () => {
      const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
        cwd: root,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const closed = once(child, 'close');
      let text = '';
      for await (const part of child.stdout) text += part;
      assert.deepEqual((await closed)[0], 0);
      return text;
    }),
  );
  assert.equal(outputs[0], outputs[1]);
  const [, bad, pixels] = JSON.parse(outputs[0]!) as [string, number, number[]];
  assert.equal(bad, 0);
  assert.deepEqual(pixels.slice(59 * 48, 59 * 48 + 3), [59, 118, 177]);
});

const hvcFile = process.env.HVC_TABLE ?? join(root, '../shared/data/hvc/hvc_annotations.csv');
const withoutHvc = existsSync(hvcFile) ? false : `the article's table is absent (${hvcFile}); set HVC_TABLE`;
test("openImageCache - all images of the article's table missing", { skip: withoutHvc }, async () => {
  const folder = newFolder();
  const table = readTable(hvcFile, { delimiter: ',' });
  const column = table.columns.indexOf('image_path');
  const { bad, images } = await open(
    table.rows.map((cells) => join(folder, cells[column]!)),
    join(folder, 'cache'),
  );
  assert.equal(bad.length, 13573);
  assert.equal(images.count, 0);
  assert.equal(images.pixels().length, 0);
});
