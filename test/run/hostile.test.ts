// A run whose heads, classes, columns and stages have the names of what every object inherits, or escapes of a terminal.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { type Finished, runCommand } from './command.ts';
import { CLASSES, CLEAR_SCREEN, makeHostile } from './hostile.ts';

const runs = mkdtempSync(join(tmpdir(), 'manyheads-runs-'));
let made: Awaited<ReturnType<typeof makeHostile>>;
let run: Finished;

const inRun = (...path: string[]): string => join(runs, readdirSync(runs)[0]!, ...path);

before(async () => {
  made = await makeHostile('{ uri: "http://127.0.0.1:9" }');
  run = await runCommand([made.experiment], { MANYHEADS_RUNS: runs });
});

test('run - classes and heads named as what objects inherit train to their end, with results and pictures', () => {
  assert.equal(run.code, 0, run.stderr);
  const { metrics } = JSON.parse(readFileSync(inRun('result.json'), 'utf8'));
  assert.deepEqual(Object.keys(metrics.heads), ['constructor', 'toString']);
  assert.ok(Number.isFinite(metrics.loss));
  const pictures = ['confusion_constructor', 'confusion_toString', 'curves_constructor', 'curves_toString'];
  for (const picture of pictures) assert.ok(existsSync(inRun('pictures', `${picture}.png`)), picture);
  assert.doesNotMatch(run.stderr, /could not be drawn/);
});

test('run - weights by class go to the class of that name alone', () => {
  const plan = JSON.parse(readFileSync(inRun('plan.json'), 'utf8'));
  assert.deepEqual(plan.settings.stages[0].loss.headWeights, { constructor: 0.5, toString: 1 });
  const { heads } = JSON.parse(readFileSync(inRun('model', 'model.json'), 'utf8'));
  assert.deepEqual([...heads[0].classes].sort(), [...CLASSES].sort());
});

test('run, predict - an escape in a class never leaves the program as it is, save in data for other programs', async () => {
  assert.ok(!`${run.stdout}${run.stderr}`.includes(CLEAR_SCREEN));
  const predicted = await runCommand(
    ['predict', inRun('model'), join(made.folder, 'images', '1.png'), '--json'],
    { MANYHEADS_RUNS: runs },
  );
  assert.equal(predicted.code, 0, predicted.stderr);
  const [first] = predicted.stdout.trim().split('\n');
  assert.deepEqual(
    Object.keys(JSON.parse(first!).heads.constructor.probabilities).sort(),
    [...CLASSES].sort(),
  );
});
