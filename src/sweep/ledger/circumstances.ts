/**
 * Everything besides a plan that may change a number of its training, as a digest: where two are the same, sums are rounded
 * in the same way. In: what the run knows of its data and of TensorFlow. What is not sure to be without effect counts.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { arch, availableParallelism, cpus, hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canonicalJson } from '../../plan/hash/canonical.ts';
import type { SharingRun } from '../../run/trial-place.ts';

const SOURCE = fileURLToPath(new URL('../..', import.meta.url));
const LOCK = join(SOURCE, '../package-lock.json');
/** Variables of libraries that compute. Which GPU it is, of several that are alike, changes nothing. */
const LIBRARIES = /^(TF|XLA|ONEDNN|DNNL|OMP|KMP|MKL|OPENBLAS|CUDNN|CUBLAS|NVIDIA)_(?!VISIBLE_DEVICES)/;

/** @returns 16 hexadecimal digits */
export function circumstancesOf({ plan, dataDigest, tensorflow }: Omit<SharingRun, 'folder'>): string {
  // Which device was asked for says less than which it is.
  const { device: _, memoryGrowth: __, checkpointEvery: ___, ...execution } = plan.execution;
  const all = {
    data: dataDigest,
    execution,
    tensorflow,
    program: programDigest(),
    node: process.version,
    processor: processorOf(),
    threads: availableParallelism(),
    gpus: tensorflow.device === 'gpu' ? gpuNames() : [],
    variables: Object.fromEntries(Object.entries(process.env).filter(([name]) => LIBRARIES.test(name))),
  };
  return createHash('sha256').update(canonicalJson(all)).digest('hex').slice(0, 16);
}

/** SHA-256 of this program's source and of the versions of its packages. */
function programDigest(): string {
  const hash = createHash('sha256').update(sourceDigest(SOURCE));
  if (existsSync(LOCK)) hash.update(readFileSync(LOCK));
  return hash.digest('hex');
}

/** SHA-256 of all files of a folder but its documents. */
export function sourceDigest(folder: string): string {
  const hash = createHash('sha256');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  for (const name of names) {
    const file = join(folder, name);
    if (!name.endsWith('.md') && statSync(file).isFile()) hash.update(`${name}\n`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** Its instructions too: libraries choose by them how they compute. */
function processorOf(): readonly string[] {
  const lines = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8').split('\n') : [];
  const instructions = lines.find((line) => /^(flags|Features)\s*:/.test(line)) ?? '';
  return [arch(), cpus()[0]?.model ?? '', instructions];
}

/** Where all are alike, their name; else, which of them are seen too; the machine where nothing tells. */
function gpuNames(): readonly string[] {
  const seen = process.env.CUDA_VISIBLE_DEVICES ?? '';
  try {
    const query = ['--query-gpu=name,driver_version', '--format=csv,noheader'];
    const text = execFileSync('nvidia-smi', query, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const names = [...new Set(text.trim().split('\n'))].sort();
    return names.length === 1 ? names : [...names, seen];
  } catch {
    return [hostname(), seen];
  }
}
