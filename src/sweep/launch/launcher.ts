/**
 * What a launcher is: something that runs jobs somewhere. It need not be exact. A job may run twice, at the same time
 * even, or be lost: the ledger says what is done, and whoever drives the sweep asks for a job again until its trial has
 * a result. So a launcher keeps no record of its own beyond what its queue needs.
 *
 * A job is a process, on any machine that sees the sweep's folder:
 *
 *   run trial SWEEP_FOLDER TRIAL_HASH [--epochs N]
 *
 * It takes the trial's lease (or ends with 69 at once), makes the folder of a new attempt, goes on from the newest
 * checkpoint of earlier attempts, trains, publishes the result, and ends with a code of `exitCodes`. It stops with a
 * checkpoint and 75 on SIGTERM, SIGINT and SIGUSR1, after its current step. It ends when its standard input ends
 * (`--with-parent`), so that no trial outlives who started it. It honours CUDA_VISIBLE_DEVICES and, for the threads of
 * an operation and between operations, TF_NUM_INTRAOP_THREADS and TF_NUM_INTEROP_THREADS.
 *
 * `superviseTrial` in supervise.ts starts such a process, enforces the sweep's limits and reads its end; the local
 * launcher and a worker of a queue both use it.
 */

export interface Job {
  /** The trial's hash. */
  readonly trial: string;
  /** Stop with a checkpoint when the trial has so many epochs; null for all of them. */
  readonly epochs: number | null;
}

export interface Launcher {
  /** How many jobs it wants at a time: slots of this machine, or as many as its queue shall hold. */
  readonly capacity: number;
  /**
   * Begins jobs, in this order; a queue that takes many at once gets many.
   * @returns for each the promise that it has ended, in whatever way. It rejects only where the launcher itself cannot
   *   go on (no server, no sbatch): RunError. Where an end was missed, the driver's own look at the ledger finds it
   */
  submit(jobs: readonly Job[]): readonly Promise<void>[];
  /** Takes back what has not begun and asks what runs to stop with a checkpoint; all promises settle. */
  stop(): Promise<void>;
  /** Lets go of connections; jobs of a queue go on. */
  close(): Promise<void>;
}
