/** Links of all documents lead to a file that is there and a heading that it has; pictures are small. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { test } from 'node:test';
import { codeOf, documents, proseOf, read, root } from './documents.ts';

const LARGEST_PICTURE = 150_000;

/** As GitHub names the anchors of headings. */
function anchorsOf(text: string): string[] {
  const headings = [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#+ (.*)$/gm)];
  return headings.map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

const links = documents.flatMap(({ file, text }) =>
  [...proseOf(text).matchAll(/(!?)\[(?:[^\][]|\[[^\]]*\])*\]\(([^)\s]+)\)/g)].map(([, picture, target]) => ({
    file,
    isPicture: picture === '!',
    target: target!,
  })),
);

/** @returns why a link leads nowhere */
function problemOf({ file, target }: { file: string; target: string }): string | undefined {
  if (/^https?:\/\//.test(target)) return undefined;
  const [path = '', anchor] = target.split('#');
  const goal = path === '' ? file : posix.join(posix.dirname(file), path);
  if (!existsSync(join(root, goal))) return 'no such file';
  if (anchor === undefined) return undefined;
  return anchorsOf(read(goal)).includes(anchor) ? undefined : 'no such heading';
}

test('documents - every link leads somewhere', () => {
  assert.ok(links.length > 100, String(links.length));
  const wrong = links.flatMap((link) => {
    const problem = problemOf(link);
    return problem === undefined ? [] : [`${link.file}: ${link.target}: ${problem}`];
  });
  assert.deepEqual(wrong, []);
});

test('documents - a link to no file and one to no heading are found', () => {
  assert.equal(problemOf({ file: 'src/README.md', target: 'nothing/README.md' }), 'no such file');
  assert.equal(problemOf({ file: 'src/README.md', target: '../README.md#nothing' }), 'no such heading');
  assert.equal(problemOf({ file: 'src/README.md', target: '#the-rooms' }), undefined);
  assert.equal(
    problemOf({ file: 'README.md', target: 'src/commands/README.md#run-sweep-file-pathvalue' }),
    undefined,
  );
});

test(`documents - every picture takes at most ${LARGEST_PICTURE} bytes`, () => {
  const pictures = links.filter(({ isPicture }) => isPicture);
  assert.ok(pictures.length >= 5, String(pictures.length));
  const large = pictures
    .map(({ file, target }) => posix.join(posix.dirname(file), target))
    .filter((picture) => statSync(join(root, picture)).size > LARGEST_PICTURE);
  assert.deepEqual(large, []);
});

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .trim()
  .split('\n');

/** Whether a name of a source file is one: from the document's folder, from src or the root, or as the end of a path. */
function isFile(document: string, name: string): boolean {
  const places = [posix.dirname(document), 'src', '.'].map((place) =>
    posix.normalize(posix.join(place, name)),
  );
  return files.some((file) => places.includes(file) || file.endsWith(`/${name}`));
}

test('documents - every source file that they name is there', () => {
  const named = documents.flatMap(({ file, text }) =>
    [...codeOf(text).matchAll(/`([\w./-]+\.(?:ts|mjs|py|cc|h))`/g)].map(([, name]) => ({
      file,
      name: name!,
    })),
  );
  assert.ok(named.length > 150, String(named.length));
  assert.deepEqual(
    named.filter(({ file, name }) => !isFile(file, name)).map(({ file, name }) => `${file}: ${name}`),
    [],
  );
  assert.equal(isFile('src/README.md', 'model/nothing.ts'), false);
});
