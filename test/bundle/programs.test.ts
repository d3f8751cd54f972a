import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { test } from 'node:test';
import { keepProgram, openProgram, recordingRooms } from '../../src/bundle/programs.ts';
import { readModel } from '../../src/bundle/read.ts';
import { RunError } from '../../src/errors.ts';
import { makeTinyModel } from './tiny-model.ts';

const root = join(import.meta.dirname, '../..');

/** Files of src that a file is made of, itself among them. */
function partsOf(file: string, known = new Set<string>()): Set<string> {
  if (known.has(file) || !existsSync(join(root, file))) return known;
  known.add(file);
  const text = readFileSync(join(root, file), 'utf8').replace(/^import type [\s\S]*?;$/gm, '');
  for (const [, target] of text.matchAll(/(?:\bfrom\s+|^import\s+)'(\.[^']+)'/gm))
    partsOf(posix.normalize(posix.join(posix.dirname(file), target!)), known);
  return known;
}

test('recordingRooms - hold every file that decides what is recorded', () => {
  const parts = [...partsOf('src/bundle/program.ts')].filter((file) => file.startsWith('src/'));
  assert.ok(parts.length > 50, `${parts.length}`);
  const rooms = new Set(parts.map((file) => file.split('/')[1]!));
  const covered: readonly string[] = recordingRooms;
  assert.deepEqual(
    [...rooms].filter((room) => !covered.includes(room)),
    [],
  );
});

test('keepProgram - what a run leaves is there for the first answer', async () => {
  const tiny = await makeTinyModel();
  tiny.engine.dispose();
  const { description } = readModel(tiny.folder);
  const folder = mkdtempSync(join(tmpdir(), 'manyheads-programs-'));
  await keepProgram(description, 1, 'cpu', folder);
  const [name] = readdirSync(folder);
  await keepProgram(description, 1, 'cpu', folder);
  assert.deepEqual(readdirSync(folder), [name]);
  const opened = await openProgram(description, 1, 'cpu', folder);
  assert.equal(opened.wasCached, true);
  assert.equal(opened.has('proved'), false);
  opened.note('proved');
  assert.equal((await openProgram(description, 1, 'cpu', folder)).has('proved'), true);
  assert.equal((await openProgram(description, 2, 'cpu', folder)).wasCached, false, 'of another size');
});

test('openProgram - one that nobody has used for three months makes room', async () => {
  const tiny = await makeTinyModel();
  tiny.engine.dispose();
  const { description } = readModel(tiny.folder);
  const folder = mkdtempSync(join(tmpdir(), 'manyheads-programs-'));
  mkdirSync(join(folder, 'old'));
  mkdirSync(join(folder, 'new'));
  const days = (count: number): Date => new Date(Date.now() - count * 24 * 3600 * 1000);
  utimesSync(join(folder, 'old'), days(91), days(91));
  utimesSync(join(folder, 'new'), days(89), days(89));
  await keepProgram(description, 1, 'cpu', folder);
  assert.equal(readdirSync(folder).includes('old'), false);
  assert.equal(readdirSync(folder).length, 2);
});

test('keepProgram - a folder that cannot be made', async () => {
  const tiny = await makeTinyModel();
  tiny.engine.dispose();
  const file = join(mkdtempSync(join(tmpdir(), 'manyheads-programs-')), 'file');
  writeFileSync(file, '');
  await assert.rejects(
    keepProgram(readModel(tiny.folder).description, 1, 'cpu', join(file, 'programs')),
    (error) =>
      error instanceof RunError && /recorded models could not be kept in .*ENOTDIR/.test(error.message),
  );
});
