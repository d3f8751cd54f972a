#!/usr/bin/env node
// The program `run`: has TypeScript translated, and imports cli.ts into this very process, so that signals reach it.
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compileProgram } from './setup/compiled.mjs';
import { nodeProblem } from './setup/versions.mjs';

// What an argument says of a person, as http://name:password@host, is not for whoever lists the processes.
if (process.argv.some((argument) => /:\/\/\S*@/.test(argument))) process.title = 'run';

const problem = nodeProblem(process.versions.node) ?? packagesProblem();
if (problem === undefined) {
  await import(await program());
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
    return `The npm packages are not installed here (${message.split('\n')[0]}).\n  Run \`npm run setup\`.`;
  }
}

/** @returns {Promise<string>} URL of cli.ts, or of what it was translated to */
async function program() {
  try {
    const folder = await compileProgram(fileURLToPath(new URL('.', import.meta.url)));
    process.setSourceMapsEnabled(true);
    return pathToFileURL(join(folder, 'cli.js')).href;
  } catch {
    // Whose node_modules belong to somebody else: tsx translates at each start. It also says what is wrong with a file.
    const { register } = await import('tsx/esm/api');
    register();
    return new URL('cli.ts', import.meta.url).href;
  }
}
