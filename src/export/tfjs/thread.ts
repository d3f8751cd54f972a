/** A file of TensorFlow.js that is run as a browser without a GPU runs it: by its WebAssembly, in a thread. */
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

export interface TfjsThread {
  /** @returns outputs by their names, row by row */
  run(pixels: Uint8Array, shape: readonly number[]): Promise<Record<string, Float32Array | Int32Array>>;
  close(): Promise<void>;
}

/** @param file of the model.json. @throws Error where TensorFlow.js does not read it */
export async function openThread(file: string): Promise<TfjsThread> {
  const worker = new Worker(join(import.meta.dirname, 'thread.mjs'), {
    workerData: { file },
    // No loader of TypeScript, and no search through source maps.
    execArgv: [],
  });
  const answer = async (): Promise<unknown> => {
    const [message] = (await once(worker, 'message')) as [unknown];
    return message;
  };
  await answer();
  return {
    async run(pixels, shape) {
      const answered = answer();
      worker.postMessage({ pixels, shape });
      return (await answered) as Record<string, Float32Array | Int32Array>;
    },
    close: async () => void (await worker.terminate()),
  };
}
