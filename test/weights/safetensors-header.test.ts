import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readHeader } from '../../src/weights/safetensors-header.ts';

/** A file with this header and so many bytes of data. */
function fileOf(header: unknown, dataBytes: number): Buffer {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(dataBytes)]);
}

const entry = (begin: number, end: number, more: object = {}) => ({
  dtype: 'F32',
  shape: [(end - begin) / 4],
  data_offsets: [begin, end],
  ...more,
});

test('readHeader - tensors in the order of their bytes, empty ones before those behind them', () => {
  const file = fileOf({ b: entry(4, 12), a: entry(0, 4), none: entry(4, 4), __metadata__: { by: 'x' } }, 12);
  const { entries, metadata, dataStart } = readHeader(file);
  assert.deepEqual(
    entries.map(({ name, begin, end }) => [name, begin, end]),
    [
      ['a', 0, 4],
      ['none', 4, 4],
      ['b', 4, 12],
    ],
  );
  assert.deepEqual(metadata, { by: 'x' });
  assert.equal(dataStart, file.length - 12);
});

test('readHeader - a dtype that is not known yet keeps its bytes', () => {
  assert.equal(readHeader(fileOf({ a: entry(0, 5, { dtype: 'F4', shape: [10] }) }, 5)).entries[0]!.end, 5);
});

const wrong: readonly [title: string, header: unknown, bytes: number, message: RegExp][] = [
  ['no JSON', '{"a":', 0, /its header is not JSON/],
  ['a list', [], 0, /its header is no map of tensors/],
  ['null', 'null', 0, /its header is no map of tensors/],
  ['a tensor that is a number', { a: 1 }, 0, /a has no dtype, shape and place/],
  ['no dtype', { a: entry(0, 4, { dtype: 4 }) }, 4, /a has no dtype/],
  ['a negative side', { a: entry(0, 4, { shape: [-1] }) }, 4, /the shape of a is no list of whole numbers/],
  ['a side that is a text', { a: entry(0, 4, { shape: ['1'] }) }, 4, /the shape of a is no list/],
  ['a shape that is a map', { a: entry(0, 4, { shape: {} }) }, 4, /the shape of a is no list/],
  ['no place', { a: { dtype: 'F32', shape: [1] } }, 4, /a has no place in the file/],
  ['a place of three numbers', { a: entry(0, 4, { data_offsets: [0, 4, 8] }) }, 4, /a has no place/],
  ['a place beyond the end', { a: entry(0, 8) }, 4, /a goes beyond its end/],
  ['a place that ends before it begins', { a: entry(4, 0, { shape: [1] }) }, 4, /a goes beyond its end/],
  ['more elements than bytes', { a: entry(0, 4, { shape: [2] }) }, 4, /F32 \[2\], needs 8 bytes and has 4/],
  [
    'sides whose product is beyond all numbers',
    { a: entry(0, 4, { shape: Array(64).fill(2 ** 52) }) },
    4,
    /needs \S+ bytes and has 4/,
  ],
  ['two in one place', { a: entry(0, 8), b: entry(4, 12) }, 12, /the bytes of b overlap those of another/],
  ['the same place twice', { a: entry(0, 4), b: entry(0, 4) }, 4, /overlap/],
  ['a gap', { a: entry(0, 4), b: entry(8, 12) }, 12, /the bytes of b leave a gap before them/],
  ['bytes that nobody speaks of', { a: entry(0, 4) }, 12, /it has 12 bytes of data, its header speaks of 4/],
  ['metadata that are numbers', { __metadata__: { a: 1 } }, 0, /its __metadata__ is no map of texts/],
];

for (const [title, header, bytes, message] of wrong) {
  test(`readHeader - refuses ${title}`, () => {
    assert.throws(() => readHeader(fileOf(header, bytes)), message);
  });
}

test('readHeader - refuses a length beyond the file, without reading it', () => {
  const huge = Buffer.alloc(16);
  huge.writeBigUInt64LE(2n ** 63n);
  assert.throws(() => readHeader(huge), /its header of \d+ bytes goes beyond its end/);
});
