/**
 * Where a run goes on: from its last checkpoint; where that is damaged, from the one before; where none is whole, from its
 * beginning. Each of these ends with the same weights, so that damage costs time and nothing else.
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { RunError } from '../errors.ts';
import {
  type Checkpoint,
  type CheckpointPlan,
  checkpointFile,
  readBest,
  readCheckpoint,
} from './checkpoint.ts';
import { readWholeEpochs } from './history.ts';
import type { Position } from './position.ts';

/**
 * The caller works on the run alone: a damaged checkpoint is moved aside.
 * @param note told in one sentence each what a person should know
 * @returns undefined for the beginning of the run
 * @throws RunError where the checkpoint is another plan's
 */
export function findResumePoint(
  runFolder: string,
  plan: CheckpointPlan,
  note: (message: string) => void,
): Checkpoint | undefined {
  const damage: string[] = [];
  for (const which of ['last', 'before'] as const) {
    try {
      const found = readCheckpoint(runFolder, plan, which);
      if (found === undefined) continue;
      assertBest(runFolder, found.position, plan);
      assertHistory(runFolder, found.position);
      if (found.isChecked === false)
        note(
          `${shown(runFolder, which)} is of an earlier version and has no checksums: it is believed as it is`,
        );
      if (damage.length > 0) {
        moveAside(runFolder, 'last');
        note(`warning: ${damage.join('; ')}. The run goes on from the checkpoint before that one.`);
      }
      return found;
    } catch (error) {
      if (!(error instanceof RunError) || error.isCertain) throw error;
      damage.push(error.message);
    }
  }
  if (damage.length === 0) return undefined;
  moveAside(runFolder, 'last');
  rmSync(checkpointFile(runFolder, 'before'), { force: true });
  note(`warning: ${damage.join('; ')}. No checkpoint is whole: the run begins again.`);
  return undefined;
}

/** The weights of the stage's best epoch are there, or an epoch that is to be repeated writes them again. */
function assertBest(runFolder: string, position: Position, { settings }: CheckpointPlan): void {
  const stage = settings.stages[position.stage];
  if (position.best === null || !stage?.restoreBest) return;
  const { epoch } = readBest(runFolder, stage.name);
  if (epoch === position.best.epoch || epoch > position.epoch) return;
  throw new RunError(
    `${checkpointFile(runFolder, 'best')} is of epoch ${epoch}, expected epoch ${position.best.epoch}`,
  );
}

/** The epochs of the checkpoint are told in the history, which can't be told again without training them again. */
function assertHistory(runFolder: string, { epochsDone }: Position): void {
  const told = readWholeEpochs(runFolder).length;
  if (told < epochsDone)
    throw new RunError(
      `${runFolder} has the history of ${told} epochs, its checkpoint is of epoch ${epochsDone}`,
    );
}

function moveAside(runFolder: string, which: 'last'): void {
  const file = checkpointFile(runFolder, which);
  if (existsSync(file)) renameSync(file, checkpointFile(runFolder, 'damaged'));
}

function shown(runFolder: string, which: 'last' | 'before'): string {
  return relative('', checkpointFile(runFolder, which));
}
