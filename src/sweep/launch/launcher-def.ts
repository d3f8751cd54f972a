/**
 * A launcher as the command line knows it: all that differs between local, bullmq and slurm. Each is a plain object in a file of
 * its own name, and launchers.ts is the table of them. `run sweep`, `run worker`, `run trial` and their help ask no launcher for
 * its name. These files are read for every `run --help`, so that what they need to work is loaded when they are opened.
 */
import type { TrialExit } from '../ledger/ledger.ts';
import type { Job, Launcher } from './launcher.ts';
import type { Slot } from './slots.ts';

type Say = (message: string) => void;
/** Values of options, by their names in camelCase. */
type Given<Name extends string> = { readonly [N in Name]?: string };

/** @typeParam Own options of `run sweep` that are for this launcher alone, in camelCase */
export interface LauncherDef<Own extends string = string> {
  /** Where trials run, for the help and for what is said at the start of a sweep: `on this machine`. */
  readonly where: string;
  readonly options: { readonly [Name in Own]: OwnOption };
  /** What to do in place of `--per-gpu`; null where that is for this launcher too. */
  readonly insteadOfPerGpu: string | null;
  /**
   * Looks whether it can work at all, before anything is written.
   * @param own its own options
   * @param say told what happens to a connection, and why jobs wait
   * @returns makes the launcher of a sweep, by its folder
   * @throws ExperimentError for options that can't be, RunError where there is no cluster or queue that would take a job
   */
  open(own: Given<Own>, atATime: AtATime, say: Say): Promise<(sweepFolder: string) => OpenLauncher>;
  /** For a queue that `run worker` empties; null where jobs begin by themselves. */
  readonly worker: WorkerDef<Own> | null;
  /** For a queue that starts processes itself; null where `superviseTrial` does. */
  readonly task: TaskDef | null;
}

/** It takes a value. */
export interface OwnOption {
  /** What the value is, as in `--queue <url>`. */
  readonly value: string;
  readonly help: string;
  /** The value as it may be shown, without a password. @default the value */
  readonly shown?: (value: string) => string;
}

/** As asked for. */
export interface AtATime {
  /** Trials. */
  readonly parallel?: number | undefined;
  /** Trials on one GPU. */
  readonly perGpu?: number | undefined;
}

export interface OpenLauncher {
  readonly launcher: Launcher;
  /** Trials at a time, at most. */
  readonly parallel: number;
}

export interface WorkerDef<Own extends string = string> {
  /** @throws ExperimentError for options that can't be, RunError where there is no queue */
  open(own: Given<Own>, say: Say): Promise<OpenWorker>;
}

export interface OpenWorker {
  /** Where trials come from, without a password. */
  readonly shown: string;
  /** Until it is stopped, or has been idle for long enough. @throws RunError where a job's sweep is not on this machine */
  run(options: WorkerOptions): Promise<WorkerReport>;
}

export interface WorkerOptions {
  readonly slots: readonly Slot[];
  /** Take no more, finish what runs. */
  readonly drain: AbortSignal;
  /** Ask what runs to stop with a checkpoint; `drain` comes before or along with it. */
  readonly stop: AbortSignal;
  /** End after the queue has had nothing for it so long; null for never. */
  readonly idleExitSeconds: number | null;
  /** How long a worker may be silent before its trials are taken over. */
  readonly takeoverSeconds: number;
  /** Throw away jobs of sweeps that are not here. */
  readonly dropMissing: boolean;
  readonly say: Say;
}

/** How many jobs ended in which way. */
export interface WorkerReport {
  done: number;
  checkpointed: number;
  failed: number;
  /** Another process worked on the trial. */
  busy: number;
  dropped: number;
}

/** The process that the queue starts: `run trial SWEEP_FOLDER TRIAL_HASH --NAME`, with the launcher's name. */
export interface TaskDef {
  /** Looks after the trial's own process. */
  run(sweepFolder: string, job: Job, say: Say): Promise<TrialExit>;
  /** Name of the job that a process is in, for its attempt's record; undefined where it is in none. */
  jobName(environment: NodeJS.ProcessEnv): string | undefined;
}
