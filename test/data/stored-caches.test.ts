import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import sharp from 'sharp';
import { openImageCache } from '../../src/data/cache.ts';
import { listCaches, removeUnusedCaches } from '../../src/data/stored-caches.ts';

const base = mkdtempSync(join(tmpdir(), 'manyheads-caches-'));
after(() => rmSync(base, { recursive: true }));
const photos = join(base, 'photos');
const folder = join(base, 'images');
mkdirSync(join(photos, 'monday'), { recursive: true });
mkdirSync(join(photos, 'tuesday'));
const paths = [join(photos, 'monday', 'a.png'), join(photos, 'tuesday', 'b.png')];
for (const [i, path] of paths.entries()) {
  await sharp({ create: { width: 9, height: 9, channels: 3, background: { r: i, g: 2, b: 3 } } })
    .png()
    .toFile(path);
}
const open = (size: number) =>
  openImageCache({ paths, rows: Int32Array.of(0, 1), size, fit: 'stretch', folder });
const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000);

/** As if a cache had last been used then. */
function age(digest: string, days: number): void {
  for (const name of readdirSync(folder).filter((file) => file.startsWith(digest))) {
    utimesSync(join(folder, name), daysAgo(days), daysAgo(days));
  }
}

test('listCaches - no folder, no caches', () => {
  assert.deepEqual(listCaches(join(base, 'absent')), []);
});

test('listCaches - size, number, common folder and last use of each, the one used last at the end', async () => {
  const { images: small } = await open(4);
  const { images: large } = await open(8);
  age(large.digest, 3);
  const caches = listCaches(folder);
  assert.deepEqual(
    caches.map(({ digest, size, images, source, complete }) => ({ digest, size, images, source, complete })),
    [large, small].map(({ digest, size }) => ({ digest, size, images: 2, source: photos, complete: true })),
  );
  assert.equal(caches[0]!.lastUsed.slice(0, 10), daysAgo(3).toISOString().slice(0, 10));
  assert.ok(caches[0]!.bytes > 0);
});

test('removeUnusedCaches - goes by the last use, not by when it was made', async () => {
  const { images: used } = await open(4);
  const { images: unused } = await open(8);
  age(used.digest, 40);
  age(unused.digest, 40);
  await open(4);
  const removed = await removeUnusedCaches(folder, 30);
  assert.deepEqual(
    removed.map(({ digest }) => digest),
    [unused.digest],
  );
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith(unused.digest)),
    [],
  );
  assert.ok(existsSync(used.file));
});

test('removeUnusedCaches - what was broken off goes too, and is listed as such', async () => {
  const digest = 'ab'.repeat(32);
  writeFileSync(join(folder, `${digest}.partial`), 'x');
  writeFileSync(join(folder, `${digest}.journal`), '[0]\n');
  const found = listCaches(folder).find((cache) => cache.digest === digest);
  assert.deepEqual({ complete: found?.complete, size: found?.size }, { complete: false, size: null });
  assert.deepEqual(await removeUnusedCaches(folder, 1), []);
  age(digest, 2);
  assert.equal((await removeUnusedCaches(folder, 1)).length, 1);
  assert.ok(!existsSync(join(folder, `${digest}.partial`)));
});
