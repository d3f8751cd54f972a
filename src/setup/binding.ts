// The native part of tfjs-node, compiled against libtensorflow and put where the package looks for it. Node-API is stable
// between versions of Node, so one build serves them all and only the headers of the package node-api-headers are needed.
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RunError } from '../errors.ts';
import { lastLines, runCommand } from '../machine/command.ts';
import { withLock } from '../machine/lock.mjs';
import { placeLink, writeThrough } from '../machine/whole.mjs';
import type { Compiler } from './compiler.ts';
import { findCompiler, glibcVersion } from './compiler.ts';
import type { Libtensorflow } from './libtensorflow.ts';
import type { Progress } from './progress.ts';
import { reportWait, withProgress } from './progress.ts';
import type { Variant } from './stamp.mjs';
import { nativeFiles, packageFolder, places } from './stamp.mjs';
import { nodeApiVersion, tensorflowVersion, tfjsVersion } from './versions.mjs';

const lowestGlibc = 27;

/**
 * Links the libraries into the package and puts the binding beside them, compiled or from the cache.
 * @throws RunError without a compiler, or where it fails
 */
export async function installBinding(
  cache: string,
  variant: Variant,
  tensorflow: Libtensorflow,
  progress: Progress,
): Promise<void> {
  const { binding, libraries, headers } = places();
  await linkInPlace(tensorflow.libraries, libraries);
  await linkInPlace(tensorflow.headers, headers);
  const built = await cachedBinding(cache, variant, tensorflow, progress);
  // A copy, not a link: the binding finds the libraries by its own place, and Node resolves links first.
  await mkdir(dirname(binding), { recursive: true });
  writeThrough(binding, (part) => copyFileSync(built, part));
}

async function cachedBinding(cache: string, variant: Variant, tensorflow: Libtensorflow, progress: Progress) {
  const folder = join(cache, 'binding');
  await mkdir(folder, { recursive: true });
  const sources = await bindingSources();
  const prefix = `tfjs${tfjsVersion}-tf${tensorflowVersion}-${variant}-${process.arch}-${await assertGlibc()}-${sources.hash}-`;
  const files = (await readdir(folder)).filter((name) => name.startsWith(prefix) && name.endsWith('.node'));
  const compiler = await findCompiler().catch((error: unknown) => {
    // What another compiler of this machine once built will do; the call that follows tells.
    if (files.length === 0) throw error;
    return undefined;
  });
  if (compiler === undefined) return join(folder, files[0]!);
  const file = join(folder, `${prefix}${compiler.hash}.node`);
  const build = async () => {
    if (existsSync(file)) return;
    await withProgress(
      progress,
      'binding: compile',
      () => ({ detail: compiler.version }),
      () => compileBinding(compiler, sources.files, tensorflow, file),
    );
  };
  if (!existsSync(file))
    await withLock(join(cache, 'locks', 'binding.lock'), build, reportWait(progress, 'binding'));
  return file;
}

/** The package's own C++ files and ours, and a short hash of them and their headers. */
export async function bindingSources(): Promise<{ files: string[]; hash: string }> {
  const files: string[] = [];
  const hash = createHash('sha256');
  const theirs = join(places().tfjs, 'binding');
  for (const file of [
    ...(await readdir(theirs)).sort().map((name) => join(theirs, name)),
    ...nativeFiles(),
  ]) {
    hash.update(await readFile(file));
    if (file.endsWith('.cc')) files.push(file);
  }
  return { files, hash: hash.digest('hex').slice(0, 8) };
}

/** What every part of the binding is compiled with, and what it is linked with. */
export function bindingArguments(tensorflow: Libtensorflow): { compile: string[]; link: string[] } {
  return {
    compile: [
      ...['-std=c++17', '-O3', '-fPIC', '-w'],
      // A comparison need not stand in the way of vectors.
      '-fno-trapping-math',
      // As TensorFlow itself was compiled, which its headers depend on.
      ...['-DNDEBUG', '-DEIGEN_MAX_ALIGN_BYTES=64'],
      `-DNAPI_VERSION=${nodeApiVersion}`,
      '-DBUILDING_NODE_EXTENSION',
      '-DNODE_GYP_MODULE_NAME=tfjs_binding',
      // What Node calls when it loads the binding is ours, and calls tfjs's: native/addon.cc.
      '-Dnapi_register_module_v1=tfjs_register_module',
      ...['-I', join(packageFolder('node-api-headers'), 'include')],
      ...['-I', tensorflow.headers],
    ],
    link: [
      '-shared',
      ...['-L', tensorflow.libraries, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'],
      '-Wl,-rpath,$ORIGIN/../../deps/lib',
    ],
  };
}

/** Compiles into a file beside `target` and renames it. @throws RunError with the compiler's last lines */
export async function compileBinding(
  compiler: Compiler,
  sources: readonly string[],
  tensorflow: Libtensorflow,
  target: string,
) {
  const [program, ...first] = compiler.command;
  const partial = `${target}.${process.pid}.partial`;
  const { compile, link } = bindingArguments(tensorflow);
  const args = [...first, ...compile, ...sources, ...link, '-o', partial];
  const { code, stderr } = await runCommand(program!, args);
  if (code === 0) return rename(partial, target);
  await rm(partial, { force: true });
  throw new RunError(
    `${compiler.command.join(' ')} could not compile the binding:\n${lastLines(stderr, 20)}`,
    {
      hint: 'A compiler with C++17 is needed (g++ 8, clang 7 or later); name another one in CXX.',
    },
  );
}

/** @returns `glibc2.36` */
async function assertGlibc(): Promise<string> {
  const version = glibcVersion();
  const minor = Number(version?.split('.')[1] ?? Number.NaN);
  if (minor >= lowestGlibc) return `glibc${version}`;
  throw new RunError(
    `TensorFlow needs the GNU C library 2.${lowestGlibc} or later, this system has ${version ?? 'another one'}`,
    {
      hint: 'Use a system such as Debian 11, Ubuntu 20.04 or RHEL 8, or a container of one (not Alpine).',
    },
  );
}

/** Puts a link in place of whatever stands there. */
async function linkInPlace(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  try {
    placeLink(target, path);
  } catch {
    // A folder stands there, from the package's own installation.
    await rm(path, { recursive: true, force: true });
    placeLink(target, path);
  }
}
