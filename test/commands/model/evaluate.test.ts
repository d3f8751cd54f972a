// `run evaluate`, as a person types it, on a run that sets rows aside for testing.
import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readDescription } from '../../../src/bundle/read.ts';
import type { Evaluation } from '../../../src/evaluate/evaluate.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import type { RunOutcome } from '../../../src/run/outcome.ts';
import { readTable } from '../../../src/table/read.ts';
import { splitTable } from '../../../src/table/split.ts';
import { type Finished, runCommand } from '../../run/command.ts';
import { makeTiny, type Tiny } from '../../run/tiny.ts';

let tiny: Tiny;
let trained: RunOutcome;
let model: string;
/** Names of the images of the test part. */
let tested: ReadonlySet<string>;
const runs = mkdtempSync(join(tmpdir(), 'manyheads-runs-'));
const run = (...args: string[]): Promise<Finished> => runCommand(args, { MANYHEADS_RUNS: runs });

before(async () => {
  tiny = await makeTiny(120, { epochs: '2' });
  const ordinal = 'dataset.attributes.shape={ordinal: true, classes: [disc, square, stripes]}';
  const { code, stdout, stderr } = await run(
    tiny.experiment,
    'dataset.split.test=0.25',
    // With even batches this network answers one class only, and no interval can be told.
    'lastBatch=short',
    ordinal,
    'loss.heads={shape: {type: ordinal}}',
    '--json',
  );
  assert.equal(code, 0, stderr);
  trained = JSON.parse(stdout) as RunOutcome;
  model = join(runs, trained.runId, 'model');
  tested = new Set(testImages());
});
after(() => {
  rmSync(tiny.folder, { recursive: true });
  rmSync(runs, { recursive: true });
});

async function evaluated(...args: string[]): Promise<Evaluation> {
  const { code, stdout, stderr } = await run('evaluate', ...args, '--json');
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Evaluation;
}

test('run evaluate --part validation - has the scores that the run ended with', async () => {
  const { heads, part, rows, unit, groupBy } = await evaluated('latest', '--part', 'validation');
  assert.deepEqual([part, rows, unit, groupBy], ['validation', 30, 'groups', 'sender']);
  for (const [name, head] of Object.entries(trained.metrics!.heads)) {
    const { figures, auc, calibrationError, meanAbsoluteError, confusion } = heads[name]!;
    for (const key of ['accuracy', 'balancedAccuracy', 'macroF1', 'majorityAccuracy'] as const)
      assert.ok(Math.abs(figures[key].value! - head[key]!) < 1e-9, `${name} ${key}`);
    assert.deepEqual(confusion, head.confusion);
    for (const [one, other] of [
      [auc, head.auc],
      [calibrationError, head.calibrationError],
      [meanAbsoluteError ?? 0, head.meanAbsoluteError ?? 0],
    ] as const)
      assert.ok(Math.abs(one! - other!) < 1e-5, name);
  }
});

test('run evaluate - the test part, intervals, slices by two columns, pictures; the same each time', async () => {
  const folder = join(tiny.folder, 'out');
  const args = ['latest', '--by', 'colour', '--by', 'sender', '--output', folder];
  const first = await evaluated(...args);
  assert.deepEqual(await evaluated(...args), first);
  assert.deepEqual([first.part, first.rows, first.skipped, first.notes], ['test', 30, [], []]);
  const { value, low, high } = first.heads.colour!.figures.accuracy;
  assert.ok(low! <= value! && value! <= high!, `${low} ${value} ${high}`);
  const [byColour, bySender] = first.slices;
  assert.deepEqual(byColour!.values.map((slice) => slice.value).sort(), ['blue', 'green', 'red']);
  // Each sender is a group, so that its rows are drawn.
  assert.ok(bySender!.values.every(({ unit }) => unit === 'rows'));
  assert.equal(
    bySender!.values.reduce((sum, { rows }) => sum + rows, 0),
    30,
  );
  assert.deepEqual(readdirSync(folder).sort(), [
    'confusion_colour.png',
    'confusion_shape.png',
    'coverage_colour.png',
    'coverage_shape.png',
    'evaluation.json',
    'reliability_colour.png',
    'reliability_shape.png',
  ]);
  const { stdout } = await run('evaluate', 'latest', '--by', 'colour');
  assert.match(
    stdout,
    /^The test part of .*table\.csv, 30 rows; 95 % intervals from 2,000 resamples of 5 groups of sender$/m,
  );
  assert.match(stdout, /^colour +rows/m);
});

test('run evaluate - works where the images of training are gone, and says so of a table that has changed', async () => {
  const table = join(tiny.folder, 'table.csv');
  const text = readFileSync(table, 'utf8');
  const before = await evaluated('latest');
  const away = mkdtempSync(join(tmpdir(), 'manyheads-away-'));
  const others = readdirSync(join(tiny.folder, 'images')).filter((file) => !tested.has(file));
  assert.equal(others.length, 90);
  for (const file of others) renameSync(join(tiny.folder, 'images', file), join(away, file));
  assert.deepEqual((await evaluated('latest')).heads, before.heads);
  for (const file of others) renameSync(join(away, file), join(tiny.folder, 'images', file));

  // Another file with the same rows.
  writeFileSync(table, `${text}\n`);
  const changed = await evaluated('latest');
  assert.match(changed.notes.join(), /table\.csv is not as it was when the model was trained/);
  writeFileSync(table, text);
});

/** Files of the test part, as the plan of the run splits its table. */
function testImages(): string[] {
  const plan = JSON.parse(readFileSync(join(runs, trained.runId, 'plan.json'), 'utf8')) as Plan;
  const table = readTable(join(tiny.folder, 'table.csv'), { delimiter: ',' });
  const { test } = splitTable(table, plan.settings.dataset, new Map());
  return [...test].map((row) => table.rows[row]![0]!.replace('images/', ''));
}

test('run evaluate - an image that was replaced after training is told of', async () => {
  const images = readdirSync(join(tiny.folder, 'images')).filter((file) => !tested.has(file));
  const [first, second] = images.map((file) => join(tiny.folder, 'images', file));
  const bytes = readFileSync(first!);
  assert.deepEqual((await evaluated('latest', '--part', 'validation')).notes, []);
  cpSync(second!, first!);
  const { notes } = await evaluated('latest', '--part', 'validation');
  writeFileSync(first!, bytes);
  assert.deepEqual(notes, ['Some images are not as they were when the model was trained.']);
});

test('run evaluate - a model that was copied elsewhere, on a table of its own', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'manyheads-copied-'));
  cpSync(model, join(folder, 'model'), { recursive: true });
  const lost = { MANYHEADS_RUNS: mkdtempSync(join(tmpdir(), 'manyheads-none-')) };
  const without = await runCommand(['evaluate', join(folder, 'model')], lost);
  assert.equal(without.code, 2);
  assert.match(without.stderr, /the run .* is not here.*\n.*--table FILE --images FOLDER/);
  const rows = readFileSync(join(tiny.folder, 'table.csv'), 'utf8').split('\n').slice(0, 41);
  writeFileSync(join(folder, 'few.csv'), `${[...rows, 'images/absent.png,red,disc,1'].join('\n')}\n`);
  const args = [
    'evaluate',
    join(folder, 'model'),
    '--table',
    join(folder, 'few.csv'),
    '--images',
    tiny.folder,
  ];
  const bad = await runCommand(args, lost);
  assert.equal(bad.code, 2);
  assert.match(bad.stderr, /few\.csv:42:1 .*absent\.png: there is no such file\n.*--skip-bad/);
  const { code, stdout, stderr } = await runCommand(
    [...args, '--skip-bad', '--group-by', 'sender', '--json'],
    lost,
  );
  assert.equal(code, 0, stderr);
  const evaluation = JSON.parse(stdout) as Evaluation;
  assert.deepEqual(
    [evaluation.part, evaluation.rows, evaluation.unit, evaluation.units, evaluation.skipped.length],
    [null, 40, 'groups', 20, 1],
  );
  // The majority of the training part came along.
  assert.notEqual(evaluation.heads.colour!.figures.majorityAccuracy.value, null);
});

test('run evaluate --calibrate - decisions are kept in the model, applied, and taken away again', async () => {
  const before = await evaluated('latest');
  const { code, stdout, stderr } = await run(
    'evaluate',
    'latest',
    '--calibrate',
    '--threshold',
    'colour.red=recall:0.9',
    '--unsure',
    'shape=0.4',
  );
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Fitted on the validation part\. Before and after, told by the test part:$/m);
  assert.match(stdout, /^colour +red +recall 0\.9 /m);
  const { decisions } = readDescription(model);
  assert.ok(decisions.colour!.temperature > 0 && decisions.colour!.thresholds.red! > 0);
  assert.deepEqual([decisions.shape!.unknownBelow, decisions.colour!.unknownBelow], [0.4, null]);
  const decided = await evaluated('latest');
  assert.deepEqual(decided.decisions, decisions);
  const lossOf = ({ heads }: Evaluation): number => heads.colour!.figures.logLoss.value!;
  assert.notEqual(lossOf(decided), lossOf(before));
  const shown = await run('evaluate', 'latest');
  assert.match(shown.stdout, /With the decisions of the model:\n {2}colour: .*red from/);

  const image = join(tiny.folder, 'images', [...tested][0]!);
  const predicted = await run('predict', 'latest', image, '--json');
  assert.match(predicted.stderr, /^decisions of the model: colour: temperature [\d.]+, red from [\d.]+$/m);
  const { heads } = JSON.parse(predicted.stdout) as {
    heads: Record<string, { class: string | null; probabilities: number[] }>;
  };
  const isRed = heads.colour!.probabilities[0]! >= decisions.colour!.thresholds.red!;
  assert.equal(heads.colour!.class === 'red', isRed);

  const reset = await run('evaluate', 'latest', '--reset-decisions');
  assert.equal(reset.code, 0, reset.stderr);
  assert.deepEqual((await evaluated('latest')).heads, before.heads);
});

test('run evaluate - options that do not go together, and words that nothing has, before anything is computed', async () => {
  const { code, stderr } = await run(
    'evaluate',
    'latest',
    '--unsure',
    '0.5',
    '--threshold',
    'colour.red=recall:0.9',
  );
  assert.equal(code, 2);
  assert.match(stderr, /--threshold needs --calibrate\n.*--unsure needs --calibrate/);
  const beside = await run('evaluate', 'latest', '--calibrate', '--by', 'colour');
  assert.match(beside.stderr, /--by has no effect beside --calibrate/);
  const unknown = await run('evaluate', 'latest', '--by', 'color');
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /--by: expected a column of .*, found "color"\n +Did you mean "colour"\?/);
  const part = await run('evaluate', 'latest', '--part', 'training');
  assert.equal(part.code, 2);
  assert.ok(existsSync(model));
});
