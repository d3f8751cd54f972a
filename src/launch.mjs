#!/usr/bin/env node
// The program `run`: has TypeScript translated, and imports cli.ts into this very process, so that signals reach it.
import { programUrl } from './setup/program.mjs';
import { setupLine } from './setup/stamp.mjs';
import { nodeProblem } from './setup/versions.mjs';

// What an argument says of a person, as http://name:password@host, is not for whoever lists the processes.
if (process.argv.some((argument) => /:\/\/\S*@/.test(argument))) process.title = 'run';

const problem = nodeProblem(process.versions.node) ?? packagesProblem();
if (process.argv[2] === 'setup') {
  await import('./setup/bootstrap.mjs');
} else if (problem === undefined) {
  await import(await programUrl('cli.ts'));
} else {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 2;
}

/** @returns {string | undefined} what to do where the npm packages are missing */
function packagesProblem() {
  try {
    import.meta.resolve('tsx/esm/api');
    import.meta.resolve('esbuild');
    return undefined;
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error;
    return `The npm packages are not installed here (${message.split('\n')[0]}).\n  Run \`${setupLine()}\`.`;
  }
}
