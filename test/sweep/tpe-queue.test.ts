// A sweep by tpe through a queue: it is given no more trials than run at a time, so that each follows from results.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSuggestions } from '../../src/sweep/suggestions.ts';
import type { SweepReport } from '../../src/sweep/watch.ts';
import { runCommand, type Started, startCommand } from '../run/command.ts';
import { makeTiny } from '../run/tiny.ts';
import { newRuns, writeSweep } from './real-sweep.ts';
import { createRedis, withoutRedis } from './redis-server.ts';

test('run sweep --launcher bullmq - tpe: refused without --parallel; with it, workers train what was chosen', {
  skip: withoutRedis ?? false,
}, async (t) => {
  const tiny = await makeTiny(30);
  const server = await createRedis();
  let worker: Started | undefined;
  t.after(async () => {
    // First, as it would wait for a server that is away.
    worker?.child.kill('SIGKILL');
    await worker?.finished;
    await server.remove();
  });
  await server.start();
  const runs = newRuns();
  const environment = { MANYHEADS_RUNS: runs, MANYHEADS_QUEUE: `redis://127.0.0.1:${server.port}` };
  const file = writeSweep(
    tiny,
    'queue',
    `axes: { optimizer.learningRate: { distribution: logUniform, from: 1e-4, to: 1e-1 } }
strategy: { name: tpe, startupTrials: 2 }
budget: { trials: 4 }
`,
    1,
  );
  const call = ['sweep', file, '--launcher', 'bullmq', '--json'];
  const refused = await runCommand(call, environment);
  assert.equal(refused.code, 2, refused.stderr);
  assert.match(
    refused.stderr,
    /would submit all trials at once, and the strategy tpe chooses trials from the results of others/,
  );
  worker = startCommand(['worker'], environment);
  const finished = await runCommand([...call, '--parallel', '1'], environment);
  assert.equal(finished.code, 0, finished.stderr);
  const { status, trials, directory } = JSON.parse(finished.stdout) as SweepReport;
  assert.equal(status, 'finished');
  assert.deepEqual(
    trials.map((trial) => trial.status),
    Array(4).fill('done'),
  );
  assert.deepEqual(
    readSuggestions(join(runs, directory)).map(({ number, isEstimated, pending }) => [
      number,
      isEstimated,
      pending,
    ]),
    [
      [2, true, []],
      [3, true, []],
    ],
  );
});
