/**
 * How busy the machine is, every ten seconds, under the names that MLflow's page shows on its System metrics tab:
 * processors, memory, disk, network, this process's memory, and NVIDIA GPUs where there are any. Never blocks: the
 * GPU is asked through a child process.
 */
import { execFile } from 'node:child_process';
import { readFile, statfs } from 'node:fs/promises';
import { cpus, freemem, totalmem } from 'node:os';

export interface SystemSampler {
  stop(): void;
}

export interface SystemSamplerOptions {
  /** By default MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL in seconds, else 10,000. */
  readonly intervalMs?: number | undefined;
  /** A folder on the disk to watch. */
  readonly folder: string;
}

const MEGABYTE = 1e6;

/**
 * @param log takes one sample: name to value
 */
export function startSystemMetrics(
  log: (values: Record<string, number>) => void,
  options: SystemSamplerOptions,
): SystemSampler {
  const fromEnvironment = Number(process.env.MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL) * 1000;
  const intervalMs = options.intervalMs ?? (fromEnvironment > 0 ? fromEnvironment : 10_000);
  let before = { cpu: cpuTimes(), network: undefined as Network | undefined };
  let isBusy = false;
  let isStopped = false;
  let hasGpu = true;

  const sample = async (): Promise<void> => {
    const cpu = cpuTimes();
    const [memory, disk, network, gpu] = await Promise.all([
      availableMemory(),
      diskUse(options.folder),
      networkTotals(),
      hasGpu ? gpus() : {},
    ]);
    if (gpu === undefined) hasGpu = false;
    const busy =
      cpu.total > before.cpu.total ? 1 - (cpu.idle - before.cpu.idle) / (cpu.total - before.cpu.total) : 0;
    const used = totalmem() - memory;
    const values: Record<string, number> = {
      'system/cpu_utilization_percentage': 100 * busy,
      'system/system_memory_usage_megabytes': used / MEGABYTE,
      'system/system_memory_usage_percentage': (100 * used) / totalmem(),
      'system/process_memory_usage_megabytes': process.memoryUsage.rss() / MEGABYTE,
      ...disk,
      ...gpu,
    };
    if (network && before.network) {
      values['system/network_receive_megabytes'] = (network.received - before.network.received) / MEGABYTE;
      values['system/network_transmit_megabytes'] = (network.sent - before.network.sent) / MEGABYTE;
    }
    before = { cpu, network };
    if (!isStopped)
      log(Object.fromEntries(Object.entries(values).map(([name, value]) => [name, round(value)])));
  };
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    sample().finally(() => {
      isBusy = false;
    });
  }, intervalMs).unref();

  return {
    stop() {
      isStopped = true;
      clearInterval(timer);
    },
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function cpuTimes(): { idle: number; total: number } {
  let idle = 0;
  let total = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    total += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { idle, total };
}

/** Linux counts what it can give back as available; others only tell what is free. Bytes. */
async function availableMemory(): Promise<number> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  return kilobytes === undefined ? freemem() : Number(kilobytes) * 1024;
}

async function diskUse(folder: string): Promise<Record<string, number>> {
  const disk = await statfs(folder).catch(() => undefined);
  if (!disk) return {};
  const used = (disk.blocks - disk.bfree) * disk.bsize;
  const available = disk.bavail * disk.bsize;
  return {
    'system/disk_usage_percentage': (100 * used) / (used + available),
    'system/disk_usage_megabytes': used / MEGABYTE,
    'system/disk_available_megabytes': available / MEGABYTE,
  };
}

interface Network {
  readonly received: number;
  readonly sent: number;
}

/** Bytes of all interfaces but the loopback, proc(5). */
async function networkTotals(): Promise<Network | undefined> {
  const text = await readFile('/proc/net/dev', 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  let received = 0;
  let sent = 0;
  for (const line of text.split('\n')) {
    const [name, counts] = line.split(':');
    if (counts === undefined || name?.trim() === 'lo') continue;
    const fields = counts.trim().split(/\s+/).map(Number);
    received += fields[0] ?? 0;
    sent += fields[8] ?? 0;
  }
  return { received, sent };
}

const GPU_QUERY = 'index,utilization.gpu,memory.used,memory.total,power.draw,enforced.power.limit';

/** @returns nothing where nvidia-smi is missing or fails, so that it is not asked again */
function gpus(): Promise<Record<string, number> | undefined> {
  return new Promise((resolve) => {
    const options = { timeout: 5000, killSignal: 'SIGKILL' } as const;
    execFile(
      'nvidia-smi',
      [`--query-gpu=${GPU_QUERY}`, '--format=csv,noheader,nounits'],
      options,
      (error, output) => {
        resolve(error ? undefined : gpuValues(output));
      },
    );
  });
}

/**
 * Lines of nvidia-smi as metrics; a field that the card does not tell is left out.
 * @param output comma-separated: index, per cent, MiB used, MiB total, watts, limit in watts
 */
export function gpuValues(output: string): Record<string, number> {
  const values: Record<string, number> = {};
  for (const line of output.trim().split('\n')) {
    const [index, busy, used, total, power, limit] = line.split(',').map((field) => Number(field.trim()));
    if (index === undefined || !Number.isInteger(index)) continue;
    const put = (name: string, value: number): void => {
      if (Number.isFinite(value)) values[`system/gpu_${index}_${name}`] = value;
    };
    const megabytes = ((used ?? Number.NaN) * 2 ** 20) / MEGABYTE;
    put('utilization_percentage', busy ?? Number.NaN);
    put('memory_usage_megabytes', megabytes);
    put('memory_usage_percentage', (100 * (used ?? Number.NaN)) / (total ?? Number.NaN));
    put('power_usage_watts', power ?? Number.NaN);
    put('power_usage_percentage', (100 * (power ?? Number.NaN)) / (limit ?? Number.NaN));
  }
  return values;
}
