// A file of the program as a module that Node can import: translated, or by tsx where nothing can be written.
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compileProgram } from './compiled.mjs';

/**
 * @param {string} file a file of src, as `cli.ts`
 * @returns {Promise<string>} URL of what it was translated to, or of itself
 */
export async function programUrl(file) {
  try {
    const folder = await compileProgram(fileURLToPath(new URL('..', import.meta.url)));
    process.setSourceMapsEnabled(true);
    return pathToFileURL(join(folder, file.replace(/\.ts$/, '.js'))).href;
  } catch {
    // Whose node_modules belong to somebody else: tsx translates at each start. It also says what is wrong with a file.
    const { register } = await import('tsx/esm/api');
    register();
    return new URL(`../${file}`, import.meta.url).href;
  }
}
