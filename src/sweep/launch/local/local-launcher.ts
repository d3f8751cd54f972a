/** The launcher of this machine: each job a child process in one of a fixed number of slots. */
import PQueue from 'p-queue';
import type { Job, Launcher } from '../launcher.ts';
import type { Slot } from '../slots.ts';
import { superviseTrial } from '../supervise.ts';

export function createLocalLauncher(sweepFolder: string, slots: readonly Slot[]): Launcher {
  const queue = new PQueue({ concurrency: slots.length });
  const free = [...slots];
  const stopping = new AbortController();

  async function inSlot(job: Job): Promise<void> {
    const slot = free.shift()!;
    try {
      await superviseTrial(job, { sweepFolder, environment: slot.environment, signal: stopping.signal });
    } finally {
      free.push(slot);
    }
  }

  return {
    capacity: slots.length,
    submit: (jobs) => jobs.map((job) => queue.add(() => inSlot(job))),
    async stop() {
      stopping.abort();
      await queue.onIdle();
    },
    async close() {
      await queue.onIdle();
    },
  };
}
