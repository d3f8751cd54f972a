/** What results.json holds, and how rows that were measured now take the place of those of an earlier run. */
import { existsSync, readFileSync } from 'node:fs';
import type { DecodeResult } from './decoding.ts';
import type { EpochResult } from './epoch.ts';
import type { Machine } from './machine.ts';
import { backbones as allBackbones, contenders as allContenders } from './settings.ts';
import type { StepResults } from './steps.ts';
import type { Target } from './targets.ts';

export interface Results {
  readonly machine: Machine;
  readonly steps: readonly StepResults[];
  /** Each backbone beside its reference. */
  readonly backbones: readonly StepResults[];
  readonly epochs: readonly EpochResult[];
  readonly decoding: readonly DecodeResult[];
  readonly targets: readonly Target[];
}

export const resultsFile = new URL('results.json', import.meta.url);

type Parts = Pick<Results, 'machine' | 'steps' | 'backbones' | 'epochs' | 'decoding'>;

/** Rows that were not measured now stay as they are, unless they come from another machine. */
export function mergeWithEarlier(now: Parts): Parts {
  if (!existsSync(resultsFile)) return now;
  return merge(JSON.parse(readFileSync(resultsFile, 'utf8')) as Results, now);
}

export function merge(before: Parts, now: Parts): Parts {
  if (!isSame(before.machine, now.machine)) return now;
  const byModel = (a: EpochResult | StepResults, b: EpochResult | StepResults): number =>
    a.model.localeCompare(b.model) || a.size - b.size;
  return {
    machine: now.machine,
    steps: joined(before.steps, now.steps, ({ model, size }) => `${model} ${size}`, mergeSteps).sort(byModel),
    backbones: inOrder(joined(before.backbones, now.backbones, ({ model, size }) => `${model} ${size}`)),
    epochs: joined(before.epochs, now.epochs, ({ model, size }) => `${model} ${size}`).sort(byModel),
    decoding: joined(before.decoding, now.decoding, ({ files, size }) => `${files} ${size}`).sort(
      (a, b) => a.size - b.size,
    ),
  };
}

function inOrder(backbones: readonly StepResults[]): StepResults[] {
  const place = ({ model }: StepResults): number => allBackbones.findIndex(({ name }) => name === model);
  return [...backbones].sort((a, b) => place(a) - place(b));
}

const isSame = (a: Machine, b: Machine): boolean =>
  a.cpu === b.cpu &&
  a.vectors === b.vectors &&
  a.cores === b.cores &&
  a.memoryGB === b.memoryGB &&
  a.system === b.system;

function joined<T>(
  before: readonly T[],
  now: readonly T[],
  keyOf: (part: T) => string,
  both: (before: T, now: T) => T = (_, part) => part,
): T[] {
  const parts = new Map(before.map((part) => [keyOf(part), part]));
  for (const part of now) {
    const old = parts.get(keyOf(part));
    parts.set(keyOf(part), old === undefined ? part : both(old, part));
  }
  return [...parts.values()];
}

function mergeSteps(before: StepResults, now: StepResults): StepResults {
  const place = ({ name }: { name: string }): number =>
    allContenders.findIndex((contender) => contender.name === name);
  const contenders = joined(before.contenders, now.contenders, ({ name }) => name);
  const measured = new Set(contenders.map(({ name }) => name));
  return {
    ...now,
    contenders: contenders.sort((a, b) => place(a) - place(b)),
    notMeasured: joined(before.notMeasured, now.notMeasured, ({ name }) => name).filter(
      ({ name }) => !measured.has(name),
    ),
    versions: { ...before.versions, ...now.versions },
  };
}
