/** The ends of jobs, as the ledger has them. In: a job, and the state in which Slurm's queue has it. */
import { lockOwner } from '../../../machine/lock.mjs';
import { leaseFile, readAttempts, readTrialResult, trialFolder, writeExit } from '../../ledger/ledger.ts';
import { hasRung } from '../../ledger/rungs.ts';
import type { Job } from '../launcher.ts';
import { endOf, isBlamed } from './states.ts';

/** Whether the ledger has what the job was for; a trial at its rung may go on once nobody holds it. */
export function isDone(sweepFolder: string, { trial, epochs }: Job): boolean {
  if (readTrialResult(sweepFolder, trial) !== undefined) return true;
  if (epochs === null || !hasRung(trialFolder(sweepFolder, trial), epochs)) return false;
  return lockOwner(leaseFile(sweepFolder, trial)) === undefined;
}

/**
 * Writes down why a process died that could not do so itself.
 * @param end the name of the job, `NAME_TASK`, and a state that it does not leave
 * @returns whether the job failed before its trial began
 */
export function recordEnd(
  sweepFolder: string,
  { trial }: Job,
  { task, state }: { readonly task: string; readonly state: string },
): boolean {
  const newest = readAttempts(trialFolder(sweepFolder, trial)).at(-1);
  const hasBegun = newest?.record?.job === task;
  // Where the kernel ended the trial for its memory, whoever looked after it saw but a SIGKILL.
  const isUnexplained =
    newest?.exit === undefined || (state === 'OUT_OF_MEMORY' && newest.exit.code === null);
  if (hasBegun && isUnexplained && isBlamed(state)) {
    writeExit(newest.folder, {
      ...endOf(state),
      ended: new Date().toISOString(),
      seconds: newest.exit?.seconds ?? (Date.now() - newest.record.time) / 1000,
      epochs: newest.exit?.epochs ?? 0,
    });
  }
  const isElsewhere = lockOwner(leaseFile(sweepFolder, trial)) !== undefined;
  return !hasBegun && !isElsewhere && isBlamed(state);
}
