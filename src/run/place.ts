/** The folder that a run works in, while nobody else works in it: a new one, or that of a run that is gone on with. */
import { join } from 'node:path';
import { ExperimentError, RunError } from '../errors.ts';
import { tryLock } from '../machine/lock.mjs';
import { removePartsIn } from '../machine/whole.mjs';
import type { Plan } from '../plan/plan.ts';
import { createRunFolder, findUnfinished } from './folders.ts';

export interface RunPlace {
  readonly runId: string;
  readonly folder: string;
  /** The hash that the run was begun with. */
  readonly planHash: string;
  /** Lets others work there. */
  release(): void;
}

const lockFile = (folder: string): string => join(folder, 'run.lock');

/**
 * The newest run of this plan that was not finished; taken before anything is written.
 * @param held takes it
 * @throws ExperimentError where there is none, or another process has just taken it
 */
export function takeUnfinished(held: RunPlace[], runs: string, plan: Plan): RunPlace {
  for (;;) {
    const found = findUnfinished(runs, plan);
    const lock = tryLock(lockFile(found.folder));
    if (!('release' in lock)) {
      throw new ExperimentError([
        {
          code: 'unknownRun',
          path: '',
          message: `there is no run of this plan to go on with: the newest, ${found.runId}, is running (${lock.owner})`,
          hint: 'Wait for its end, stop it, or start a new one without --resume.',
        },
      ]);
    }
    try {
      // Its owner may have ended it between the two looks.
      if (findUnfinished(runs, plan).runId === found.runId) {
        removePartsIn(found.folder);
        const place = { ...found, release: lock.release };
        held.push(place);
        return place;
      }
    } catch (error) {
      lock.release();
      throw error;
    }
    lock.release();
  }
}

/** Makes the folder of a new run. @param held takes it */
export function newPlace(held: RunPlace[], runs: string, plan: Plan): RunPlace {
  const made = createRunFolder(runs, plan, new Date());
  const lock = tryLock(lockFile(made.folder));
  if (!('release' in lock)) throw new RunError(`${made.folder} has just been taken by ${lock.owner}`);
  const place = { ...made, planHash: plan.hash, release: lock.release };
  held.push(place);
  return place;
}
