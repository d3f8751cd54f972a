/** Paths that are no files as one expects them: the binding answers null, soon, and reads nothing that it does not need. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestFile } from '../../../src/tensorflow/files.ts';
import { decodedByBinding } from '../../data/decoded.ts';

const folder = mkdtempSync(join(tmpdir(), 'manyheads-read-file-'));

test('digestFile, decodeJpeg - folders, pipes, devices, links to nothing and empty files are not read', async () => {
  const pipe = join(folder, 'pipe.jpg');
  execFileSync('mkfifo', [pipe]);
  const dangling = join(folder, 'dangling.jpg');
  symlinkSync(join(folder, 'nowhere'), dangling);
  const empty = join(folder, 'empty.jpg');
  writeFileSync(empty, '');
  // Of the pipe: opening one to read waits for somebody who writes.
  for (const path of [folder, pipe, dangling, empty, devNull, '/dev/zero', '', 'a\0b', 'x'.repeat(100_000)]) {
    assert.equal(await digestFile(path), null, path.slice(0, 100));
    assert.equal(await decodedByBinding(path, 8, 'stretch'), null, path.slice(0, 100));
  }
});

test('decodeJpeg - a file longer than the decoder can count is not read', async () => {
  const path = join(folder, 'long.jpg');
  const file = openSync(path, 'w');
  writeSync(file, Buffer.from([0xff, 0xd8, 0xff, 0xe1]));
  // Without blocks on the disk; in memory it would be 8 TB.
  ftruncateSync(file, 2 ** 43);
  closeSync(file);
  assert.equal(await decodedByBinding(path, 8, 'stretch'), null);
});

test('digestFile - SHA-256 of FIPS 180-4, appendix B.1', async () => {
  const path = join(folder, 'abc');
  writeFileSync(path, 'abc');
  assert.equal(await digestFile(path), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
