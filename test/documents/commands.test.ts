/** src/commands/README.md tells of every command and option that there is, and of no other. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Command } from 'commander';
import type { AddCommand, Output } from '../../src/commands/command.ts';
import { compileProgram } from '../../src/setup/compiled.mjs';
import { read, root } from './documents.ts';

const document = read('src/commands/README.md');

/** Commands of `cli.ts` with their options, by the functions that add them. */
async function commandsOf(): Promise<readonly Command[]> {
  const names = [...read('src/cli.ts').matchAll(/^ {2}(add[A-Z]\w*),$/gm)].map(([, name]) => name!);
  const output: Output = {
    print: () => undefined,
    printJson: () => undefined,
    say: () => undefined,
    style: { terminal: false },
    screen: { stream: process.stderr, terminal: false, columns: () => 80, colour: false },
    endNow: (code) => assert.fail(`ended with ${code}`),
  };
  const program = new Command('run');
  const commands = join(await compileProgram(join(root, 'src')), 'commands');
  const files = readdirSync(commands, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => name.endsWith('.js'))) {
    const module = (await import(join(commands, file))) as Readonly<Record<string, unknown>>;
    for (const [name, value] of Object.entries(module))
      if (names.includes(name)) (value as AddCommand)(program, output, () => undefined);
  }
  assert.equal(program.commands.length, names.length, names.join());
  return program.commands;
}

/** The document's text about a command, from its heading to the next one of the same depth. */
function sectionOf(name: string): string | undefined {
  const heading = name === 'train' ? 'FILE ' : `${name}[ \`]`;
  return new RegExp(`^### \`run ${heading}[\\s\\S]*?(?=^###? )`, 'm').exec(document)?.[0];
}

test('src/commands/README.md - has a section for every command, and every option in it', async () => {
  const shown = (await commandsOf()).filter((command) => command.name() !== 'trial');
  assert.ok(shown.length >= 12);
  const missing = shown.flatMap((command) => {
    const section = sectionOf(command.name());
    if (section === undefined) return [`run ${command.name()}`];
    return command.options
      .filter(
        ({ long, description }) =>
          long !== '--json' && !(command.name() === 'train' && /^of a sweep/.test(description)),
      )
      .filter(({ long }) => !new RegExp(`${long}(?![\\w-])`).test(section))
      .map(({ long }) => `run ${command.name()} ${long}`);
  });
  assert.deepEqual(missing, []);
});

test('src/commands/README.md - names no option that a command does not have', async () => {
  const commands = await commandsOf();
  const unknown = commands.flatMap((command) => {
    const rows = (sectionOf(command.name()) ?? '').matchAll(/^\| (`--[^|]*) \|/gm);
    return [...rows]
      .flatMap(([, cell]) => [...cell!.matchAll(/--[a-z-]+/g)].map(([option]) => option))
      .filter((option) => !command.options.some(({ long }) => long === option))
      .map((option) => `run ${command.name()} ${option}`);
  });
  assert.deepEqual(unknown, []);
});

test('src/commands/README.md - has no section for a command that there is not', async () => {
  const names = (await commandsOf()).map((command) => command.name());
  const told = [...document.matchAll(/^### `run ([a-z-]+)/gm)].map(([, name]) => name!);
  assert.ok(told.length >= 12);
  assert.deepEqual(
    told.filter((name) => !names.includes(name)),
    [],
  );
});
