import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { before, test } from 'node:test';
import { ExperimentError } from '../../src/errors.ts';
import { openSources, type Source, type SourceOptions } from '../../src/predict/sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'manyheads-sources-'));
const at = (...parts: string[]): string => join(folder, ...parts);

before(() => {
  mkdirSync(at('photos', 'deep', 'deeper'), { recursive: true });
  mkdirSync(at('empty'));
  for (const name of ['b.JPG', 'a.png', 'notes.txt', 'deep/c.webp', 'deep/deeper/d.jpeg', 'deep/.DS_Store'])
    writeFileSync(at('photos', name), '');
  symlinkSync(at('photos'), at('photos', 'deep', 'round'));
  symlinkSync(at('nowhere'), at('photos', 'lost.jpg'));
  writeFileSync(at('empty', 'readme.md'), '');
  writeFileSync(at('table.csv'), 'id,image_path,age\n1,photos/a.png,3\n2,,4\n3,/abs/e.png,5\n');
  writeFileSync(at('paths.csv'), 'image_path\nphotos/a.png\n');
  writeFileSync(at('marks.csv'), 'image_path;age\nphotos/a.png;3\n');
  writeFileSync(at('tabs.tsv'), 'file\tage\nx.jpg\t3\n');
});

function open(inputs: readonly string[], more: Partial<SourceOptions> = {}) {
  return openSources(inputs, {
    column: 'image_path',
    delimiter: ',',
    lines: Readable.from([]),
    allowOutside: false,
    ...more,
  });
}

async function list(inputs: readonly string[], more: Partial<SourceOptions> = {}): Promise<Source[]> {
  const found: Source[] = [];
  for await (const source of open(inputs, more).images(new AbortController().signal)) found.push(source);
  return found;
}

const names = async (...args: Parameters<typeof list>): Promise<string[]> =>
  (await list(...args)).map(({ name }) => name);

test('openSources - a file that is named may be called anything', async () => {
  assert.deepEqual(await list([at('photos/notes.txt')]), [
    { name: at('photos/notes.txt'), path: at('photos/notes.txt') },
  ]);
});

test('openSources - a folder with all below it, in order, each folder once; other files are counted', async () => {
  const { count, others } = open([at('photos')]);
  assert.deepEqual([count, others], [5, 2]);
  assert.deepEqual(await names([at('photos')]), [
    at('photos/a.png'),
    at('photos/b.JPG'),
    at('photos/deep/c.webp'),
    at('photos/deep/deeper/d.jpeg'),
    at('photos/lost.jpg'),
  ]);
});

test('openSources - a table names images as its cells do, and finds them from its own folder or another', async () => {
  assert.deepEqual(await list([at('table.csv')], { allowOutside: true }), [
    { name: 'photos/a.png', path: at('photos/a.png') },
    { name: '', path: '' },
    { name: '/abs/e.png', path: '/abs/e.png' },
  ]);
  const elsewhere = { images: '/data', allowOutside: true };
  assert.equal((await list([at('table.csv')], elsewhere))[0]!.path, '/data/photos/a.png');
  assert.deepEqual(await names([at('paths.csv')]), ['photos/a.png'], 'paths alone are enough');
  assert.deepEqual(await names([at('marks.csv')], { delimiter: ';' }), ['photos/a.png']);
  assert.deepEqual(await names([at('tabs.tsv')], { column: 'file' }), ['x.jpg']);
});

test('openSources - several of any kind, one after the other', async () => {
  assert.deepEqual(await names([at('photos/b.JPG'), at('paths.csv'), at('photos/deep/deeper')]), [
    at('photos/b.JPG'),
    'photos/a.png',
    at('photos/deep/deeper/d.jpeg'),
  ]);
});

test('openSources - lines of standard input, blank ones left out, whatever ends them', async () => {
  const lines = Readable.from(['a.jpg\r\nb c.jpg\n', '\n  \nd', '.jpg']);
  assert.equal(open(['-'], { lines }).count, null);
  assert.deepEqual(await names(['-'], { lines: Readable.from(['a.jpg\r\nb c.jpg\n', '\n  \nd', '.jpg']) }), [
    'a.jpg',
    'b c.jpg',
    'd.jpg',
  ]);
});

test('openSources - lines end when they are broken off', async () => {
  const controller = new AbortController();
  const lines = new Readable({ read: () => undefined });
  lines.push('a.jpg\n');
  const found: string[] = [];
  for await (const { name } of open(['-'], { lines }).images(controller.signal)) {
    found.push(name);
    controller.abort();
  }
  assert.deepEqual(found, ['a.jpg']);
});

test('openSources - everything that is wrong at once', () => {
  assert.throws(
    () => open([at('none.jpg'), at('empty'), at('marks.csv'), at('photos/a.png')], { column: 'file' }),
    (error) => {
      assert.ok(error instanceof ExperimentError);
      assert.deepEqual(
        error.problems.map(({ code, path, message }) => [code, path, message.replaceAll(`${folder}/`, '')]),
        [
          ['fileNotFound', '', 'expected an image, a folder or a table, found nothing at none.jpg'],
          ['emptyData', '', 'expected images in empty, found 1 other files'],
          ['unknownColumn', '', 'expected a column of marks.csv, found "file"'],
        ],
      );
      assert.match(
        error.problems[2]!.hint!,
        /Its columns: image_path;age\. --column names another one, --delimiter/,
      );
      return true;
    },
  );
});

test('openSources - standard input is not mixed with anything', () => {
  assert.throws(() => open(['-', at('photos')]), /expected - alone, found it among 2 inputs/);
});

test('openSources - a table that leads out of its folder is refused with the row, by its words and by links', () => {
  symlinkSync('/etc', at('photos', 'etc'));
  writeFileSync(
    at('out.csv'),
    'image_path\n/etc/hostname\n../x.png\nphotos/../photos/a.png\nphotos/etc/hostname\n',
  );
  assert.throws(
    () => open([at('out.csv')]),
    (error: ExperimentError) => {
      assert.deepEqual(
        error.problems.map(({ code, place }) => [code, place?.line]),
        [2, 3, 5].map((line) => ['outsideFolder', line]),
      );
      assert.match(error.problems.at(-1)!.hint!, /--allow-outside/);
      return true;
    },
  );
  assert.equal(open([at('out.csv')], { allowOutside: true }).count, 4);
});
