/** What the documents show is what there is: outputs of commands, sweeps, words of the language, variables, scripts. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { folderWith } from '../file/folder.ts';
import { runCommand } from '../run/command.ts';
import { allText, blocksOf, codeOf, documents, read, root } from './documents.ts';

const environment = { MANYHEADS_UNSET: undefined, HVC_DATA: undefined, CLOTHING: undefined };

/** `experiments/*.yaml` as a shell expands it. */
function expand(word: string): string[] {
  if (!word.includes('*')) return [word];
  const folder = dirname(word);
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => join(folder, name));
}

/** Blocks that begin with `$ npx run …`, and the lines that follow. */
const shown = documents.flatMap(({ file, text }) =>
  blocksOf(text).flatMap((block) => {
    const [, command, lines] = /^\$ npx run (.*)\n([\s\S]*)$/.exec(block) ?? [];
    return command === undefined ? [] : [{ file, command, lines: lines! }];
  }),
);

test('documents - some outputs of commands are shown', () => assert.ok(shown.length >= 3));
for (const { file, command, lines } of shown) {
  test(`${file} - "run ${command}" prints what is shown, where there is no …`, async () => {
    const { stdout, stderr } = await runCommand(command.split(' ').flatMap(expand), environment, root);
    const printed = stdout === '' ? stderr : stdout;
    const pieces = lines.split(/^…\n/m);
    if (pieces.length === 1) assert.equal(printed, lines);
    else for (const piece of pieces) assert.ok(printed.includes(piece), `${piece}\nis not in\n${printed}`);
  });
}

test('documents - every block of YAML is YAML', () => {
  const blocks = documents.flatMap(({ text }) => blocksOf(text, 'yaml'));
  assert.ok(blocks.length >= 7);
  for (const block of blocks)
    for (const document of parseAllDocuments(block)) assert.deepEqual(document.errors, [], block);
});

test('schemas/README.md - the sweep that it shows is planned, with each strategy that it shows', async (t) => {
  const blocks = blocksOf(read('schemas/README.md'), 'yaml');
  const sweep = blocks.find((block) => /^axes:/m.test(block));
  const strategies = blocks.filter((block) => /^strategy:/m.test(block));
  assert.ok(sweep && strategies.length === 2);
  const base = sweep.replace('base: quickstart.yaml', `base: ${join(root, 'experiments/quickstart.yaml')}`);
  const folder = folderWith(t, {
    'plain.yaml': base,
    // With as many combinations as the budgets of the strategies ask for.
    ...Object.fromEntries(
      strategies.map((strategy, i) => [`${i}.yaml`, base.replace('count: 3', 'count: 30') + strategy]),
    ),
  });
  const plans = await Promise.all(
    ['plain', '0', '1'].map((name) =>
      runCommand(['sweep', join(folder, `${name}.yaml`), '--dry-run', '--json'], {
        MANYHEADS_RUNS: join(folder, 'runs'),
      }),
    ),
  );
  for (const { code, stderr } of plans) assert.equal(code, 0, stderr);
  // Pooling 2 × rate 3 × augmentation 2, less those with gap and none, three seeds each.
  const { trials } = JSON.parse(plans[0]!.stdout) as { trials: unknown[] };
  assert.equal(trials.length, (2 * 3 * 2 - 3) * 3);
});

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

test('schemas/README.md - names every key of the schemas, and every word that a value may be', () => {
  const code = codeOf(read('schemas/README.md'));
  const words = new Set(
    ['experiment', 'sweep'].flatMap((name) => wordsOf(JSON.parse(read(`schemas/${name}.schema.json`)))),
  );
  assert.ok(words.size > 80, String(words.size));
  assert.deepEqual(
    [...words].filter((word) => !new RegExp(`(?<![A-Za-z0-9])${word}(?![A-Za-z0-9])`).test(code)),
    [],
  );
});

test('documents - name every variable of the environment that the code reads', () => {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.(ts|mjs)$/.test(file),
  );
  const text = files.map((file) => read(join('src', file))).join('\n');
  const variables = new Set(
    [...text.matchAll(/\b(?:env|environment)\.((?:MLFLOW|MANYHEADS|TF)_[A-Z_]+)/g)].map(([, name]) => name!),
  );
  assert.ok(variables.size >= 8, [...variables].join());
  const code = codeOf(allText);
  assert.deepEqual(
    [...variables].filter((name) => !code.includes(`\`${name}\``)),
    [],
  );
});

test('documents - name every script of package.json', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const code = codeOf(allText);
  const missing = Object.keys(scripts).filter(
    (name) => !new RegExp(name === 'test' ? 'npm test\\b' : `npm run ${name}(?![\\w:-])`).test(code),
  );
  assert.deepEqual(missing, []);
});

test('documents - name every folder at the top and every room of src', () => {
  const code = codeOf(read('src/README.md'));
  for (const entry of readdirSync(join(root, 'src'), { withFileTypes: true }))
    if (entry.isDirectory()) assert.ok(code.includes(`\`${entry.name}/\``), entry.name);
  for (const name of ['experiments', 'schemas', 'src', 'runs', 'test'])
    assert.ok(read('README.md').includes(`(${name}/README.md)`), name);
});
