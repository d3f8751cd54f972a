// The range test as a person starts it: a curve and a suggestion, and nothing left behind.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import sharp from 'sharp';
import type { LrFindOutcome } from '../../src/run/lr-find.ts';
import { runCommand, startCommand } from './command.ts';
import { makeTiny, type Tiny } from './tiny.ts';

let tiny: Tiny;
before(async () => {
  tiny = await makeTiny();
});

/** Folders of its own for runs and for temporary files, so that what is left in them can be seen. */
function places(): { environment: Record<string, string>; left: () => string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'manyheads-lr-find-test-'));
  const [runs, temporary] = [join(folder, 'runs'), join(folder, 'tmp')];
  mkdirSync(temporary);
  return {
    environment: { MANYHEADS_RUNS: runs, TMPDIR: temporary },
    // What tsx keeps of its own is not ours.
    left: () => [
      ...(existsSync(runs) ? readdirSync(runs) : []),
      ...readdirSync(temporary).filter((name) => name.startsWith('manyheads')),
    ],
  };
}

test('run lr-find - losses at rising rates until they diverge, a suggestion between, a picture, and no run', async () => {
  const { environment, left } = places();
  const plot = join(tiny.folder, 'rates.png');
  const { code, stdout, stderr } = await runCommand(
    ['lr-find', tiny.experiment, '--steps', '60', '--plot', plot, '--json'],
    environment,
  );
  assert.equal(code, 0, stderr);
  const { stage, points, diverged, suggestion, key } = JSON.parse(stdout) as LrFindOutcome;
  assert.deepEqual([stage, key], ['small', 'stages[small].learningRate']);
  assert.equal(points[0]!.learningRate, 1e-7);
  assert.ok(points.every(({ learningRate }, i) => i === 0 || learningRate > points[i - 1]!.learningRate));
  assert.ok(diverged || points.length === 60, String(points.length));
  // Shapes in three colours are learned at rates between these, found by training with them.
  assert.ok(
    suggestion !== null && suggestion.steepest > 1e-4 && suggestion.steepest < 1,
    String(suggestion?.steepest),
  );
  assert.equal((await sharp(plot).metadata()).format, 'png');
  assert.deepEqual(left(), []);
});

test('run lr-find - another stage, with accumulated gradients and a policy, is told apart in text', async () => {
  const { environment, left } = places();
  const { code, stdout, stderr } = await runCommand(
    [
      'lr-find',
      tiny.experiment,
      'stages[heads].optimizer={name: sgd, accumulateGradients: 4}',
      'stages[heads].learningRatePolicy={name: oneCycle}',
      ...['--stage', 'heads', '--steps', '12', '--from', '1e-3', '--to', '1'],
    ],
    environment,
  );
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Loss by learning rate, stage heads\n/);
  assert.match(stdout, /0\.001 +0\.01 +0\.1/);
  assert.match(stdout, /stages\[heads\]\.optimizer\.learningRate=|fell nowhere/);
  assert.deepEqual(left(), []);
});

test('run lr-find - Ctrl-C stops it with nothing left', async () => {
  const { environment, left } = places();
  const started = startCommand(
    ['lr-find', tiny.experiment, '--steps', '100000', '--to', '1e-6'],
    environment,
  );
  await new Promise<void>((resolve) => {
    started.child.stderr!.on('data', () => {
      if (/learning rates of stage small/.test(started.stderr())) resolve();
    });
  });
  started.child.kill('SIGINT');
  const { code, stdout, stderr } = await started.finished;
  assert.equal(code, 130, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, /Stopped; nothing is left behind/);
  assert.deepEqual(left(), []);
});

test('run lr-find - arguments that are wrong are all named', async () => {
  const refused = await runCommand(['lr-find', tiny.experiment, '--from', '-1', '--to', 'x', '--steps', '3']);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /--from: expected a learning rate above 0, got -1/);
  assert.match(refused.stderr, /--to: expected a learning rate above 0, got x/);
  assert.match(refused.stderr, /--steps: expected a whole number of at least 10, got 3/);
  const turned = await runCommand(['lr-find', tiny.experiment, '--from', '1', '--to', '0.1']);
  assert.match(turned.stderr, /--to: expected a learning rate above that of --from, 1, got 0\.1/);
  const stage = await runCommand(['lr-find', tiny.experiment, '--stage', 'head']);
  assert.equal(stage.code, 2);
  assert.match(stage.stderr, /there is no stage "head"[\s\S]*Did you mean "heads"/);
});

test('run plan - draws the schedule into a file, and says why where it cannot', async () => {
  const file = join(tiny.folder, 'schedule.png');
  const policy = 'stages[heads].learningRatePolicy={name: cosine, warmUp: {epochs: 1}}';
  const { code, stdout } = await runCommand([
    'plan',
    tiny.experiment,
    policy,
    '--schedule-plot',
    file,
    '--json',
  ]);
  assert.equal(code, 0);
  const { stages } = JSON.parse(stdout) as {
    stages: { schedule: { steps: number; durations: object; points: unknown[] } }[];
  };
  // 45 training rows in batches of 8 are six steps an epoch.
  assert.deepEqual(
    stages.map(({ schedule }) => [schedule.steps, schedule.durations, schedule.points.length]),
    [
      [18, {}, 2],
      [12, { warmUp: 6 }, 12],
    ],
  );
  assert.equal((await sharp(file).metadata()).format, 'png');
  const absent = await runCommand([
    'plan',
    tiny.experiment,
    'dataset.table=absent.csv',
    'dataset.attributes.shape=[disc, square, stripes]',
    '--schedule-plot',
    file,
  ]);
  assert.equal(absent.code, 2, absent.stdout);
  assert.match(absent.stderr, /--schedule-plot: the steps of an epoch are not known/);
});
