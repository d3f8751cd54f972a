import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { test } from 'node:test';
import { recordingRooms } from '../../src/bundle/programs.ts';

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
