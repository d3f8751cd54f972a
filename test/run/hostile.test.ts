// A run whose heads, classes, columns and stages have the names of what every object inherits, or escapes of a terminal;
// and whose file and arguments hold passwords.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Finished, runCommand, startCommand } from './command.ts';
import { CLASSES, CLEAR_SCREEN, makeHostile } from './hostile.ts';

const runs = mkdtempSync(join(tmpdir(), 'manyheads-runs-'));
let made: Awaited<ReturnType<typeof makeHostile>>;
let run: Finished;

const TYPED = 'me:canary-typed-4711';
const secrets = { CANARY: 'canary-0815', TOLD: 'canary-told' };
const CANARIES = ['canary-0815', 'canary-told', 'canary-typed', 'someone'];
let commandLine = '';

const inRun = (...path: string[]): string => join(runs, readdirSync(runs)[0]!, ...path);

before(async () => {
  made = await makeHostile(`{ uri: "http://someone:\${env:CANARY}@127.0.0.1:9" }`);
  const started = startCommand([made.experiment, `description=\${env:TOLD} at ftp://${TYPED}@host/x`], {
    ...secrets,
    MANYHEADS_RUNS: runs,
  });
  const listed = (): string => readFileSync(`/proc/${started.child.pid}/cmdline`, 'latin1');
  for (let i = 0; i < 200 && listed().includes(TYPED); i++) await sleep(50);
  commandLine = listed();
  run = await started.finished;
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

/** Files below a folder that hold one of the texts. */
function filesWith(texts: readonly string[], folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => {
      const bytes = readFileSync(file);
      return texts.some((text) => bytes.includes(text));
    });
}

test('run - values of variables and users of addresses are in nothing that a run prints, keeps or sends', () => {
  // The variable's own place in the copy of the file says nothing of its value.
  const texts = CANARIES.filter((text) => text !== 'someone');
  // Nor is this test's own text, where it was changed and not committed.
  const copies = ['experiment', 'uncommitted.diff'].map((name) => inRun(name));
  assert.deepEqual(
    filesWith(texts, runs).filter((file) => file !== copies[1]),
    [],
  );
  assert.deepEqual(
    filesWith(['someone'], runs).filter((file) => !copies.some((copy) => file.startsWith(copy))),
    [],
  );
  for (const text of CANARIES) assert.ok(!`${run.stdout}${run.stderr}`.includes(text), text);
  assert.match(readFileSync(inRun('plan.json'), 'utf8'), /http:\/\/•••@127\.0\.0\.1:9/);
  const { overrides } = JSON.parse(readFileSync(inRun('run.json'), 'utf8'));
  assert.deepEqual(overrides, [`description=\${env:TOLD} at ftp://•••@host/x`]);
  assert.match(readFileSync(inRun('results.md'), 'utf8'), /••• at ftp:\/\/•••@host/);
});

test('run - a password among the arguments is not in the list of processes', () => {
  assert.notEqual(commandLine, '');
  assert.ok(!commandLine.includes(TYPED), commandLine);
});

test('plan, validate - what came from a variable is •••, also where it is wrong', async () => {
  const plan = await runCommand(['plan', made.experiment, '--values'], secrets);
  assert.equal(plan.code, 0, plan.stderr);
  assert.match(plan.stdout, /http:\/\/•••@127/);
  const wrong = await runCommand(
    ['plan', made.experiment, `seed=\${env:CANARY}`, `tracking.mlflow.uri=gopher://${TYPED}@host`],
    secrets,
  );
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /seed: expected a whole number.*got "•••" \(string\)/);
  for (const text of CANARIES)
    assert.ok(![plan.stdout, plan.stderr, wrong.stdout, wrong.stderr].join().includes(text), text);
});

test('run - a class that is HTML is text in the description', () => {
  const results = readFileSync(inRun('results.md'), 'utf8');
  assert.ok(results.includes('&lt;img src=x onerror=alert(1)&gt;'));
  assert.doesNotMatch(results, /<img|\p{Cc}\[2J/u);
});
