/**
 * Stages that several trials of a sweep begin with, as one of them has trained them. In the sweep's folder:
 *
 *   prefixes/<key of the stages>-<circumstances>/     renamed into place: there is all of it or nothing
 *     prefix.json                    (`PrefixRecord`)
 *     history.jsonl                  its epochs
 *     checkpoint/last.safetensors    the end of its last stage
 *
 * The key covers all of the plan that these stages depend on, the circumstances all else (machine, program, images), so that
 * a trial that goes on from here has the numbers that it would have had alone. What is not here is trained.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../../machine/whole.mjs';
import type { Plan } from '../../plan/plan.ts';
import type { SharedStages, SharingRun } from '../../run/trial-place.ts';
import { type Checkpoint, readCheckpoint, writeBest, writeCheckpoint } from '../../train/checkpoint.ts';
import { readHistory, writeHistory } from '../../train/history.ts';
import { startOfStage } from '../../train/position.ts';
import { circumstancesOf } from './circumstances.ts';
import type { FrozenTrial } from './freeze.ts';
import { share } from './share.ts';

/** `prefix.json`. */
interface PrefixRecord {
  readonly stages: number;
  /** The trial that trained the last of them: its hash is that of its plan. */
  readonly trial: string;
  /** ISO 8601. */
  readonly created: string;
}

/** @returns undefined where no other trial begins with the same stages */
export function createSharedStages(
  sweepFolder: string,
  trial: FrozenTrial,
  notify: (message: string) => void,
): SharedStages | undefined {
  const prefixes = trial.prefixes ?? [];
  if (prefixes.length === 0) return undefined;
  return {
    open(run) {
      const circumstances = circumstancesOf(run);
      const folderOf = (key: string): string => join(prefixesFolder(sweepFolder), `${key}-${circumstances}`);
      return {
        take(from) {
          const done = from?.position.stage ?? 0;
          for (const { key, stages } of [...prefixes].reverse()) {
            if (stages <= done) break;
            try {
              const taken = takePrefix(folderOf(key), trial.hash, run);
              if (taken === undefined) continue;
              const epochs = taken.position.epochsDone;
              notify(`goes on after ${stages} stages (${epochs} epochs) that another trial has trained`);
              return taken;
            } catch (error) {
              notify(`can't go on from ${folderOf(key)}, and trains its stages: ${(error as Error).message}`);
            }
          }
          return from;
        },
        offer(stages) {
          const prefix = prefixes.find((one) => one.stages === stages);
          if (prefix === undefined || existsSync(folderOf(prefix.key))) return;
          try {
            publishPrefix(folderOf(prefix.key), run.folder, { stages, trial: trial.hash });
          } catch (error) {
            notify(`could not leave its first ${stages} stages to other trials: ${(error as Error).message}`);
          }
        },
      };
    },
  };
}

function prefixesFolder(sweepFolder: string): string {
  return join(sweepFolder, 'prefixes');
}

/** @param run folder of the run whose checkpoint is the end of the stages */
function publishPrefix(folder: string, run: string, record: Omit<PrefixRecord, 'created'>): void {
  const temporary = join(folder, '..', `.${randomUUID()}`);
  mkdirSync(join(temporary, 'checkpoint'), { recursive: true });
  share(join(run, 'checkpoint/last.safetensors'), join(temporary, 'checkpoint/last.safetensors'));
  writeHistory(temporary, readHistory(run));
  writeWhole(join(temporary, 'prefix.json'), { ...record, created: new Date().toISOString() });
  try {
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true });
    // Another trial came to the same end at the same time.
    if (!['EEXIST', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/**
 * Puts a prefix into the folder of a run, as if the run had stopped after it.
 * @param own hash of the run's trial
 * @returns undefined where it is not there, or was removed meanwhile
 */
function takePrefix(folder: string, own: string, { plan, folder: run }: SharingRun): Checkpoint | undefined {
  const record = readRecord(folder);
  const found = record && readCheckpoint(folder, { hash: record.trial, settings: plan.settings });
  if (found === undefined) return undefined;
  const { stages } = plan.settings;
  /** Rows and results of stages, by the names that they have here; what this trial trained itself carries no mark. */
  const carriedFrom = (before: string | undefined): { carriedFrom?: string } => {
    const trainer = before ?? record!.trial;
    return trainer === own ? {} : { carriedFrom: trainer };
  };
  const history = readHistory(folder).map(({ carriedFrom: before, ...report }) => ({
    ...report,
    stageName: stages[report.stage]!.name,
    ...carriedFrom(before),
  }));
  const finished = found.position.finished.map(({ carriedFrom: before, ...result }, i) => ({
    ...result,
    name: stages[i]!.name,
    ...carriedFrom(before),
  }));
  const next = stages[finished.length];
  const position = startOfStage(finished.length, next?.optimizer.learningRate ?? 0, {
    ...found.position,
    finished,
  });
  const taken: Checkpoint = { position, counts: {}, state: found.state };
  writeHistory(run, history);
  if (next === undefined) writeLastBest(run, plan, taken);
  writeCheckpoint(run, plan.hash, taken);
  return taken;
}

/** The weights that the run ends with, where nothing is left to train. */
function writeLastBest(run: string, { hash, settings }: Plan, { position, state }: Checkpoint): void {
  const epoch = position.finished.at(-1)!.bestEpoch;
  writeBest(run, state, { planHash: hash, stage: settings.stages.at(-1)!.name, epoch });
}

/** @param folder of a run @returns epochs of its history that other trials trained */
export function carriedEpochs(folder: string): number {
  return readHistory(folder).filter(({ carriedFrom }) => carriedFrom !== undefined).length;
}

/** Keys of what was published, under whatever circumstances. */
export function publishedPrefixes(sweepFolder: string): Set<string> {
  return new Set(namesOf(sweepFolder).map((name) => name.split('-')[0]!));
}

/** @param keys of prefixes that no trial needs any more */
export function removePrefixes(sweepFolder: string, keys: ReadonlySet<string>): void {
  for (const name of namesOf(sweepFolder)) {
    if (keys.has(name.split('-')[0]!)) remove(join(prefixesFolder(sweepFolder), name));
  }
}

/** All of them, and what was left half written. */
export function removeAllPrefixes(sweepFolder: string): void {
  remove(prefixesFolder(sweepFolder));
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

function namesOf(sweepFolder: string): string[] {
  const folder = prefixesFolder(sweepFolder);
  return existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith('.')) : [];
}

function readRecord(folder: string): PrefixRecord | undefined {
  const file = join(folder, 'prefix.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as PrefixRecord) : undefined;
}
