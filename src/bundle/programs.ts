/**
 * Recorded programs on this machine. To record one takes tfjs and seconds, so it is kept in the cache folder under a digest
 * of all that it depends on: the model's input, heads and network, the batch, the device, and the code that records.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { touch } from '../data/touch.ts';
import { RunError } from '../errors.ts';
import { type ServedProgram, serveProgram } from '../graph/serving.ts';
import { cacheFolder } from '../machine/cache-folder.mjs';
import { lockHash } from '../setup/stamp.mjs';
import { tensorflowVersion } from '../setup/versions.mjs';
import type { RecordedPart } from './program.ts';

/** Rooms of src that program.ts imports from, directly or not, itself among them. */
export const recordingRooms = [
  'augmentation',
  'bundle',
  'errors.ts',
  'graph',
  'machine',
  'model',
  'network',
  'plan',
  'random.ts',
  'secrets.ts',
  'setup',
  'tensorflow',
  'train',
  'words.ts',
] as const;

/** A program that nobody has used for so long is removed when another one is written. */
const UNUSED_DAYS = 90;

export function programsFolder(): string {
  return join(cacheFolder(), 'programs');
}

export interface CachedProgram {
  readonly program: ServedProgram;
  /** Was it there already? */
  readonly wasCached: boolean;
  /** Whether somebody has noted this of it. */
  has(note: string): boolean;
  /** Notes something that is true of it for good. */
  note(note: string): void;
}

/**
 * @param folder of the cache; made where it is absent
 * @throws RunError where the network cannot be computed
 */
export async function openProgram(
  part: RecordedPart,
  batch: number,
  device: 'cpu' | 'gpu',
  folder: string,
): Promise<CachedProgram> {
  const place = join(folder, keyOf(part, batch, device));
  const cached = existsSync(place) ? tryServe(place) : undefined;
  if (cached === undefined) await record(part, batch, place);
  const program = cached ?? serveProgram(place);
  const fileOf = (note: string): string => join(place, `${note}.note`);
  return {
    program,
    wasCached: cached !== undefined,
    has: (note) => existsSync(fileOf(note)),
    note: (note) => writeFileSync(fileOf(note), ''),
  };
}

/** Records the program where it is not there yet, for whoever asks for it next. @throws as `openProgram` */
export async function keepProgram(
  part: RecordedPart,
  batch: number,
  device: 'cpu' | 'gpu',
  folder: string,
): Promise<void> {
  const place = join(folder, keyOf(part, batch, device));
  if (!existsSync(place)) await record(part, batch, place);
}

function keyOf({ input, heads, precision, network }: RecordedPart, batch: number, device: string): string {
  const outputs = heads.map(({ output }) => output);
  return createHash('sha256')
    .update(codeDigest())
    .update(JSON.stringify([tensorflowVersion, device, batch, input, outputs, precision, network]))
    .digest('hex')
    .slice(0, 32);
}

/** Of the files that decide what is recorded, the C++ among them: who changes them must not be given what they were. */
function codeDigest(): string {
  const hash = createHash('sha256').update(lockHash());
  const source = join(import.meta.dirname, '..');
  for (const room of recordingRooms) {
    const at = join(source, room);
    const files = statSync(at).isDirectory()
      ? (readdirSync(at, { recursive: true, encoding: 'utf8' }) as string[])
          .filter((name) => /\.m?ts$/.test(name))
          .sort()
          .map((name) => join(at, name))
      : [at];
    for (const file of files) hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** What a program that broke off or was damaged is: not there. */
function tryServe(place: string): ServedProgram | undefined {
  try {
    const program = serveProgram(place);
    touch(place);
    return program;
  } catch {
    rmSync(place, { recursive: true, force: true });
    return undefined;
  }
}

/** Records the program into its place, whole; where another process was first, it has written the same. */
async function record(part: RecordedPart, batch: number, place: string): Promise<void> {
  const { recordPrediction } = await import('./program.ts');
  const program = recordPrediction(part, batch);
  let temporary: string | undefined;
  try {
    mkdirSync(dirname(place), { recursive: true });
    temporary = mkdtempSync(`${place}.part-`);
    program.save(temporary);
    removeUnused(dirname(place));
    renameSync(temporary, place);
  } catch (cause) {
    if (existsSync(place)) return;
    throw new RunError(
      `recorded models could not be kept in ${dirname(place)}: ${(cause as Error).message}`,
      { hint: 'Set MANYHEADS_CACHE to a folder that can be written.', cause },
    );
  } finally {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
  }
}

function removeUnused(folder: string): void {
  const limit = Date.now() - UNUSED_DAYS * 24 * 3600 * 1000;
  for (const name of readdirSync(folder)) {
    const place = join(folder, name);
    const stats = statSync(place, { throwIfNoEntry: false });
    if (stats !== undefined && stats.mtimeMs < limit) rmSync(place, { recursive: true, force: true });
  }
}
