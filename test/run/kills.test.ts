/**
 * A run that is killed with -9 again and again, wherever it is, ends with the weights that it would have had; and a run of
 * many epochs holds no more memory and no more open files at its end than at its beginning.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunOutcome } from '../../src/run/outcome.ts';
import { readHistory } from '../../src/train/history.ts';
import { startCommand } from './command.ts';
import { runHere } from './here.ts';
import { makeTiny, type Tiny } from './tiny.ts';

const KILLS = Number(process.env.TEST_RUN_KILLS ?? 5);
const EPOCHS = Number(process.env.TEST_EPOCHS ?? 0);
const scratch = mkdtempSync(join(tmpdir(), 'manyheads-kills-'));
const caches = join(scratch, 'cache');
let tiny: Tiny;

before(async () => {
  process.env.MANYHEADS_CACHE = caches;
  delete process.env.MLFLOW_TRACKING_URI;
  tiny = await makeTiny(30);
});
after(() => rmSync(scratch, { recursive: true }));

const newRuns = (): string => mkdtempSync(join(scratch, 'runs-'));

test(`run FILE - killed ${KILLS} times at random moments, then --resume: same weights as without`, async (t) => {
  // So many that it is never at its end before the last of them.
  const overrides = [`stages[small].epochs=${6 * KILLS}`, 'stages[heads].epochs=2'];
  process.env.MANYHEADS_RUNS = newRuns();
  const whole = await runHere(tiny.experiment, { overrides });
  const runs = newRuns();
  const environment = { MANYHEADS_RUNS: runs, MANYHEADS_CACHE: caches };
  const words = [tiny.experiment, ...overrides, 'execution.checkpointEvery=1e-9'];
  const moments: string[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const hasBegun = readdirSync(runs).some((name) => readdirSync(join(runs, name)).includes('run.json'));
    const { child, stderr, finished } = startCommand(
      [...words, ...(hasBegun ? ['--resume'] : [])],
      environment,
    );
    // Every third while it starts, the others up to some epochs after its first one.
    const inEpochs = kill % 3 > 0;
    while (inEpochs && child.exitCode === null && !/epoch +\d/.test(stderr())) await sleep(20);
    const wait = Math.random() * (inEpochs ? 400 : 4000);
    await sleep(wait);
    child.kill('SIGKILL');
    const { code } = await finished;
    moments.push(`${inEpochs ? 'after an epoch' : 'at the start'} + ${wait.toFixed(0)} ms`);
    if (code !== null) assert.equal(code, 0, `${moments.at(-1)}: ${stderr()}`);
    if (code === 0) break;
  }
  t.diagnostic(`killed: ${moments.join(', ')}`);
  const { code, stdout, stderr } = await startCommand([...words, '--resume', '--json'], environment).finished;
  const [runId] = readdirSync(runs).sort().slice(-1);
  if (code === 2) assert.match(stderr, /is finished/);
  else assert.equal((JSON.parse(stdout) as RunOutcome).weightsHash, whole.weightsHash, moments.join(', '));
  const folder = join(runs, runId!);
  assert.deepEqual(
    readHistory(folder).map(({ runEpoch }) => runEpoch),
    Array.from({ length: 6 * KILLS + 2 }, (_, i) => i + 1),
  );
  const left = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  assert.deepEqual(
    left.filter((name) => /\.part$|damaged|reserve|program/.test(name)),
    [],
  );
});

const skip = EPOCHS === 0 && 'it takes minutes: npm run test:full, or TEST_EPOCHS=2000';
test(`run FILE - of ${EPOCHS} epochs: as many open files and as much memory as after the first hundred`, {
  skip,
}, async (t) => {
  process.env.MANYHEADS_RUNS = newRuns();
  const early = Math.min(100, Math.floor(EPOCHS / 4));
  const open = (): number => readdirSync('/proc/self/fd').length;
  const figures: { epoch: number; files: number; megabytes: number }[] = [];
  await runHere(tiny.experiment, {
    overrides: [`stages[small].epochs=${EPOCHS}`, 'stages[small].stepsPerEpoch=1', 'stages[heads].epochs=1'],
    onEvent(event) {
      if (event.type !== 'epoch' || event.report.stage !== 0) return;
      const { epoch } = event.report;
      if (epoch === early || epoch % early === 0 || epoch === EPOCHS)
        figures.push({ epoch, files: open(), megabytes: process.memoryUsage.rss() / 1e6 });
    },
  });
  t.diagnostic(
    figures
      .map(({ epoch, files, megabytes }) => `${epoch}: ${files} files, ${megabytes.toFixed(0)} MB`)
      .join('; '),
  );
  const [first] = figures;
  const last = figures.at(-1)!;
  assert.ok(last.files <= first!.files, `${first!.files} files open, then ${last.files}`);
  assert.ok(last.megabytes <= 1.05 * first!.megabytes, `${first!.megabytes} MB, then ${last.megabytes} MB`);
});
