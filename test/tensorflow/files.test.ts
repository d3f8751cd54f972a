import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestFile } from '../../src/tensorflow/files.ts';

const folder = mkdtempSync(join(tmpdir(), 'manyheads-files-'));

test('digestFile - the example of FIPS 180-4, and a long file as Node digests it', async () => {
  const abc = join(folder, 'abc');
  writeFileSync(abc, 'abc');
  const expected = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  assert.equal(await digestFile(abc), expected);

  const bytes = Uint8Array.from({ length: 3_000_001 }, (_, i) => (i * i) % 251);
  const long = join(folder, 'ä long file');
  writeFileSync(long, bytes);
  assert.equal(await digestFile(long), createHash('sha256').update(bytes).digest('hex'));
});

test('digestFile - null for a file that is absent, is empty, or is a folder', async () => {
  const empty = join(folder, 'empty');
  writeFileSync(empty, '');
  assert.equal(await digestFile(join(folder, 'absent')), null);
  assert.equal(await digestFile(empty), null);
  assert.equal(await digestFile(folder), null);
});
