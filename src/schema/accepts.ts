/**
 * Whether a value fits a schema, as compiled code that is kept from one process to the next: compiling the schema of
 * experiments takes ajv 0.4 s, loading the code 0.02 s. Why a value does not fit is ajv's to say, of the schema itself.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import { Ajv } from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { cacheFolder } from '../machine/cache-folder.mjs';
import { writeWholeText } from '../machine/whole.mjs';
import { type Language, schemaOf, validatorOf } from './schema.ts';

type Accepts = (value: unknown) => boolean;

const require = createRequire(import.meta.url);
const { version: ajvVersion } = require('ajv/package.json') as { version: string };
const known = new Map<Language, Accepts>();

/**
 * @param folder where the code is kept
 * @returns whether a value fits the schema of this language, and nothing more
 */
export function acceptsOf(language: Language, folder = join(cacheFolder(), 'schemas')): Accepts {
  const there = known.get(language);
  if (there !== undefined) return there;
  const key = sha256(`${ajvVersion}\n${process.version}\n${JSON.stringify(schemaOf(language))}`).slice(0, 16);
  const file = join(folder, `${language}-${key}.js`);
  const accepts = load(file) ?? compileInto(language, folder, file);
  known.set(language, accepts);
  return accepts;
}

/** @returns undefined where there is no file, or one that is not as it was written */
function load(file: string): Accepts | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const end = text.indexOf('\n');
  const code = text.slice(end + 1);
  return text.slice(0, end) === headOf(code) ? functionOf(code) : undefined;
}

/** Where the folder cannot be written to, the next process compiles again: the answer is the same. */
function compileInto(language: Language, folder: string, file: string): Accepts {
  const ajv = new Ajv({
    strict: true,
    allowUnionTypes: true,
    discriminator: true,
    messages: false,
    meta: false,
    validateSchema: false,
    code: { source: true },
  });
  const compiled = ajv.compile(schemaOf(language));
  const code = (standaloneCode as unknown as (ajv: Ajv, compiled: unknown) => string)(ajv, compiled);
  try {
    mkdirSync(folder, { recursive: true });
    writeWholeText(file, `${headOf(code)}\n${code}`, { isHasty: true });
  } catch {
    return validatorOf(schemaOf(language)) as Accepts;
  }
  return functionOf(code);
}

function headOf(code: string): string {
  return `// sha256 ${sha256(code)}`;
}

function functionOf(code: string): Accepts {
  const module: { exports: unknown } = { exports: {} };
  compileFunction(code, ['require', 'module', 'exports'])(require, module, module.exports);
  return module.exports as Accepts;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
