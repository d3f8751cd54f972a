import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { placeLink, writeOnce, writeThrough, writeWhole, writeWholeText } from '../../src/machine/whole.mjs';

const folder = () => mkdtempSync(join(tmpdir(), 'manyheads-whole-'));

test('writeWhole, writeWholeText - replace what was there, and leave nothing beside it', () => {
  const at = folder();
  const file = join(at, 'a.json');
  writeFileSync(file, 'before');
  writeWhole(file, { a: [1] });
  assert.equal(readFileSync(file, 'utf8'), '{\n  "a": [\n    1\n  ]\n}\n');
  writeWhole(file, { b: 2 }, { isHasty: true });
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), { b: 2 });
  writeWholeText(file, new Uint8Array([0, 255]));
  assert.deepEqual([...readFileSync(file)], [0, 255]);
  assert.deepEqual(readdirSync(at), ['a.json']);
});

test('writeThrough - where writing fails, what was there stays, and no part is left', () => {
  const at = folder();
  const file = join(at, 'a');
  writeFileSync(file, 'before');
  const failing = (part: string): void => {
    writeFileSync(part, 'half');
    throw new Error('no more');
  };
  assert.throws(() => writeThrough(file, failing), /no more/);
  assert.equal(readFileSync(file, 'utf8'), 'before');
  assert.throws(() => writeWhole(join(at, 'absent', 'a'), 1), { code: 'ENOENT' });
  assert.deepEqual(readdirSync(at), ['a']);
});

test('writeOnce - the first one stands', () => {
  const at = folder();
  const file = join(at, 'a.json');
  assert.deepEqual([writeOnce(file, 1), writeOnce(file, 2)], [true, false]);
  assert.equal(readFileSync(file, 'utf8'), '1\n');
  assert.deepEqual(readdirSync(at), ['a.json']);
});

test('writeWhole - a reader beside several writers always finds one of them whole', async () => {
  const at = folder();
  const file = join(at, 'a.json');
  const module = new URL('../../src/machine/whole.mjs', import.meta.url).href;
  writeWhole(file, []);
  const writers = [1, 2].map((value) => {
    const script = `
      import { writeWhole } from '${module}';
      for (let turn = 0; turn < 60; turn++) writeWhole('${file}', Array(2000 * (1 + turn % 3)).fill(${value}));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
    return new Promise((done) => child.on('close', done));
  });
  let isOver = false;
  const ended = Promise.all(writers).finally(() => {
    isOver = true;
  });
  while (!isOver) {
    const found = JSON.parse(readFileSync(file, 'utf8')) as number[];
    assert.ok(new Set(found).size <= 1);
    await new Promise((done) => setImmediate(done));
  }
  assert.deepEqual(await ended, [0, 0]);
  assert.deepEqual(readdirSync(at), ['a.json']);
});

test('placeLink - takes the place of a link and of a file, not of a folder', () => {
  const at = folder();
  const path = join(at, 'link');
  symlinkSync('before', path);
  placeLink('after', path);
  assert.equal(readlinkSync(path), 'after');
  writeFileSync(join(at, 'file'), '');
  placeLink('after', join(at, 'file'));
  assert.equal(readlinkSync(join(at, 'file')), 'after');
  mkdirSync(join(at, 'folder'));
  assert.throws(() => placeLink('after', join(at, 'folder')));
  assert.deepEqual(readdirSync(at).sort(), ['file', 'folder', 'link']);
});
