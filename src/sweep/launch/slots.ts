/** How many trials this machine runs at a time, and what each of them gets. In: what is asked for. Out: slots. */
import { execFileSync } from 'node:child_process';
import { availableParallelism, freemem } from 'node:os';

export interface Slot {
  readonly name: string;
  /** Variables of the trial's process. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface SlotOptions {
  /** Trials at a time; without it as many as processors and memory allow, or one for each GPU. */
  readonly parallel?: number | undefined;
  /** Trials on one GPU at a time. @default 1 */
  readonly perGpu?: number | undefined;
  /** Estimate of the largest trial, bytes. */
  readonly trialBytes: number;
}

export interface Machine {
  readonly processors: number;
  /** Bytes that are free. */
  readonly memoryBytes: number;
  /** As CUDA_VISIBLE_DEVICES names them. */
  readonly gpus: readonly string[];
}

/** A trial's estimate may be somewhat too low, and others use the machine too. */
const MEMORY_SHARE = 0.8;

export function slotsOf({ processors, memoryBytes, gpus }: Machine, options: SlotOptions): Slot[] {
  const { parallel, perGpu = 1, trialBytes } = options;
  const fitting = Math.max(1, Math.floor((memoryBytes * MEMORY_SHARE) / trialBytes));
  const onGpus = gpus.length * perGpu;
  const count = parallel ?? (onGpus > 0 ? Math.min(onGpus, fitting) : Math.min(processors, fitting));
  const threads = String(Math.max(1, Math.floor(processors / count)));
  return Array.from({ length: count }, (_, i) => {
    const gpu = gpus[i % Math.max(1, gpus.length)];
    return {
      name: gpu === undefined ? `${i}` : `${i} (GPU ${gpu})`,
      environment: {
        // TensorFlow's pools within and between operations, OpenMP's, and libvips's of the image decoder.
        TF_NUM_INTRAOP_THREADS: threads,
        TF_NUM_INTEROP_THREADS: threads,
        OMP_NUM_THREADS: threads,
        VIPS_CONCURRENCY: threads,
        ...(gpu === undefined ? {} : { CUDA_VISIBLE_DEVICES: gpu }),
        // Without this, the first trial on a GPU takes all of its memory.
        ...(perGpu > 1 ? { TF_FORCE_GPU_ALLOW_GROWTH: 'true' } : {}),
      },
    };
  });
}

/** @param environment may restrict the GPUs, as CUDA_VISIBLE_DEVICES does */
export function thisMachine(environment: NodeJS.ProcessEnv = process.env): Machine {
  const visible = environment.CUDA_VISIBLE_DEVICES;
  const gpus =
    visible === undefined ? installedGpus() : visible.split(',').filter((gpu) => gpu !== '' && gpu !== '-1');
  return { processors: availableParallelism(), memoryBytes: freeMemory(), gpus };
}

function installedGpus(): string[] {
  try {
    const text = execFileSync('nvidia-smi', ['--query-gpu=index', '--format=csv,noheader'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => line.trim());
  } catch {
    // No driver, no GPU.
    return [];
  }
}

/** What the kernel could give without swapping, which is more than what lies idle. */
function freeMemory(): number {
  return process.availableMemory?.() ?? freemem();
}
