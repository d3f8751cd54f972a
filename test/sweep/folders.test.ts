/** The order of the folders of sweeps, as src/sweep/README.md shows it, holds for every import between them. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { test } from 'node:test';

const room = join(import.meta.dirname, '../../src/sweep');
const read = (file: string): string => readFileSync(join(room, file), 'utf8');
const files = readdirSync(room, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
/** From first to last: rows from above. */
const folders = [...read('README.md').matchAll(/^\| `(\w+)\/` \|/gm)].map(([, name]) => name!);

const folderOf = (file: string): string => file.split('/')[0]!;

/** @returns `from -> to` of imports, types and later ones among them, between two folders */
function arrows(): [from: string, to: string][] {
  return files
    .filter((file) => file.includes('/'))
    .flatMap((file) =>
      [...read(file).matchAll(/(?:\bfrom\s+|\bimport\(\s*)'(\.[^']+)'/g)]
        .map(([, target]) => posix.normalize(posix.join(posix.dirname(file), target!)))
        .filter((target) => !target.startsWith('..') && folderOf(target) !== folderOf(file))
        .map((target): [string, string] => [file, target]),
    );
}

test('src/sweep/README.md - its table has each folder', () => {
  const there = readdirSync(room, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.deepEqual([...folders].sort(), there.map(({ name }) => name).sort());
});

test('src/sweep - a folder imports from those before it alone, and nothing imports sweep.ts', () => {
  const all = arrows();
  assert.ok(all.length > 60);
  assert.deepEqual(
    all
      .filter(
        ([from, to]) => folders.indexOf(folderOf(to)) > folders.indexOf(folderOf(from)) || !to.includes('/'),
      )
      .map((arrow) => arrow.join(' -> ')),
    [],
  );
});

test('src/sweep/README.md - its links lead somewhere', () => {
  const links = [...read('README.md').matchAll(/\]\(([^)#]+)/g)].map(([, link]) => link!);
  assert.ok(links.length > 10);
  const here = links.filter((link) => !link.startsWith('http'));
  assert.deepEqual(
    here.filter((link) => !existsSync(join(room, link))),
    [],
  );
});
