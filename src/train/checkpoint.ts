/**
 * Checkpoints in a run's folder: `last.safetensors` is everything that training goes on from, `best.safetensors` the
 * weights of the current stage's best epoch. Order of writing: best, then last; an epoch that is repeated after a
 * break between the two writes the same best again.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { RunError } from '../errors.ts';
import { readSafeTensors, writeSafeTensors } from '../weights/safetensors.ts';
import type { EngineState } from './engine.ts';
import type { Position } from './position.ts';
import type { HeadCounts } from './score/metrics.ts';

export interface Checkpoint {
  readonly position: Position;
  /** Counts of the epoch that was interrupted; empty at its end. */
  readonly counts: Readonly<Record<string, HeadCounts>>;
  readonly state: EngineState;
}

const fileOf = (runFolder: string, which: 'last' | 'best'): string =>
  join(runFolder, 'checkpoint', `${which}.safetensors`);

/** @param planHash a checkpoint belongs to one plan and is refused by any other */
export function writeCheckpoint(
  runFolder: string,
  planHash: string,
  { position, counts, state }: Checkpoint,
): void {
  mkdirSync(join(runFolder, 'checkpoint'), { recursive: true });
  const plainCounts = Object.fromEntries(
    Object.entries(counts).map(([head, c]) => [head, { ...c, confusion: Array.from(c.confusion) }]),
  );
  writeSafeTensors(fileOf(runFolder, 'last'), {
    tensors: state,
    metadata: { planHash, position: JSON.stringify(position), counts: JSON.stringify(plainCounts) },
  });
}

/** Whether the run has come to its first checkpoint. */
export function hasCheckpoint(runFolder: string): boolean {
  return existsSync(fileOf(runFolder, 'last'));
}

/**
 * @returns undefined where the run was stopped before its first checkpoint
 * @throws RunError where the checkpoint is another plan's
 */
export function readCheckpoint(runFolder: string, planHash: string): Checkpoint | undefined {
  const file = fileOf(runFolder, 'last');
  if (!existsSync(file)) return undefined;
  const { tensors, metadata } = readSafeTensors(file);
  if (metadata.planHash !== planHash) {
    throw new RunError(
      `${file} belongs to another plan (${metadata.planHash?.slice(0, 12)}, not ${planHash.slice(0, 12)})`,
    );
  }
  const counts = JSON.parse(metadata.counts!) as Record<string, HeadCounts & { confusion: Iterable<number> }>;
  return {
    position: JSON.parse(metadata.position!) as Position,
    counts: Object.fromEntries(
      Object.entries(counts).map(([head, c]) => [head, { ...c, confusion: Float64Array.from(c.confusion) }]),
    ),
    state: tensors,
  };
}

/** @returns the file, for whoever wants to log it */
export function writeBest(
  runFolder: string,
  weights: EngineState,
  metadata: Readonly<Record<string, string>>,
): string {
  mkdirSync(join(runFolder, 'checkpoint'), { recursive: true });
  const file = fileOf(runFolder, 'best');
  writeSafeTensors(file, { tensors: weights, metadata });
  return file;
}

export function readBest(runFolder: string): EngineState {
  return readSafeTensors(fileOf(runFolder, 'best')).tensors;
}

/** SHA-256 over names, shapes and bytes of the weights in the order of their names, hexadecimal. */
export function hashWeights(weights: EngineState): string {
  const hash = createHash('sha256');
  for (const name of [...weights.keys()].sort()) {
    const { shape, values } = weights.get(name)!;
    hash.update(`${name}\n${shape.join(',')}\n`);
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}
