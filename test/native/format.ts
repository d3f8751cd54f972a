/**
 * Part of `npm run lint`: is the C++ formatted as .clang-format says? By clang-format 14, since each version formats somewhat
 * differently; where it is not installed, it says so. With `--write` it formats.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { lastLines, runCommand } from '../../src/machine/command.ts';
import { nativeFiles, projectFolder } from '../../src/setup/stamp.mjs';

const version = 14;

/** @returns undefined where this version is not here */
async function findFormatter(): Promise<string | undefined> {
  for (const name of [`clang-format-${version}`, 'clang-format']) {
    const { code, stdout } = await runCommand(name, ['--version']);
    if (code === 0 && stdout.includes(`version ${version}.`)) return name;
  }
  return undefined;
}

const formatter = await findFormatter();
if (formatter === undefined) {
  process.stderr.write(
    `The C++ was not checked: clang-format ${version} is not installed (apt-get install -y clang-format-${version}).\n`,
  );
} else {
  const own = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.cc'));
  const files = [...nativeFiles(), ...own.map((name) => join(import.meta.dirname, name))];
  const mode = process.argv.includes('--write') ? ['-i'] : ['--dry-run', '--Werror'];
  const { code, stderr } = await runCommand(formatter, [...mode, ...files], { cwd: projectFolder });
  if (code !== 0) {
    process.stderr.write(`${lastLines(stderr, 20)}\nThe C++ is formatted by: npm run format\n`);
    process.exitCode = 1;
  }
}
