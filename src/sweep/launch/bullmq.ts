/** `bullmq`: a queue in Redis, and workers that empty it. */
import type { LauncherDef } from './launcher-def.ts';

export const bullmq: LauncherDef<'queue'> = {
  where: 'by workers on any machines',
  options: {
    queue: {
      value: 'url',
      help: 'redis[s]://user:password@host:port/db; without it MANYHEADS_QUEUE',
      // A variable in the place of the password tells nobody anything.
      shown: (url) => url.replace(/^(\w+:\/\/[^:@/]*):(?!\$\{env:).*@/, '$1:…@'),
    },
  },
  insteadOfPerGpu: 'Each worker says it for its machine: run worker --per-gpu 2.',
  async open({ queue }, { parallel }, say) {
    const { openQueue } = await import('./bullmq/bullmq-launcher.ts');
    const { trialsInQueue } = await import('./in-queue.ts');
    const open = await openQueue(queue, say);
    return (folder) => {
      const atATime = trialsInQueue(folder, 'bullmq', parallel);
      return { launcher: open(folder, atATime), parallel: atATime };
    };
  },
  worker: {
    async open({ queue }, say) {
      const { queueAddress } = await import('./bullmq/url.ts');
      const { connectQueue, OPEN_PASSWORD } = await import('./bullmq/connection.ts');
      const { runWorker } = await import('./bullmq/worker.ts');
      const address = queueAddress(queue);
      if (address.isPasswordOpen) say(OPEN_PASSWORD);
      const client = await connectQueue(address, say);
      return { shown: address.shown, run: (options) => runWorker(client, options) };
    },
  },
  task: null,
};
