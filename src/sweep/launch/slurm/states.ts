/** What the words of squeue(1) mean for a trial: the state of its job, and the reason for which it waits. */
import { exitCodes } from '../../ledger/ledger.ts';

/** States that a job does not leave by itself. */
const ENDED = new Set([
  'BOOT_FAIL',
  'CANCELLED',
  'COMPLETED',
  'DEADLINE',
  'FAILED',
  'NODE_FAIL',
  'OUT_OF_MEMORY',
  'PREEMPTED',
  'TIMEOUT',
]);
/** States in which the trial itself is to blame: it died, or took more than it was given. */
const BLAMED = new Set(['FAILED', 'OUT_OF_MEMORY', 'TIMEOUT', 'DEADLINE']);

export const isEnded = (state: string): boolean => ENDED.has(state);
export const isBlamed = (state: string): boolean => BLAMED.has(state);

/** How a trial ended whose job Slurm ended. */
export interface JobEnd {
  /** Of `exitCodes`; null where another try may do. */
  readonly code: number | null;
  readonly reason: string;
}

/** @param state one that `isBlamed` */
export function endOf(state: string): JobEnd {
  if (state === 'OUT_OF_MEMORY')
    return {
      code: exitCodes.doNotRetry,
      reason:
        'the job took more memory than Slurm gave it (OUT_OF_MEMORY): start the sweep again with --failed and a larger --sbatch "--mem=…", or lower batchSize',
    };
  if (state === 'TIMEOUT')
    return {
      code: null,
      reason:
        'the time limit came before the checkpoint was written (TIMEOUT): a larger --sbatch "--time=…", or --sbatch "--signal=B:USR1@SECONDS" with as many seconds as a step and the checkpoint take',
    };
  if (state === 'DEADLINE')
    return {
      code: null,
      reason: 'the job\'s deadline came before its end (DEADLINE): a later --sbatch "--deadline=…", or none',
    };
  return { code: null, reason: `its job ended as ${state}` };
}

/** Reasons that do not pass by themselves, or not soon, and what can be done. */
const STUCK: readonly (readonly [RegExp, string])[] = [
  [
    /^Partition(Down|Inactive)/,
    '`sinfo` shows the partitions that are up; name one with --sbatch "--partition=…".',
  ],
  [
    /^PartitionTimeLimit/,
    'The partition allows less: `sinfo -o "%P %l"` shows how much; a smaller --sbatch "--time=…". A trial goes on in the next job.',
  ],
  [
    /^PartitionNodeLimit/,
    'The partition has fewer nodes than the job wants; leave --nodes out: a trial needs one.',
  ],
  [
    /^(ReqNodeNotAvail|Nodes required for job are DOWN|NodeDown)/,
    'The nodes that it may have are down or reserved: `sinfo -R` says why; ask for others.',
  ],
  [
    /^BadConstraints/,
    'No node has all that is asked for: `sinfo -N -o "%N %c %m %G %f"` shows what there is.',
  ],
  [
    /^(JobHeld|launch failed requeued held)/,
    'It is held: `scontrol show job ID` says more, and `scontrol release ID` lets it begin.',
  ],
  [
    /^(Invalid|Account|QOSNotAllowed)/,
    '`sacctmgr show assoc user=$USER` shows the accounts and QOS that you may use.',
  ],
  [
    /^(Assoc|QOS)\w*Limit|^(Assoc|QOS)(Max|Grp)/,
    'Your account may have no more now; it begins when others of its jobs have ended, or with less asked for.',
  ],
  [/^Reservation|^ReqNodeReserved/, 'The reservation has not begun or is gone: `scontrol show reservation`.'],
  [/^Licenses/, 'A license that it wants is not free: `scontrol show licenses`.'],
];

/** @returns what to do where a waiting job may never start; undefined for the reasons that every queue has */
export function cureOfWaiting(reason: string): string | undefined {
  return STUCK.find(([pattern]) => pattern.test(reason))?.[1];
}
