// ONNX Runtime for Node in the cache: 290 MB with libraries for every system, which only who exports to ONNX needs. Brought
// by npm when it is first asked for, without its scripts, which would load CUDA; what is not for this system is removed.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { RunError } from '../errors.ts';
import { cacheFolder } from '../machine/cache-folder.mjs';
import { lastLines, runCommand } from '../machine/command.ts';
import { withLock } from '../machine/lock.mjs';
import { onnxRuntimeVersion } from './versions.mjs';

/** What is used of the module `onnxruntime-node`. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(file: string, options: { readonly logSeverityLevel: number }): Promise<OnnxSession>;
  };
  readonly Tensor: new (type: 'uint8', data: Uint8Array, dims: readonly number[]) => OnnxTensor;
}

export interface OnnxTensor {
  readonly data: Float32Array | BigInt64Array | Uint8Array;
  readonly dims: readonly number[];
}

export interface OnnxSession {
  run(feeds: Readonly<Record<string, OnnxTensor>>): Promise<Readonly<Record<string, OnnxTensor>>>;
  release(): Promise<void>;
}

export function onnxRuntimeFolder(cache = cacheFolder()): string {
  return join(cache, 'onnxruntime', `${onnxRuntimeVersion}-${process.platform}-${process.arch}`);
}

export function hasOnnxRuntime(): boolean {
  return existsSync(onnxRuntimeFolder());
}

/**
 * Installs ONNX Runtime where it is not there yet.
 * @param say told before it begins
 * @throws RunError without npm or network
 */
export async function ensureOnnxRuntime(say: (message: string) => void): Promise<void> {
  if (hasOnnxRuntime()) return;
  const folder = onnxRuntimeFolder();
  const wait = (owner: string): void => say(`waiting for ${owner}, which installs ONNX Runtime`);
  await withLock(
    join(cacheFolder(), 'locks', 'onnxruntime.lock'),
    async () => {
      if (hasOnnxRuntime()) return;
      say(`installing ONNX Runtime ${onnxRuntimeVersion} once for this machine, about 100 MB to load`);
      await install(folder);
    },
    wait,
  );
}

async function install(folder: string): Promise<void> {
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  try {
    writeFileSync(join(part, 'package.json'), '{ "private": true }\n');
    const packages = [`onnxruntime-node@${onnxRuntimeVersion}`, `onnxruntime-common@${onnxRuntimeVersion}`];
    const args = [
      'install',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--save-exact',
      '--loglevel=error',
    ];
    // With `npm run` and `npx` in between this names the npm that is meant.
    const npm = process.env.npm_execpath;
    const options = { cwd: part };
    const { code, stdout, stderr } = npm?.endsWith('.js')
      ? await runCommand(process.execPath, [npm, ...args, ...packages], options)
      : await runCommand('npm', [...args, ...packages], options);
    if (code !== 0) {
      throw new RunError(
        `ONNX Runtime could not be installed by npm:\n${lastLines(stderr === '' ? stdout : stderr)}`,
        {
          hint: 'Check the network, and the registry that npm is set to. It is only needed to prove exported ONNX files.',
        },
      );
    }
    removeOtherSystems(join(part, 'node_modules', 'onnxruntime-node', 'bin', 'napi-v6'));
    renameSync(part, folder);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

function removeOtherSystems(binaries: string): void {
  if (!existsSync(join(binaries, process.platform, process.arch))) {
    throw new RunError(
      `ONNX Runtime ${onnxRuntimeVersion} is not made for ${process.platform}-${process.arch}`,
    );
  }
  for (const platform of readdirSync(binaries)) {
    for (const arch of readdirSync(join(binaries, platform))) {
      if (platform === process.platform && arch === process.arch) continue;
      rmSync(join(binaries, platform, arch), { recursive: true, force: true });
    }
  }
}

/** @throws RunError where it is not installed or cannot be loaded */
export function loadOnnxRuntime(): OnnxRuntime {
  const folder = onnxRuntimeFolder();
  try {
    return createRequire(join(folder, 'package.json'))('onnxruntime-node') as OnnxRuntime;
  } catch (cause) {
    throw new RunError(`ONNX Runtime cannot be loaded: ${(cause as Error).message}`, {
      hint: `Remove ${dirname(folder)} to have it installed again.`,
      cause,
    });
  }
}
