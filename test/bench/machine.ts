/** What was measured on, for the record. */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, freemem, loadavg, totalmem } from 'node:os';
import { processorFlags } from '../../src/tensorflow/device.ts';

export interface Machine {
  readonly cpu: string;
  /** Its longest vectors, which processors of one name may have switched off. */
  readonly vectors: string;
  readonly cores: number;
  readonly memoryGB: number;
  readonly system: string;
  /** Of the minute before the first measurement; well below 1 where nothing else ran. */
  readonly loadBefore: number;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    vectors: longestVectors(),
    cores: availableParallelism(),
    memoryGB: Math.round(totalmem() / 1e9),
    system: `${process.platform} ${process.arch}`,
    loadBefore: loadavg()[0]!,
  };
}

/** Instructions by their flag in /proc/cpuinfo, the longest first; TensorFlow decides by the first of them. */
const vectorFlags = { avx512_vnni: 'AVX512-VNNI', avx512f: 'AVX512', avx2: 'AVX2', asimd: 'NEON' };

function longestVectors(): string {
  const flags = processorFlags();
  return Object.entries(vectorFlags).find(([flag]) => flags.includes(flag))?.[1] ?? 'unknown';
}

/** Bytes that a new process may take: MemAvailable of proc(5). */
export function availableMemory(): number {
  const line = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'));
  return line === null ? freemem() : Number(line[1]) * 1024;
}
