/** The README names what there is: every key, command, folder and variable; its example is right and its links lead somewhere. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compilePlan } from '../src/plan/compile.ts';
import { folderWith } from './file/folder.ts';
import { runCommand } from './run/command.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const readme = read('README.md');
/** What stands in code: between back quotes, and in code blocks. */
const code = [...readme.matchAll(/```[\s\S]*?```|`[^`\n]+`/g)].map(([text]) => text).join('\n');

/** Every key and every word that a value may be, wherever in the schema. */
function wordsOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if (Array.isArray(schema)) return schema.flatMap(wordsOf);
  const { properties = {}, enum: words = [], const: word } = schema as Record<string, unknown>;
  const own = [...Object.keys(properties as object), ...(words as unknown[]), word];
  return [
    ...own.filter((text): text is string => typeof text === 'string'),
    ...Object.values(schema).flatMap(wordsOf),
  ];
}

const isNamed = (word: string): boolean => new RegExp(`(?<![A-Za-z0-9])${word}(?![A-Za-z0-9])`).test(code);

test('README.md - names every key of the schemas, and every word that a value may be', () => {
  const words = new Set(
    ['experiment', 'sweep'].flatMap((name) => wordsOf(JSON.parse(read(`schemas/${name}.schema.json`)))),
  );
  assert.ok(words.size > 80, String(words.size));
  assert.deepEqual(
    [...words].filter((word) => !isNamed(word)),
    [],
  );
});

test('README.md - the example for a CSV of your own is an experiment without a mistake', (t) => {
  const example = [...readme.matchAll(/```yaml\n([\s\S]*?)```/g)]
    .map(([, text]) => text!)
    .find((text) => text.includes('name: faces'));
  const table = /```csv\n([\s\S]*?)```/.exec(readme)![1]!;
  assert.ok(example);
  const rows = Array.from(
    { length: 12 },
    (_, i) => `${i}.jpg,${['calm', 'happy', 'sad'][i % 3]},yes,person${i}\n`,
  );
  const folder = folderWith(t, {
    'faces.yaml': example,
    'faces.csv': table + rows.join(''),
    'photos/1.jpg': '',
  });
  const { plan } = compilePlan(join(folder, 'faces.yaml'), { environment: {}, needTable: true });
  assert.deepEqual([plan.dataset.rows, plan.stages.map(({ name }) => name)], [15, ['small', 'full']]);
});

test('README.md - the report that it shows is the one that is printed', async () => {
  const file = 'test/broken/several-across-keys.yaml';
  const { stderr } = await runCommand(['validate', file], { MANYHEADS_UNSET: undefined }, root);
  assert.ok(readme.includes(`$ npx run validate ${file}\n${stderr}\`\`\``), stderr);
});

test('README.md - names every command, every room of src and every script', () => {
  const commands = readdirSync(join(root, 'src/commands')).flatMap((file) =>
    [...read(`src/commands/${file}`).matchAll(/\.command\('([a-z-]+)'/g)].map(([, name]) => name!),
  );
  const shown = commands.filter((name) => name !== 'train' && name !== 'trial');
  assert.ok(shown.length >= 6, shown.join());
  for (const name of shown) assert.match(readme, new RegExp(`### \`run ${name}[ \`]`), name);
  for (const entry of readdirSync(join(root, 'src'), { withFileTypes: true })) {
    if (entry.isDirectory()) assert.ok(readme.includes(`\`src/${entry.name}/\``), entry.name);
  }
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  for (const name of Object.keys(scripts))
    assert.ok(readme.includes(name === 'test' ? 'npm test' : `npm run ${name}`), name);
});

test('README.md - names every variable of the environment that the code reads', () => {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.(ts|mjs)$/.test(file),
  );
  const text = files.map((file) => read(join('src', file))).join('\n');
  const variables = new Set(
    [...text.matchAll(/\b(?:env|environment)\.((?:MLFLOW|MANYHEADS|TF)_[A-Z_]+)/g)].map(([, name]) => name!),
  );
  assert.ok(variables.size >= 8, [...variables].join());
  assert.deepEqual(
    [...variables].filter((name) => !code.includes(`\`${name}\``)),
    [],
  );
});

test('README.md - its links lead somewhere', () => {
  const headings = [...readme.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  );
  const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target!);
  assert.ok(links.length > 10);
  for (const link of links) {
    if (link.startsWith('#')) assert.ok(headings.includes(link.slice(1)), link);
    else if (!link.startsWith('http')) assert.ok(existsSync(join(root, link)), link);
  }
});
