import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { linksOutside, pathsOutside } from '../../src/table/image-paths.ts';

const base = mkdtempSync(join(tmpdir(), 'manyheads-paths-'));
const images = join(base, 'images');
mkdirSync(join(images, 'deep'), { recursive: true });
writeFileSync(join(images, 'a.png'), '');
writeFileSync(join(base, 'secret.png'), '');

const tableOf = (cells: readonly string[]) => ({ file: 't.csv', lines: cells.map((_, row) => row + 2) });
const said = (cells: readonly string[], folder = images) =>
  pathsOutside(tableOf(cells), cells, folder, 'Hint.');
const linked = (cells: readonly string[], folder = images) =>
  linksOutside(tableOf(cells), cells, cells.keys(), folder, 'Hint.').map(
    ({ place }) => cells[place!.line - 2],
  );

test('pathsOutside - what is written decides, and no word of whether a file is there', () => {
  const inside = ['a.png', 'deep/../a.png', join(images, 'a.png'), '..a.png', 'a..b/c', '', './a.png'];
  assert.deepEqual(said(inside), []);
  assert.deepEqual(said(['/anything/a.png'], '/'), []);
  const outside = [
    '../secret.png',
    '../absent.png',
    '/etc/passwd',
    'deep/../../secret.png',
    '../images2/a.png',
    '..',
  ];
  const problems = said(outside);
  assert.deepEqual(
    problems.map(({ code, place }) => [code, place?.line]),
    outside.map((_, row) => ['outsideFolder', row + 2]),
  );
  const [there, absent] = problems;
  assert.equal(there!.message.replace('secret', 'absent'), absent!.message);
  assert.equal(problems.at(-1)!.hint, 'Hint.');
});

test('pathsOutside - of many rows the first are listed, and the others counted', () => {
  const problems = said(Array.from({ length: 100_000 }, (_, i) => `../${i}.png`));
  assert.equal(problems.length, 20);
  assert.equal(problems.at(-1)!.hint, 'So do 99980 more rows. Hint.');
});

test('linksOutside - links are followed to their end; one that leads nowhere is told as one that leads out', () => {
  const link = (name: string, target: string): string => {
    symlinkSync(target, join(images, name));
    return name;
  };
  link('etc', '/etc');
  link('here', 'deep');
  const good = [link('within.png', 'a.png'), 'here/x.png', 'absent.png', 'deep/absent/x.png', 'a\0b.png'];
  const bad = [
    link('out.png', '../secret.png'),
    link('lost.png', '/nowhere/at/all'),
    link('round.png', 'round.png'),
    link('chain.png', 'out.png'),
    'etc/hostname',
    'etc/absent',
  ];
  assert.deepEqual(linked([...good, ...bad, '../said-elsewhere.png']), bad);
  // The folder itself may be a link, and all of the disk may be meant.
  symlinkSync(images, join(base, 'linked'));
  assert.deepEqual(linked(good, join(base, 'linked')), []);
  assert.deepEqual(
    linked(
      bad.slice(0, 1).map((name) => join(images, name)),
      '/',
    ),
    [],
  );
});
