// A test file and what it was translated to, by run-tests.mjs, which tells the other processes the folder in TEST_COMPILED.
import { join, relative } from 'node:path';

const tests = import.meta.dirname;
const { TEST_COMPILED: compiled } = process.env;

/** @param {string} file of test/ @param {string | undefined} folder of the translated files; undefined: they are not */
export const compiledFrom = (file, folder) =>
  folder === undefined ? file : join(folder, relative(tests, file)).replace(/\.ts$/, '.js');

/** @param {string} file absolute; of the translated ones, or any other @returns {string} the file that it was written as */
export const sourceOf = (file) =>
  compiled !== undefined && file.startsWith(join(compiled, '/'))
    ? join(tests, relative(compiled, file)).replace(/\.js$/, '.ts')
    : file;
