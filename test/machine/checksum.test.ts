import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checksumOf } from '../../src/machine/checksum.ts';

test('checksumOf - XXH64 as its author tells it, of texts and of bytes', () => {
  // The test vectors of xxHash's specification, seed 0: https://github.com/Cyan4973/xxHash
  assert.equal(checksumOf(''), 'ef46db3751d8e999');
  assert.equal(checksumOf('a'), 'd24ec4f1a98c6e5b');
  assert.equal(checksumOf('abc'), '44bc2cf5ad770999');
  assert.equal(checksumOf(new Uint8Array([97, 98, 99])), '44bc2cf5ad770999');
});

test('checksumOf - of many bytes, of which each counts, wherever the pieces end', () => {
  const bytes = new Uint8Array(3 * 2 ** 18 + 5);
  const whole = checksumOf(bytes);
  assert.equal(checksumOf(new Uint8Array(bytes)), whole);
  for (const at of [0, 2 ** 18 - 1, 2 ** 18, 2 ** 19, bytes.length - 1]) {
    bytes[at] = 1;
    assert.notEqual(checksumOf(bytes), whole, `${at}`);
    bytes[at] = 0;
  }
});
