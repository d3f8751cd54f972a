import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCommand } from '../../src/machine/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'manyheads-schemas-'));
const module = JSON.stringify(new URL('../../src/schema/accepts.ts', import.meta.url).href);

/** What a process of its own answers, and whether it loaded the compiler's result or compiled. */
async function answers(): Promise<unknown> {
  const script = `const { acceptsOf } = await import(${module});
    const accepts = acceptsOf('sweep', ${JSON.stringify(folder)});
    console.log(JSON.stringify([accepts({ name: 'a', base: 'b.yaml', axes: { seed: [1, 2] } }), accepts({ name: 'a', bases: 1 })]));`;
  const { stdout, stderr, code } = await runCommand(process.execPath, [
    '--import',
    'tsx',
    '--input-type=module',
    '-e',
    script,
  ]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

test('acceptsOf - the first process compiles and keeps the code, the next one uses it; one that was changed is made anew', async () => {
  assert.deepEqual(await answers(), [true, false]);
  const [name] = readdirSync(folder);
  assert.match(name!, /^sweep-[0-9a-f]{16}\.js$/);
  const file = join(folder, name!);
  const written = readFileSync(file, 'utf8');

  // Code that says yes to all, with the head that goes with it, is what the next process runs.
  const other = 'module.exports = () => true;';
  const { createHash } = await import('node:crypto');
  writeFileSync(file, `// sha256 ${createHash('sha256').update(other).digest('hex')}\n${other}`);
  assert.deepEqual(await answers(), [true, true]);

  writeFileSync(file, written.slice(0, written.length / 2));
  assert.deepEqual(await answers(), [true, false]);
  assert.equal(readFileSync(file, 'utf8'), written);
});
