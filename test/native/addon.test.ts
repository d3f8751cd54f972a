/** The functions that the binding has beside tfjs's, with arguments that are not those of their description. */
import assert from 'node:assert/strict';
import { mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import '../../src/setup/before-tfjs.ts';
import { createProgram } from '../../src/graph/program.ts';
import { places } from '../../src/setup/stamp.mjs';
import { tf } from '../../src/tensorflow/tf.ts';
import { makeJpeg } from './images/jpeg-segments.ts';

type Unchecked = (...args: unknown[]) => Promise<unknown>;
const binding = createRequire(import.meta.url)(places().binding) as Record<
  'decodeJpeg' | 'digestFile' | 'openSession' | 'runSession',
  Unchecked
>;
const { decodeJpeg, digestFile, openSession, runSession } = binding;

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

test('decodeJpeg - without a file into memory, the same pixels', async () => {
  const path = join(folder, 'memory.jpg');
  writeFileSync(path, await makeJpeg(20, 12));
  const target = openSync(join(folder, 'square'), 'w+');
  assert.equal(await decodeJpeg(path, 8, 1, target, 0), true);
  const pixels = await decodeJpeg(path, 8, 1, -1, 0);
  assert.ok(pixels instanceof ArrayBuffer);
  assert.deepEqual(Buffer.from(pixels), readFileSync(join(folder, 'square')));
  assert.equal(await decodeJpeg(join(folder, 'none.jpg'), 8, 1, -1, 0), null);
});

/** The sum of three numbers. */
function savedProgram(): string {
  const program = createProgram();
  program.signature('add', {
    inputs: { x: { shape: [3], dtype: 'float32' } },
    record: ({ x }) => ({ y: tf.sum(x!) }),
  });
  const place = join(folder, 'program');
  program.save(place);
  return place;
}

const none = new Uint8Array(0);
const x = 'add/inputs/x:0';
const y = 'add/outputs/y:0';

test('openSession - what it cannot open is an error at once', () => {
  const place = savedProgram();
  for (const args of [[], [place], [7, none], [place, 'x'], [place, new Float32Array(1)]])
    assert.throws(() => openSession(...args), /expected openSession\(folder, config\)/);
  assert.throws(() => openSession(join(folder, 'nowhere'), none), /Could not find SavedModel/);
  assert.throws(() => openSession(place, Uint8Array.of(255, 255, 255)), /[Pp]arse|config/);
});

test('runSession - arguments that it cannot work with are an error at once', async () => {
  const session = openSession(savedProgram(), none);
  const values = Float32Array.of(1, 2, 4);
  const right = [session, [[x, 1, [3], values]], [y]];
  assert.deepEqual(new Float32Array(((await runSession(...right)) as ArrayBuffer[])[0]!), Float32Array.of(7));
  const wrong: readonly (readonly [readonly unknown[], RegExp])[] = [
    [[], /expected runSession/],
    [[{}, [], [y]], /expected runSession/],
    [[session, [[x, 1, [3]]], [y]], /expected runSession/],
    [[session, 'x', [y]], /expected runSession/],
    [[session, [], [7]], /expected runSession/],
    [
      [session, [[x, 1, [4], values]], [y]],
      /the values for add\/inputs\/x:0 are not those of its type and shape/,
    ],
    [[session, [[x, 1, [-3], values]], [y]], /are not those of its type and shape/],
    [[session, [[x, 1, [2 ** 40, 2 ** 24, 3], values]], [y]], /are not those of its type and shape/],
    [[session, [[x, 99, [3], values]], [y]], /are not those of its type and shape/],
    [[session, [[x, 7, [3], values]], [y]], /are not those of its type and shape/],
    [[session, [[x, 1, [3], new Float64Array(3)]], [y]], /are not those of its type and shape/],
    [[session, [['add/inputs/z:0', 1, [3], values]], [y]], /the graph has no add\/inputs\/z:0/],
    [[session, [[x, 1, [3], values]], ['add/outputs/y:1']], /the graph has no add\/outputs\/y:1/],
    [[session, [[x, 1, [3], values]], ['add/outputs/y:99999999999999999999']], /the graph has no/],
  ];
  for (const [args, message] of wrong) assert.throws(() => runSession(...args), message);
  // TensorFlow itself refuses: the promise does.
  await assert.rejects(runSession(session, [[x, 3, [3], Int32Array.of(1, 2, 3)]], [y]), /int32|float/);
  await assert.rejects(runSession(session, [], [y]), /feed|placeholder/i);
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
