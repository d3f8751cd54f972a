// `run doctor`: what this machine has, what is missing, and the line that fixes it. Prints nothing; cli.ts does.
import { mkdir, readFile, statfs } from 'node:fs/promises';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { RunError } from '../errors.ts';
import { cacheFolder } from '../machine/cache-folder.mjs';
import { runCommand } from '../machine/command.ts';
import { findCompiler, glibcVersion } from './compiler.ts';
import { askMlflow } from './mlflow-probe.ts';
import type { Proof } from './prove.ts';
import { proveTensorflow } from './prove.ts';
import { findPython } from './python.ts';
import {
  hasMlflow,
  hasNvidiaDriver,
  mlflowPlaces,
  npmProblem,
  readStamp,
  setupLine,
  tensorflowProblem,
} from './stamp.mjs';
import { mlflowVersion, nodeProblem } from './versions.mjs';
import { neededMegabytes } from './wheels.ts';

/** One line of the report. */
export interface Check {
  readonly name: string;
  /** `'optional'`: missing, and only some commands need it. */
  readonly ok: boolean | 'optional';
  /** What is there, or what is wrong, in one sentence or a few words. */
  readonly found: string;
  /** The line to type, or what to do. */
  readonly fix?: string;
}

const setup = setupLine();

/** Looks at everything; takes a few seconds, most of them for the call of TensorFlow. Never throws for what it finds. */
export async function diagnose(): Promise<Check[]> {
  const called = await attempt(proveTensorflow);
  const checks = [
    node(),
    npmPackages(),
    system(),
    python(),
    compiler(),
    disk(),
    libtensorflow(),
    binding(called),
    gpu(called),
    mlflow(),
    trackingServer(),
  ];
  return Promise.all(checks);
}

function node(): Check {
  const problem = nodeProblem(process.versions.node);
  if (problem === undefined) return { name: 'Node', ok: true, found: process.versions.node };
  const [found, fix] = problem.split('\n  ');
  return { name: 'Node', ok: false, found: found ?? problem, fix: fix ?? 'https://nodejs.org' };
}

function npmPackages(): Check {
  const problem = npmProblem();
  if (problem === undefined) return { name: 'npm packages', ok: true, found: 'as package-lock.json says' };
  return { name: 'npm packages', ok: false, found: problem, fix: setup };
}

function system(): Check {
  const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);
  const glibc = glibcVersion();
  const found =
    `${availableParallelism()} cores, ${gigabytes(totalmem())} GB of memory (${gigabytes(freemem())} GB free), ` +
    `${process.platform} ${process.arch}, ${glibc === undefined ? 'no GNU C library' : `glibc ${glibc}`}`;
  if (glibc !== undefined) return { name: 'system', ok: true, found };
  return {
    name: 'system',
    ok: false,
    found,
    fix: 'Use a Linux with the GNU C library, such as Debian or Ubuntu.',
  };
}

/** Asked for by the set-up and by MLflow, not by training. */
async function python(): Promise<Check> {
  const answer = await attempt(findPython);
  if ('error' in answer)
    return failed('Python with venv', answer.error, tensorflowProblem(undefined) === undefined);
  return { name: 'Python with venv', ok: true, found: `${answer.value.version} (${answer.value.path})` };
}

async function compiler(): Promise<Check> {
  const answer = await attempt(findCompiler);
  if ('error' in answer)
    return failed('C++ compiler', answer.error, tensorflowProblem(undefined) === undefined);
  return { name: 'C++ compiler', ok: true, found: answer.value.version };
}

async function disk(): Promise<Check> {
  const folder = cacheFolder();
  const name = 'room in the cache';
  try {
    await mkdir(folder, { recursive: true });
    const { bavail, bsize } = await statfs(folder);
    const free = Math.round((bavail * bsize) / 1e6);
    const found = `${(free / 1000).toFixed(1)} GB free at ${folder}`;
    const needed = neededMegabytes[hasNvidiaDriver() ? 'gpu' : 'cpu'];
    if (free >= needed) return { name, ok: true, found };
    const ok = tensorflowProblem(undefined) === undefined ? 'optional' : false;
    return {
      name,
      ok,
      found,
      fix: `Free some (${needed} MB for TensorFlow), or set MANYHEADS_CACHE to another folder.`,
    };
  } catch (error) {
    return {
      name,
      ok: false,
      found: messageOf(error),
      fix: 'Set MANYHEADS_CACHE to a folder that can be written.',
    };
  }
}

function libtensorflow(): Check {
  const problem = tensorflowProblem(undefined);
  const stamp = readStamp();
  if (problem !== undefined || stamp === undefined) {
    return { name: 'libtensorflow', ok: false, found: problem ?? 'not set up', fix: setup };
  }
  return {
    name: 'libtensorflow',
    ok: true,
    found: `${stamp.tensorflow} for the ${stamp.variant.toUpperCase()}`,
  };
}

function binding(called: Attempt<Proof>): Check {
  const name = 'call of TensorFlow';
  if ('error' in called) return { ...failed(name, called.error, false), fix: setup };
  return { name, ok: true, found: `TensorFlow ${called.value.version} multiplied two matrices` };
}

async function gpu(called: Attempt<Proof>): Promise<Check> {
  const name = 'GPU';
  if (!hasNvidiaDriver())
    return { name, ok: 'optional', found: 'no NVIDIA driver; TensorFlow runs on the CPU' };
  const query = ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader'];
  const { code, stdout } = await runCommand('nvidia-smi', query, { timeoutMs: 20_000 });
  const driver = code === 0 ? stdout.trim().replaceAll('\n', '; ') : await driverVersion();
  if ('value' in called && called.value.gpu)
    return { name, ok: true, found: `${driver}; TensorFlow runs on it` };
  if (readStamp()?.variant === 'cpu') {
    return { name, ok: 'optional', found: `${driver}; set up for the CPU`, fix: `${setup} -- --gpu` };
  }
  const fix =
    'CUDA 12 needs driver 525 or later; in a container start it with --gpus all. CUDA_VISIBLE_DEVICES may hide it.';
  return { name, ok: false, found: `${driver}; TensorFlow does not see it`, fix };
}

async function driverVersion(): Promise<string> {
  const text = await readFile('/proc/driver/nvidia/version', 'utf8').catch(() => '');
  return /Kernel Module\s+([\d.]+)/.exec(text)?.[1] ?? 'a driver of unknown version';
}

function mlflow(): Check {
  const name = 'MLflow environment';
  if (hasMlflow()) return { name, ok: true, found: `${mlflowVersion} (${mlflowPlaces().folder})` };
  return {
    name,
    ok: 'optional',
    found: 'not installed; made when first needed',
    fix: `${setup} -- --mlflow`,
  };
}

async function trackingServer(): Promise<Check> {
  const name = 'MLFLOW_TRACKING_URI';
  const uri = process.env.MLFLOW_TRACKING_URI;
  if (uri === undefined || uri === '') {
    return { name, ok: 'optional', found: 'not set; runs are kept in runs/ and can be sent later' };
  }
  const answer = await askMlflow(uri);
  // Never show a password that stands in the address.
  const shown = uri.replace(/\/\/[^@/]*@/, '//');
  if (answer.ok) return { name, ok: true, found: `${shown} answers` };
  return { name, ok: false, found: `${shown}: ${answer.found}`, fix: answer.fix };
}

type Attempt<T> = { readonly value: T } | { readonly error: unknown };

async function attempt<T>(action: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await action() };
  } catch (error) {
    return { error };
  }
}

function failed(name: string, error: unknown, optional: boolean): Check {
  const fix = error instanceof RunError ? error.hint : undefined;
  return {
    name,
    ok: optional ? 'optional' : false,
    found: messageOf(error),
    ...(fix === undefined ? {} : { fix }),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
