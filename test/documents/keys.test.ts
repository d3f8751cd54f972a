/** The table in src/README.md leads from every key of the language to the files that decide it. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Language } from '../../src/schema/schema.ts';
import { keyPaths } from './key-paths.ts';

const src = join(import.meta.dirname, '../../src');
const document = readFileSync(join(src, 'README.md'), 'utf8');

interface Row {
  readonly keys: readonly string[];
  readonly files: readonly string[];
}

/** `a.{b,c}` as `a.b` and `a.c`. */
function expanded(text: string): string[] {
  const [, before, words, after] = /^(.*)\{(.*)\}(.*)$/.exec(text) ?? [];
  return words === undefined ? [text] : words.split(',').map((word) => `${before}${word}${after}`);
}

const quoted = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text!);

/** The rows under `**Experiments**` or `**Sweeps**`. */
function rowsOf(language: Language): Row[] {
  const section = /## Where a key is decided\n([\s\S]*?)\n## /.exec(document)![1]!;
  const [, experiments, sweeps] = /\*\*Experiments\*\*([\s\S]*)\*\*Sweeps\*\*([\s\S]*)/.exec(section)!;
  const text = language === 'experiment' ? experiments! : sweeps!;
  return [...text.matchAll(/^\| (`.*`) \| (`.*`) \|$/gm)].map(([, keys, files]) => ({
    keys: quoted(keys!).flatMap(expanded),
    files: quoted(files!),
  }));
}

/** In its text or in its name. */
const mentions = (file: string, word: string): boolean =>
  new RegExp(`(?<![\\w$])${word}(?![\\w$])`).test(`${file}\n${readFileSync(join(src, file), 'utf8')}`);
const lastWord = (key: string): string => key.split('.').at(-1)!.replace('[]', '');

for (const language of ['experiment', 'sweep'] as const) {
  const rows = rowsOf(language);
  const keys = rows.flatMap((row) => row.keys);

  test(`src/README.md - every key of the ${language}'s language stands once in the table, and no other`, () => {
    assert.ok(rows.length > 10);
    assert.deepEqual([...keys].sort(), keyPaths(language).sort());
  });

  test(`src/README.md - every file of the ${language}'s table is there and mentions a key of its row`, () => {
    const wrong = rows.flatMap(({ keys: ofRow, files }) =>
      files.flatMap((file) => {
        if (!existsSync(join(src, file))) return [`${file} is not there: ${ofRow.join(', ')}`];
        return ofRow.some((key) => mentions(file, lastWord(key)))
          ? []
          : [`${file} mentions none of ${ofRow.join(', ')}`];
      }),
    );
    assert.deepEqual(wrong, []);
  });

  test(`src/README.md - every key of the ${language}'s table is mentioned by one of its files`, () => {
    const wrong = rows.flatMap(({ keys: ofRow, files }) => {
      const there = files.filter((file) => existsSync(join(src, file)));
      return ofRow
        .filter((key) => !there.some((file) => mentions(file, lastWord(key))))
        .map((key) => `none of ${files.join(', ')} mentions ${key}`);
    });
    assert.deepEqual(wrong, []);
  });
}
