/**
 * One sweep by local, bullmq and slurm, each in a folder of its own: trial by trial the same weights and the same metric.
 *
 *   node --import tsx test/bench/three-launchers.ts [trials, all by default] [at a time, 2 by default]
 *
 * Starts a Redis and a Slurm of its own (Debian's redis-server, slurmctld, slurmd, slurm-client, munge; as root). Ends
 * with 1 where a trial differs or has no result.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SweepReport } from '../../src/sweep/drive/watch.ts';
import { slotsOf, thisMachine } from '../../src/sweep/launch/slots.ts';
import { createRedis, withoutRedis } from '../sweep/launch/bullmq/redis-server.ts';
import { startSlurm, whyNoSlurm } from '../sweep/launch/slurm/private-slurm.ts';
import { newRuns } from '../sweep/real-sweep.ts';

const FILE = join(import.meta.dirname, '../../experiments/sweeps/article_improvements.yaml');
const LAUNCHER = join(import.meta.dirname, '../../src/launch.mjs');
/** On processors, so that the three have the same hardware whatever a cluster would choose. */
const CPU = { CUDA_VISIBLE_DEVICES: '' };

interface Outcome {
  readonly report: SweepReport;
  /** By the clock. */
  readonly seconds: number;
}

const missing = withoutRedis ?? (whyNoSlurm() || undefined);
if (missing !== undefined) throw new Error(missing);
const trials = process.argv[2] === undefined ? undefined : Number(process.argv[2]);
const parallel = Number(process.argv[3] ?? 2);
// Each seed is a trial, so an odd number becomes the even one below it.
const reduced = trials === undefined ? [] : ['strategy.name=random', `budget.trials=${trials}`];
const machine = thisMachine(CPU);
const [slot] = slotsOf(machine, { parallel, trialBytes: 1 });
const threads = slot!.environment.TF_NUM_INTRAOP_THREADS!;

const local = await sweepBy('local', {}, '--parallel', `${parallel}`);
const bullmq = await byQueue();
const slurm = await byCluster();

const all = { local, bullmq, slurm };
const differing = local.report.trials.flatMap(({ label }, i) => {
  const ends = Object.values(all).map(({ report }) => report.trials[i]!);
  const isSame = ends.every(
    ({ hash, weightsHash, metric }) =>
      weightsHash !== null &&
      hash === ends[0]!.hash &&
      weightsHash === ends[0]!.weightsHash &&
      metric === ends[0]!.metric,
  );
  return isSame ? [] : [{ label, weights: ends.map(({ weightsHash }) => weightsHash) }];
});
console.log(
  JSON.stringify({
    trials: local.report.trials.length,
    same: local.report.trials.length - differing.length,
    differing,
    parallel,
    threads: Number(threads),
    seconds: Object.fromEntries(Object.entries(all).map(([name, { seconds }]) => [name, seconds])),
  }),
);
if (differing.length > 0) process.exitCode = 1;

async function byQueue(): Promise<Outcome> {
  const redis = await createRedis();
  try {
    await redis.start();
    const queue = { MANYHEADS_QUEUE: `redis://127.0.0.1:${redis.port}` };
    // It outlives a driver that is slow to begin, and ends by itself.
    const worker = run(['worker', '--parallel', `${parallel}`, '--idle-exit', '60'], queue);
    const outcome = await sweepBy('bullmq', queue);
    worker.child.kill('SIGTERM');
    await worker.ended;
    return outcome;
  } finally {
    await redis.remove();
  }
}

async function byCluster(): Promise<Outcome> {
  const cluster = await startSlurm({ maxArraySize: 1001, cpus: machine.processors });
  try {
    const words = ['--parallel', `${parallel}`, '--sbatch', `--cpus-per-task=${threads}`];
    return await sweepBy('slurm', cluster.environment, ...words);
  } finally {
    await cluster.stop();
  }
}

async function sweepBy(
  launcher: keyof typeof all,
  environment: Readonly<Record<string, string>>,
  ...options: readonly string[]
): Promise<Outcome> {
  console.error(`\n${launcher}: ${parallel} trials at a time, ${threads} threads each`);
  const runs = newRuns();
  const started = performance.now();
  const words = ['sweep', FILE, ...reduced, '--json', '--launcher', launcher, ...options];
  const { code, stdout } = await run(words, { ...environment, MANYHEADS_RUNS: runs }).ended;
  assert.equal(code, 0, `the sweep by ${launcher}, in ${runs}`);
  rmSync(runs, { recursive: true });
  return { report: JSON.parse(stdout) as SweepReport, seconds: (performance.now() - started) / 1000 };
}

function run(words: readonly string[], environment: Readonly<Record<string, string>>) {
  const { MLFLOW_TRACKING_URI: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [LAUNCHER, ...words], {
    env: { ...inherited, ...CPU, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  const ended = new Promise<{ code: number | null; stdout: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout }));
  });
  return { child, ended };
}
