/** Which device TensorFlow computes on: the plan's wish to the variable that CUDA reads when its library is loaded. */
import { readFileSync } from 'node:fs';
import { RunError } from '../errors.ts';
import { hasNvidiaDriver, readStamp, setupLine } from '../setup/stamp.mjs';

export interface DeviceFacts {
  readonly env: NodeJS.ProcessEnv;
  /** Is there an NVIDIA driver? */
  readonly driver: boolean;
  /** What this clone is set up for. */
  readonly variant: 'cpu' | 'gpu' | undefined;
}

/**
 * @returns what CUDA_VISIBLE_DEVICES is to be; undefined where it stays as it is
 * @throws RunError where a GPU is asked for that cannot be there
 */
export function visibleDevices(
  device: string,
  facts: DeviceFacts = { env: process.env, driver: hasNvidiaDriver(), variant: readStamp()?.variant },
): string | undefined {
  if (device === 'auto') return undefined;
  if (device === 'cpu') return '-1';
  const number = Number(device.slice('gpu:'.length));
  const wanted = `expected a GPU for execution.device ${device}, found`;
  if (!facts.driver) {
    throw new RunError(`${wanted} no NVIDIA driver`, {
      hint: 'Leave execution.device out, or write auto. `run doctor` says what there is.',
    });
  }
  if (facts.variant === 'cpu') {
    throw new RunError(`${wanted} TensorFlow without CUDA`, { hint: setupLine('--gpu') });
  }
  const { CUDA_VISIBLE_DEVICES: shown } = facts.env;
  if (shown === undefined) return String(number);
  // Whoever shows this process some of the GPUs has counted: gpu:0 is the first of those.
  const visible = shown.split(',').filter((name) => name.trim() !== '' && name.trim() !== '-1');
  const chosen = visible[number];
  if (chosen !== undefined) return chosen.trim();
  throw new RunError(`${wanted} ${visible.length} in CUDA_VISIBLE_DEVICES=${shown}`, {
    hint: 'The first that is listed there is gpu:0.',
  });
}

/**
 * Sets the variables that TensorFlow's library reads when it is loaded.
 * @param environment of this process; what it holds already stays where the plan does not say otherwise
 * @throws RunError as `visibleDevices`
 */
export function prepareDevice(
  { device, memoryGrowth }: { readonly device: string; readonly memoryGrowth: boolean },
  environment: NodeJS.ProcessEnv = process.env,
  facts: Omit<DeviceFacts, 'env'> = { driver: hasNvidiaDriver(), variant: readStamp()?.variant },
): void {
  const visible = visibleDevices(device, { ...facts, env: environment });
  if (visible !== undefined) environment.CUDA_VISIBLE_DEVICES = visible;
  // In place of `gpu_options.allow_growth`: the binding makes its sessions without options.
  if (memoryGrowth) environment.TF_FORCE_GPU_ALLOW_GROWTH = 'true';
}

/** What TensorFlow found at last. @throws RunError where it is not what the plan asks for */
export function assertDevice(device: string, found: string): void {
  if (!device.startsWith('gpu:') || found === 'gpu') return;
  throw new RunError(`expected TensorFlow to compute on ${device}, found it on the ${found}`, {
    hint: 'There may be fewer GPUs, or the driver is too old; `run doctor` says more.',
  });
}

/**
 * Instructions of a processor that compute in 16 bits: names in /proc/cpuinfo, of Intel and AMD, and of ARM. Those for
 * float16 are the ones that oneDNN asks for, without which TensorFlow computes number by number.
 */
const narrowFlags = {
  bfloat16: ['avx512_bf16', 'amx_bf16', 'bf16'],
  float16: ['avx512_fp16', 'amx_fp16', 'avx_ne_convert'],
} as const;

/** @param cpuinfo as /proc/cpuinfo has it */
export function hasInstructions(
  precision: keyof typeof narrowFlags,
  cpuinfo = readFileSync('/proc/cpuinfo', 'utf8'),
): boolean {
  const flags = processorFlags(cpuinfo);
  return narrowFlags[precision].some((flag) => flags.includes(flag));
}

/**
 * Names of what a processor can do.
 * @param cpuinfo as /proc/cpuinfo has it
 */
export function processorFlags(cpuinfo = readFileSync('/proc/cpuinfo', 'utf8')): readonly string[] {
  return /^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo)?.[1]?.trim().split(/\s+/) ?? [];
}
