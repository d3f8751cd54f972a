#!/usr/bin/env node
// The program `run`: makes TypeScript importable in this very process, so that signals reach it, and imports cli.ts.
import { nodeProblem } from './setup/versions.mjs';

// What an argument says of a person, as http://name:password@host, is not for whoever lists the processes.
if (process.argv.some((argument) => /:\/\/\S*@/.test(argument))) process.title = 'run';

const problem = nodeProblem(process.versions.node) ?? (await packagesProblem());
if (problem === undefined) {
  await import('./cli.ts');
} else {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 2;
}

/** @returns {Promise<string | undefined>} what to do where the npm packages are missing */
async function packagesProblem() {
  try {
    const { register } = await import('tsx/esm/api');
    register();
    return undefined;
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error;
    return `The npm packages are not installed here (${message.split('\n')[0]}).\n  Run \`npm run setup\`.`;
  }
}
