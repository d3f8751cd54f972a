// What is decided while a sweep runs, which trials tpe chooses and who trains a stage that trials share, through the two
// queues: each trial ends as it does on this machine alone.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readSuggestions } from '../../../src/sweep/ledger/suggestions.ts';
import { runCommand, type Started, startCommand } from '../../run/command.ts';
import { makeTiny, type Tiny } from '../../run/tiny.ts';
import { history } from '../halving.ts';
import { createRedis, type RedisServer, withoutRedis } from '../launch/bullmq/redis-server.ts';
import { type PrivateSlurm, startSlurm, whyNoSlurm } from '../launch/slurm/private-slurm.ts';
import { assertOneResult, newRuns, reportOf, sweepFolder, writeSweep } from '../real-sweep.ts';
import { smallest } from '../smallest.ts';

const CPUS = availableParallelism();
const search = `axes: { optimizer.learningRate: { distribution: logUniform, from: 1e-4, to: 1e-1 } }
strategy: { name: tpe, startupTrials: 2 }
budget: { trials: 3 }
`;
const shared = `base: tiny.yaml
values:
  ${smallest}
  "stages[small].epochs": 1
  "stages[heads].epochs": 1
axes: { "stages[heads].optimizer.learningRate": [0.01, 0.02] }
`;

let tiny: Tiny;
before(async () => {
  tiny = await makeTiny(30);
  writeSweep(tiny, 'search', search, 1);
  writeFileSync(join(tiny.folder, 'shared.yaml'), `name: shared\n${shared}`);
});

const local = new Map<string, Promise<unknown>>();
/** On this machine, once, with as many threads a trial as the queues give it: sums in another order end in other weights. */
function locally(name: string, parallel: number): Promise<unknown> {
  const before = local.get(name);
  if (before !== undefined) return before;
  const call = ['sweep', join(tiny.folder, `${name}.yaml`), '--json', '--parallel', String(parallel)];
  const run = runCommand(call, { MANYHEADS_RUNS: newRuns() }).then((finished) =>
    decided(reportOf(finished).trials),
  );
  local.set(name, run);
  return run;
}

const decided = (trials: ReturnType<typeof reportOf>['trials']) =>
  trials.map(({ label, status, metric, weightsHash }) => ({ label, status, metric, weightsHash }));

interface Way {
  /** What `run sweep` is told beyond the file, for trials of so many at a time. */
  call(parallel: number, runs: string): string[];
  environment(): Record<string, string>;
}

function sameAsHere(launcher: string, { call, environment }: Way): void {
  const sweep = (name: string, words: string[], runs: string) =>
    runCommand(['sweep', join(tiny.folder, `${name}.yaml`), '--json', '--launcher', launcher, ...words], {
      ...environment(),
      MANYHEADS_RUNS: runs,
    });

  test('run sweep - tpe: refused without --parallel; with it, each trial follows from the results before it', async () => {
    const runs = newRuns();
    const refused = await sweep('search', [], runs);
    assert.equal(refused.code, 2, refused.stderr);
    assert.match(refused.stderr, /would submit all trials at once, and the strategy tpe chooses trials/);
    const report = reportOf(await sweep('search', call(1, runs), runs));
    assert.deepEqual(decided(report.trials), await locally('search', 1));
    assert.deepEqual(
      readSuggestions(join(runs, report.directory)).map((one) => [one.number, one.isEstimated, one.pending]),
      [[2, true, []]],
    );
  });

  test('run sweep - a stage that trials share: one job trains it, the other begins when it has', async () => {
    const runs = newRuns();
    const report = reportOf(await sweep('shared', call(CPUS, runs), runs));
    assert.deepEqual(decided(report.trials), await locally('shared', CPUS));
    const folder = sweepFolder(runs, 'shared');
    assertOneResult(folder);
    assert.ok(!existsSync(join(folder, 'prefixes')), 'no trial needs it any more');
    const rows = report.trials.flatMap(({ directory }) => history(join(runs, directory!)));
    assert.deepEqual(
      rows.filter(({ carriedFrom }) => carriedFrom === undefined).map(({ stageName }) => stageName),
      ['small', 'heads', 'heads'],
    );
  });
}

describe('through queues', { concurrency: true }, () => {
  describe('--launcher bullmq', { skip: withoutRedis ?? false, concurrency: 1 }, () => {
    let server: RedisServer;
    const environment = (): Record<string, string> => ({
      MANYHEADS_QUEUE: `redis://127.0.0.1:${server.port}`,
    });
    before(async () => {
      server = await createRedis();
      await server.start();
    });
    after(async () => {
      // First, as it would wait for a server that is away.
      worker?.child.kill('SIGKILL');
      await worker?.finished;
      await server?.remove();
    });
    let worker: Started | undefined;
    sameAsHere('bullmq', {
      call(parallel, runs) {
        // A worker takes sweeps of its own folder of runs alone. As many slots as trials at a time, so that each trial has its threads.
        worker?.child.kill('SIGTERM');
        worker = startCommand(['worker', '--parallel', String(parallel)], {
          ...environment(),
          MANYHEADS_RUNS: runs,
        });
        return ['--parallel', String(parallel)];
      },
      environment,
    });
  });

  describe('--launcher slurm', { skip: whyNoSlurm(), concurrency: 1 }, () => {
    let slurm: PrivateSlurm;
    before(async () => {
      slurm = await startSlurm({ maxArraySize: 10 });
    });
    after(() => slurm?.stop());
    sameAsHere('slurm', {
      call(parallel) {
        const cpus = Math.max(1, Math.floor(CPUS / parallel));
        return ['--parallel', String(parallel), '--sbatch', `--cpus-per-task=${cpus}`];
      },
      environment: () => ({ ...slurm.environment }),
    });
  });
});
