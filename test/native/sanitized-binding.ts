/**
 * The binding once more, from the same files, with AddressSanitizer, UndefinedBehaviorSanitizer and the checks of the
 * standard library: what reaches outside of its memory or does what C++ does not define ends the process with a report.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import PQueue from 'p-queue';
import { lastLines, runCommand } from '../../src/machine/command.ts';
import { bindingArguments, bindingSources } from '../../src/setup/binding.ts';
import { type Compiler, findCompiler } from '../../src/setup/compiler.ts';
import { places, projectFolder } from '../../src/setup/stamp.mjs';

export interface Sanitizer {
  readonly compiler: Compiler;
  /** The library that has to be loaded before all others. */
  readonly runtime: string;
  readonly compile: readonly string[];
  readonly link: readonly string[];
}

const checks = '-fsanitize=address,undefined,float-cast-overflow';
const common = [
  '-O1',
  '-g1',
  '-fno-omit-frame-pointer',
  '-fno-sanitize-recover=all',
  '-D_GLIBCXX_ASSERTIONS',
  checks,
];
/** With these g++ takes no address for a constant (GCC bug 71962), which TensorFlow's headers need. ASan sees null too. */
const notGcc = '-fno-sanitize=null,nonnull-attribute,returns-nonnull-attribute';

/** @returns a sentence that says what is missing, where no compiler here has sanitizers that Node runs with */
export async function findSanitizer(env: NodeJS.ProcessEnv = process.env): Promise<Sanitizer | string> {
  const chosen = env.CXX?.trim() ?? '';
  const seen: string[] = [];
  for (const name of chosen === '' ? ['g++', 'clang++', 'clang++-14'] : [chosen]) {
    const compiler = await findCompiler({ ...env, CXX: name }).catch(() => undefined);
    if (compiler === undefined) {
      seen.push(`${name} is not here`);
      continue;
    }
    const isClang = compiler.version.includes('clang');
    const runtime = await pathOf(compiler, isClang ? `libclang_rt.asan-${machine}.so` : 'libasan.so');
    if (runtime === undefined) {
      seen.push(`${name} has no AddressSanitizer`);
      continue;
    }
    const { code, stderr } = await runCommand(process.execPath, ['-e', ''], {
      env: { ...env, LD_PRELOAD: runtime, ASAN_OPTIONS: 'detect_leaks=0' },
    });
    if (code !== 0) {
      seen.push(`Node does not start with ${runtime}: ${lastLines(stderr, 2)}`);
      continue;
    }
    return isClang
      ? { compiler, runtime, compile: common, link: [checks, '-shared-libasan'] }
      : { compiler, runtime, compile: [...common, notGcc], link: [checks] };
  }
  return seen.join('; ');
}

/**
 * tfjs frees the names that it splits at commas by `delete`, and `new[]` has made them (tfjs_backend.cc, at three places). The
 * C library's memory takes that; AddressSanitizer does not. This build has it right, so that the check holds for our files.
 * @returns the text of tfjs_backend.cc with `delete[]`
 * @throws Error where tfjs has other lines than those that were mended
 */
function withRightDeletes(text: string): string {
  const wrong = /\bdelete (?=(?:tags_ptrs|(?:in|out)put_op_name_array)\[i\];)/g;
  const found = text.match(wrong)?.length ?? 0;
  if (found !== 3)
    throw new Error(
      `tfjs_backend.cc has ${found} lines that free a split name by delete, expected 3: is the mend in test/native/sanitized-binding.ts still needed?`,
    );
  return text.replace(wrong, 'delete[] ');
}

/** As clang names it. */
const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';

/** @returns undefined where the compiler has no such library */
async function pathOf(
  { command: [program, ...first] }: Compiler,
  library: string,
): Promise<string | undefined> {
  const { stdout } = await runCommand(program!, [...first, `-print-file-name=${library}`]);
  const path = stdout.trim();
  return isAbsolute(path) && existsSync(path) ? realpathSync(path) : undefined;
}

/**
 * Compiles it where the sources, the compiler or the arguments have changed since the last time.
 * @returns path of the binding
 * @throws Error with what the compiler said
 */
export async function buildSanitized(sanitizer: Sanitizer, say: (line: string) => void): Promise<string> {
  const { compiler } = sanitizer;
  const [program, ...first] = compiler.command;
  const { libraries, headers } = places();
  const tensorflow = { libraries: realpathSync(libraries), headers: realpathSync(headers) };
  const args = bindingArguments(tensorflow);
  const planted = join(import.meta.dirname, 'planted-faults.cc');
  const { files, hash } = await bindingSources();
  const key = createHash('sha256')
    .update(
      JSON.stringify([hash, compiler.hash, args, sanitizer.compile, sanitizer.link, `${withRightDeletes}`]),
    )
    .update(readFileSync(planted))
    .digest('hex')
    .slice(0, 12);
  const home = join(projectFolder, 'node_modules', '.manyheads', 'sanitized');
  const binding = join(home, key, 'tfjs_binding.node');
  if (existsSync(binding)) return binding;

  mkdirSync(home, { recursive: true });
  const folder = mkdtempSync(join(home, 'partial-'));
  try {
    const start = performance.now();
    say(`Compiling the binding by ${compiler.version}, with sanitizers`);
    const run = async (rest: readonly string[]): Promise<void> => {
      const { code, stderr } = await runCommand(program!, [...first, ...rest]);
      if (code !== 0) throw new Error(`${compiler.command.join(' ')} failed:\n${lastLines(stderr, 20)}`);
    };
    const queue = new PQueue({ concurrency: availableParallelism() });
    const objects = await queue.addAll(
      [...files, planted].map((file, i) => async () => {
        const object = join(folder, `${i}-${basename(file)}.o`);
        const include = ['-I', dirname(file)];
        const source = basename(file) === 'tfjs_backend.cc' ? join(folder, 'tfjs_backend.cc') : file;
        if (source !== file) writeFileSync(source, withRightDeletes(readFileSync(file, 'utf8')));
        await run([...args.compile, ...sanitizer.compile, ...include, '-c', source, '-o', object]);
        return object;
      }),
    );
    const rpath = `-Wl,-rpath,${tensorflow.libraries}`;
    const built = join(folder, 'tfjs_binding.node');
    await run([...objects, ...args.link, ...sanitizer.link, rpath, '-o', built]);
    say(`Compiled in ${Math.round((performance.now() - start) / 1000)} s`);
    for (const name of readdirSync(home))
      if (!name.startsWith('partial-')) rmSync(join(home, name), { recursive: true });
    for (const object of objects) rmSync(object);
    renameSync(folder, join(home, key));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return binding;
}
