/**
 * Ends this process where a case does not come to its end: nothing in the thread that hangs could. In: the number of the case
 * that is begun. Out: a line that says which it was and how to see it again, and the end by SIGKILL.
 */
import { Worker } from 'node:worker_threads';

/** Of one case: seconds of processor time, and of the clock for one that waits for something. */
const MOST_CPU_SECONDS = 5;
const MOST_SECONDS = 60;

const code = `
const { workerData: { shared, seed, cpu, clock } } = require('node:worker_threads');
const { writeSync } = require('node:fs');
const number = new Int32Array(shared);
let before = { number: -1, cpu: 0, at: 0 };
setInterval(() => {
  const { user, system } = process.cpuUsage();
  const now = { number: Atomics.load(number, 0), cpu: (user + system) / 1e6, at: performance.now() / 1e3 };
  if (now.number !== before.number) before = now;
  else if (now.number >= 0 && (now.cpu - before.cpu > cpu || now.at - before.at > clock)) {
    writeSync(2, 'case ' + now.number + ' does not end: npm run fuzz -- --seed ' + seed + ' --first ' + now.number + ' --count 1\\n');
    process.kill(process.pid, 'SIGKILL');
  }
}, 200);
`;

export interface Watchdog {
  begin(number: number): void;
  stop(): Promise<void>;
}

/** @param cpu seconds of processor time that a case may take */
export function createWatchdog(seed: number, cpu = MOST_CPU_SECONDS): Watchdog {
  const shared = new SharedArrayBuffer(4);
  const number = new Int32Array(shared);
  number[0] = -1;
  const workerData = { shared, seed, cpu, clock: MOST_SECONDS };
  const worker = new Worker(code, { eval: true, workerData, execArgv: [] });
  worker.unref();
  return {
    begin: (case_) => void Atomics.store(number, 0, case_),
    stop: async () => void (await worker.terminate()),
  };
}
