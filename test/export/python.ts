/** Python that reads exports: environments of test/bench, made once a machine, and scripts beside these tests. */
import { join } from 'node:path';
import { runCommand } from '../../src/machine/command.ts';
import { ensurePeer } from '../bench/environments.ts';

export type Reader = 'readsOnnx' | 'readsTensorflow';

/** @returns its Python, or why there is none: without network it cannot be made */
export async function pythonOf(
  reader: Reader,
): Promise<{ python: string; skip: false } | { python: ''; skip: string }> {
  try {
    return { python: await ensurePeer(reader, () => undefined), skip: false };
  } catch (error) {
    return { python: '', skip: (error as Error).message };
  }
}

/** @param environment beside the variables of this process @returns what it wrote @throws Error with what it complains of */
export async function runPython(
  python: string,
  args: readonly string[],
  cwd = import.meta.dirname,
  environment: NodeJS.ProcessEnv = {},
): Promise<string> {
  const env = { ...process.env, ...environment, TF_CPP_MIN_LOG_LEVEL: '3', CUDA_VISIBLE_DEVICES: '-1' };
  const { code, stdout, stderr } = await runCommand(python, args, { cwd, env });
  if (code !== 0) throw new Error(`${args.join(' ')}:\n${stderr.slice(-3000)}`);
  return stdout;
}

/** Path of a script beside the tests of exports. */
export function script(...path: string[]): string {
  return join(import.meta.dirname, ...path);
}
