/** The two functions that the binding has beside tfjs's, with arguments that are not those of their description. */
import assert from 'node:assert/strict';
import { mkdtempSync, openSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import '../../src/setup/before-tfjs.ts';
import { places } from '../../src/setup/stamp.mjs';
import { makeJpeg } from './images/jpeg-segments.ts';

type Unchecked = (...args: unknown[]) => Promise<unknown>;
const { decodeJpeg, digestFile } = createRequire(import.meta.url)(places().binding) as Record<
  'decodeJpeg' | 'digestFile',
  Unchecked
>;

const folder = mkdtempSync(join(tmpdir(), 'manyheads-addon-'));

test('decodeJpeg - arguments that it cannot work with are a TypeError at once', () => {
  const right = ['x.jpg', 8, 0, 1, 0];
  const wrong: readonly (readonly [number, readonly unknown[]])[] = [
    [0, [undefined, null, 7, {}]],
    [1, ['8', null, 0, -1, 2 ** 14 + 1, 2 ** 31 - 1, Number.NaN]],
    [2, ['stretch', -1, 3, undefined]],
    [3, ['1', undefined]],
    [4, ['0', -1, undefined]],
  ];
  for (const [at, values] of wrong) {
    for (const value of values) {
      const args = right.map((argument, i) => (i === at ? value : argument));
      assert.throws(
        () => decodeJpeg(...args),
        { name: 'TypeError', message: /^expected decodeJpeg/ },
        `${at}: ${value}`,
      );
    }
  }
  assert.throws(() => decodeJpeg(...right.slice(0, 4)), TypeError);
  assert.throws(() => decodeJpeg(), TypeError);
});

test('digestFile - anything but a path is a TypeError at once', () => {
  for (const value of [undefined, null, 7, {}, Buffer.from('x')])
    assert.throws(() => digestFile(value), { name: 'TypeError', message: /^expected digestFile/ });
  assert.throws(() => digestFile(), TypeError);
});

test('decodeJpeg - null where the pixels cannot be written', async () => {
  const path = join(folder, 'picture.jpg');
  writeFileSync(path, await makeJpeg(16, 16));
  const readOnly = openSync(path, 'r');
  assert.equal(await decodeJpeg(path, 8, 0, readOnly, 0), null);
  // A number that no open file has.
  assert.equal(await decodeJpeg(path, 8, 0, 1_000_000, 0), null);
  const full = openSync('/dev/full', 'w');
  assert.equal(await decodeJpeg(path, 8, 0, full, 0), null);
});

test('decodeJpeg, digestFile - hundreds of calls at a time, each with its own answer', async () => {
  const path = join(folder, 'many.jpg');
  writeFileSync(path, await makeJpeg(30, 20));
  const target = openSync(join(folder, 'squares'), 'w+');
  const squares = Array.from({ length: 300 }, (_, i) => decodeJpeg(path, 9, i % 3, target, i * 243));
  const digests = Array.from({ length: 300 }, () => digestFile(path));
  assert.deepEqual(new Set(await Promise.all(squares)), new Set([true]));
  assert.equal(new Set(await Promise.all(digests)).size, 1);
});
