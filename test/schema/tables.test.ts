/** The tables of keys in schemas/README.md are those of the schemas, and leave no key out. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Schema } from '../../src/schema/refs.ts';
import { type Language, schemaOf } from '../../src/schema/schema.ts';
import { keysTable, sectionsOf, withTables } from '../../src/schema/tables.ts';

const languages = ['experiment', 'sweep'] as const;
const document = readFileSync(new URL('../../schemas/README.md', import.meta.url), 'utf8');
const linesOf = (language: Language, section: string): string[] => keysTable(language, section).split('\n');

test('schemas/README.md - its tables are what the schemas give (if not: npm run schema)', () => {
  assert.equal(withTables(document), document);
});

test('schemas/README.md - has the table of every section, under a heading that links lead to', () => {
  for (const language of languages)
    for (const section of sectionsOf(language)) {
      assert.ok(document.includes(`<!-- keys: ${language} ${section} -->`), `${language} ${section}`);
      if (section !== 'file') assert.match(document, new RegExp(`^### ${section}$`, 'm'));
    }
});

test('withTables - a table between markers that is not current is made anew; an unknown section is an error', () => {
  const [current] = /<!-- keys: sweep limits -->[\s\S]*?<!-- end of keys -->/.exec(document)!;
  const old = 'before\n<!-- keys: sweep limits -->\nold\n<!-- end of keys -->\nafter';
  assert.equal(withTables(old), `before\n${current}\nafter`);
  assert.throws(() => withTables(old.replace('limits', 'limit')), /there is no section "limit" of sweep/);
});

/** Keys of every map of a schema. */
function keysOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if (Array.isArray(schema)) return schema.flatMap(keysOf);
  const { properties = {} } = schema as Schema;
  return [...Object.keys(properties), ...Object.values(schema).flatMap(keysOf)];
}

test('keysTable - every key of the schemas stands in a table as a key', () => {
  for (const language of languages) {
    const keys = new Set(
      sectionsOf(language).flatMap((section) =>
        linesOf(language, section).flatMap((line) => /^\| `([\w.]+)` /.exec(line)?.[1]?.split('.') ?? []),
      ),
    );
    assert.deepEqual(
      [...new Set(keysOf(schemaOf(language)))].filter((key) => !keys.has(key)),
      [],
    );
  }
});

test('keysTable - a default that differs between forms, a key of some forms, a required one, a link', () => {
  const rate = linesOf('experiment', 'optimizer').find((line) => line.startsWith('| `learningRate`'));
  assert.match(rate!, /\| {2}\| a number above 0 and at most 100 \| `0.001`; `0.01` with `sgd` \|/);
  const nesterov = linesOf('experiment', 'optimizer').find((line) => line.startsWith('| `nesterov`'));
  assert.match(nesterov!, /^\| `nesterov` \| `sgd` \| true or false \| `false` \|/);
  const table = linesOf('experiment', 'dataset').find((line) => line.startsWith('| `table`'));
  assert.match(table!, /\| required \|/);
  const towers = linesOf('experiment', 'model').find((line) => line.startsWith('| `towers`'));
  assert.match(towers!, /\| by name, a list of \[tower\]\(#tower\) \| {2}\|/);
  assert.equal(
    linesOf('experiment', 'optimizer').find((line) => line.startsWith('| `sgd`')),
    '| `sgd` | Stochastic gradient descent with momentum, as Keras defines it. |',
  );
});
