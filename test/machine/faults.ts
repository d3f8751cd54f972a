/**
 * A disk that fails, for what this process does in one folder: the functions of `node:fs` that write are replaced, also for
 * those who have imported them by name.
 *
 *   full      so many bytes can be written there, then ENOSPC
 *   readOnly  nothing can be changed there: EROFS
 *   stops     after so many operations nothing reaches the disk any more, as when the machine stops: of the next one half
 *   slow      each operation takes so many milliseconds
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { resolve, sep } from 'node:path';

export type Fault =
  | { readonly full: number }
  | { readonly readOnly: true }
  | { readonly stops: number }
  | { readonly slow: number };

/** The machine has stopped; no code of the program would have seen it. */
export class Stopped extends Error {}

type Write = (...words: unknown[]) => unknown;
const functions = fs as unknown as Record<string, Write>;

/** Which argument of each function says where, and which what is written. */
const WRITERS: Readonly<Record<string, { readonly at: number; readonly content?: number }>> = {
  writeFileSync: { at: 0, content: 1 },
  appendFileSync: { at: 0, content: 1 },
  writeSync: { at: 0, content: 1 },
  copyFileSync: { at: 1 },
  mkdirSync: { at: 0 },
  renameSync: { at: 1 },
  linkSync: { at: 1 },
  rmSync: { at: 0 },
};

/** @param folder where the disk fails @returns what the action returns, and how many operations were counted */
export async function withFault<T>(
  folder: string,
  fault: Fault,
  action: () => Promise<T> | T,
): Promise<{ readonly result: T; readonly operations: number }> {
  const root = resolve(folder);
  const real = Object.fromEntries(
    ['openSync', ...Object.keys(WRITERS)].map((name) => [name, functions[name]!]),
  );
  const opened = new Map<number, string>();
  let bytes = 0;
  let operations = 0;
  const failing = (code: string, name: string, path: string): Error =>
    Object.assign(new Error(`${code}: a fault of the test, ${name} '${path}'`), {
      code,
      syscall: name,
      errno: -1,
    });

  functions.openSync = (...words) => {
    const descriptor = real.openSync!(...words) as number;
    opened.set(descriptor, resolve(String(words[0])));
    return descriptor;
  };
  for (const [name, { at, content }] of Object.entries(WRITERS)) {
    functions[name] = (...words) => {
      const target = words[at];
      const path = typeof target === 'number' ? (opened.get(target) ?? '') : resolve(String(target));
      if (path !== root && !path.startsWith(root + sep)) return real[name]!(...words);
      operations += 1;
      const data = content === undefined ? undefined : (words[content] as string | Uint8Array);
      const length = data === undefined ? 0 : Buffer.byteLength(data);
      if ('readOnly' in fault && name !== 'rmSync') throw failing('EROFS', name, path);
      if ('slow' in fault) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, fault.slow);
      bytes += length;
      if ('full' in fault && length > 0 && bytes > fault.full) throw failing('ENOSPC', name, path);
      if ('stops' in fault && operations > fault.stops) {
        if (operations === fault.stops + 1 && data !== undefined)
          real[name]!(...words.with(content!, Buffer.from(data).subarray(0, Math.floor(length / 2))));
        throw new Stopped();
      }
      return real[name]!(...words);
    };
  }
  syncBuiltinESMExports();
  try {
    return { result: await action(), operations };
  } finally {
    Object.assign(functions, real);
    syncBuiltinESMExports();
  }
}
