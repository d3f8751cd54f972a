/**
 * Checkpoints in a run's folder: `last.safetensors` is everything that training goes on from, `before.safetensors` the one
 * before it, `best.safetensors` the weights of the current stage's best epoch. Each has checksums, which are checked when it
 * is read. Order of writing: best, then last; an epoch that is repeated after a break between the two writes the same best
 * again.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { RunError } from '../errors.ts';
import { type Field, fieldOf } from '../machine/fields.ts';
import { giveSecondName } from '../machine/whole.mjs';
import type { Plan } from '../plan/plan.ts';
import { readSafeTensors, writeSafeTensors } from '../weights/safetensors.ts';
import { positionProblems, toPosition } from './check-position.ts';
import type { EngineState } from './engine.ts';
import type { Position } from './position.ts';
import type { HeadCounts } from './score/metrics.ts';

export interface Checkpoint {
  readonly position: Position;
  /** Counts of the epoch that was interrupted; empty at its end. */
  readonly counts: Readonly<Record<string, HeadCounts>>;
  readonly state: EngineState;
  /** Whether it was compared with its checksums: those of version 0.1.0 have none. */
  readonly isChecked?: boolean;
}

/** `damaged`: one that could not be gone on from, kept for whoever wants to look into it. */
export type CheckpointFile = 'last' | 'before' | 'best' | 'damaged';

export function checkpointFile(runFolder: string, which: CheckpointFile): string {
  return join(runFolder, 'checkpoint', `${which}.safetensors`);
}

/** What a checkpoint is checked against. @param hash a checkpoint belongs to one plan and is refused by any other */
export type CheckpointPlan = Pick<Plan, 'hash'> & { readonly settings: Pick<Plan['settings'], 'stages'> };

/** The one that was the last stays, as the one before. */
export function writeCheckpoint(
  runFolder: string,
  planHash: string,
  { position, counts, state }: Omit<Checkpoint, 'isChecked'>,
): void {
  makeCheckpointFolder(runFolder);
  const plainCounts = Object.fromEntries(
    Object.entries(counts).map(([head, c]) => [head, { ...c, confusion: zerosAsRuns(c.confusion) }]),
  );
  const last = checkpointFile(runFolder, 'last');
  if (existsSync(last)) giveSecondName(last, checkpointFile(runFolder, 'before'));
  writeSafeTensors(last, {
    tensors: state,
    metadata: { planHash, position: JSON.stringify(position), counts: JSON.stringify(plainCounts) },
    hasChecksums: true,
  });
}

/** Not the run's own folder: where that was removed, nothing is written any more. */
function makeCheckpointFolder(runFolder: string): void {
  const folder = join(runFolder, 'checkpoint');
  if (!existsSync(folder)) mkdirSync(folder);
}

/** Whether the run has come to its first checkpoint. */
export function hasCheckpoint(runFolder: string): boolean {
  return (['last', 'before'] as const).some((which) => existsSync(checkpointFile(runFolder, which)));
}

/**
 * @returns undefined where the run was stopped before its first checkpoint
 * @throws RunError where the checkpoint is another plan's, or not as it was written
 */
export function readCheckpoint(
  runFolder: string,
  plan: CheckpointPlan,
  which: 'last' | 'before' = 'last',
): Checkpoint | undefined {
  const file = checkpointFile(runFolder, which);
  if (!existsSync(file)) return undefined;
  const { tensors, metadata, isChecked } = readSafeTensors(file);
  const { planHash } = metadata;
  if (planHash !== undefined && planHash !== plan.hash) {
    throw new RunError(
      `${file} belongs to another plan (${planHash.slice(0, 12)}, not ${plan.hash.slice(0, 12)})`,
      { isCertain: true },
    );
  }
  const position = parsed(metadata.position);
  const problems = positionProblems(position, plan.settings.stages);
  const counts = countsOf(parsed(metadata.counts), problems);
  if (planHash === undefined) problems.push('expected the hash of its plan, found none');
  if (problems.length > 0)
    throw new RunError(`${file} does not say where the run stands: ${problems.join('; ')}`);
  return { position: toPosition(position), counts, state: tensors, isChecked };
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Of fewer counts every one is written. */
const FEW_COUNTS = 10_000;
/** As many as 5,000 classes have. */
const MOST_COUNTS = 25_000_000;

/** Counts of many classes are nearly all zero: -5 stands for five zeros. */
function zerosAsRuns(counts: Float64Array): number[] {
  if (counts.length <= FEW_COUNTS) return Array.from(counts);
  const written: number[] = [];
  for (const count of counts) {
    const last = written.at(-1) ?? 0;
    if (count !== 0) written.push(count);
    else if (last < 0) written[written.length - 1] = last - 1;
    else written.push(-1);
  }
  return written;
}

function countsOfRuns(field: Field): Float64Array {
  const written = field.list().map((one) => one.number());
  const length = written.reduce((sum, count) => sum + (count < 0 ? -count : 1), 0);
  if (!Number.isInteger(length) || length > MOST_COUNTS) {
    field.wrong(`at most ${MOST_COUNTS} counts`, String(length));
    return new Float64Array();
  }
  const counts = new Float64Array(length);
  let at = 0;
  for (const count of written) {
    if (count < 0) at -= count;
    else counts[at++] = count;
  }
  return counts;
}

function countsOf(value: unknown, problems: string[]): Record<string, HeadCounts> {
  const counts = fieldOf(value, (path, expected, found) =>
    problems.push(`counts ${path}: expected ${expected}, found ${found}`),
  );
  const headOf = (head: Field): HeadCounts => ({
    lossSum: head.at('lossSum').number(),
    lossWeight: head.at('lossWeight').number(),
    confusion: countsOfRuns(head.at('confusion')),
  });
  return Object.fromEntries(counts.entries().map(([head, field]) => [head, headOf(field)]));
}

export interface BestPlace {
  readonly planHash: string;
  /** Name of the stage. */
  readonly stage: string;
  /** Epoch of the stage, from 1. */
  readonly epoch: number;
}

export function writeBest(
  runFolder: string,
  weights: EngineState,
  { planHash, stage, epoch }: BestPlace,
): void {
  makeCheckpointFolder(runFolder);
  const metadata = { planHash, stage, epoch: String(epoch) };
  writeSafeTensors(checkpointFile(runFolder, 'best'), { tensors: weights, metadata, hasChecksums: true });
}

/** @throws RunError where the file is not there, not as it was written, or of another stage */
export function readBest(
  runFolder: string,
  stage: string,
): { readonly epoch: number; readonly weights: EngineState } {
  const file = checkpointFile(runFolder, 'best');
  if (!existsSync(file)) throw new RunError(`there is no ${file}`);
  const { tensors, metadata } = readSafeTensors(file);
  if (metadata.stage !== stage)
    throw new RunError(`${file} is of stage ${metadata.stage}, expected stage ${stage}`);
  return { epoch: Number(metadata.epoch), weights: tensors };
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
