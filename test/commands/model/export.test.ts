// `run export` as a person starts it.
import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { FORMATS } from '../../../src/commands/model/export.ts';
import { formatNames } from '../../../src/export/formats.ts';
import { ownMark } from '../../../src/machine/process-mark.mjs';
import { writeRecord } from '../../../src/run/record.ts';
import { makeTinyModel, type TinyModel } from '../../bundle/tiny-model.ts';
import { without } from '../../export/needs.ts';
import { runCommand } from '../../run/command.ts';

const skip = without('onnx');
const folder = mkdtempSync(join(tmpdir(), 'manyheads-export-'));
const id = '20261201-120000-tiny-abcdef';
let tiny: TinyModel;
let run: string;
let environment: Record<string, string>;

before(async () => {
  tiny = await makeTinyModel();
  run = dirname(tiny.folder);
  const { plan } = tiny;
  writeRecord(run, {
    ...{ runId: id, name: 'tiny', planHash: plan.hash, status: 'finished', process: ownMark() },
    ...{ started: '2026-12-01T12:00:00.000Z', ended: '2026-12-01T12:01:00.000Z', loss: 1, error: null },
    ...{ file: plan.locations.file, overrides: [] },
  });
  writeFileSync(join(run, 'plan.json'), JSON.stringify(plan));
  environment = { MANYHEADS_RUNS: dirname(run) };
});
after(() => tiny?.engine.dispose());

const exported = (...args: string[]) => runCommand(['export', ...args], environment, folder);

test('run export - proves on the validation images of the run and writes into its folder', {
  skip,
}, async () => {
  const { code, stdout, stderr } = await exported('latest', '--to', 'onnx', 'onnx', '--json');
  assert.equal(code, 0, stderr);
  const result = JSON.parse(stdout);
  const count = tiny.data.split.validation.length;
  assert.deepEqual(result.images, {
    source: 'validation',
    words: `the run's ${count} validation images`,
    count,
  });
  assert.equal(result.output, join(run, 'export'));
  assert.equal(result.formats.length, 1);
  const [{ format, isGood, largestDifference, folder: at, bytes, wrongClasses }] = result.formats;
  assert.deepEqual([format, isGood, at, wrongClasses], ['onnx', true, join(run, 'export/onnx'), 0]);
  assert.ok(largestDifference > 0 && largestDifference <= 1e-5, `${largestDifference}`);
  assert.deepEqual(readdirSync(join(run, 'export')), ['onnx']);
  assert.deepEqual(readdirSync(at).sort(), ['MODEL_CARD.md', 'labels.json', 'model.onnx', 'predict.py']);
  assert.equal(readFileSync(join(at, 'model.onnx')).length, bytes);
  assert.ok(readFileSync(join(at, 'predict.py'), 'utf8').trimEnd().split('\n').length <= 10);
});

test('run export - a model that was copied elsewhere: on what it keeps, which is said, or on a folder', {
  skip,
}, async () => {
  const copy = join(folder, 'copied');
  cpSync(tiny.folder, copy, { recursive: true });
  const alone = { ...environment, MANYHEADS_RUNS: join(folder, 'no-runs') };
  mkdirSync(alone.MANYHEADS_RUNS);
  const kept = await runCommand(['export', copy, '--to', 'onnx', '--output', 'kept'], alone, folder);
  assert.equal(kept.code, 0, kept.stderr);
  assert.match(
    kept.stderr,
    /The run of this model is not here, so that exports are proved on the \d images that the model's folder keeps\. --images FOLDER names others\./,
  );
  assert.match(kept.stdout, /^Compared with the model on the \d images that the model's folder keeps:/);
  const images = join(tiny.plan.locations.images, 'images');
  const args = ['export', copy, '--to', 'onnx', '--images', images, '--output', 'named', '--json'];
  const named = await runCommand(args, alone, folder);
  assert.equal(named.code, 0, named.stderr);
  assert.doesNotMatch(named.stderr, /not here/);
  const { images: used } = JSON.parse(named.stdout);
  assert.deepEqual([used.source, used.count], ['folder', 40]);
  assert.match(readFileSync(join(folder, 'named/onnx/MODEL_CARD.md'), 'utf8'), /was not at hand/);
});

test('run export - what somebody else put there stays, and no format is guessed', { skip }, async () => {
  const mine = join(folder, 'mine/onnx');
  mkdirSync(mine, { recursive: true });
  writeFileSync(join(mine, 'thesis.txt'), 'years of work');
  const { code, stderr } = await exported('latest', '--to', 'onnx', '--output', 'mine');
  assert.equal(code, 2);
  assert.match(
    stderr,
    /--output: expected nothing or an earlier export at .*mine\/onnx, found something else/,
  );
  assert.ok(existsSync(join(mine, 'thesis.txt')));
  const unknown = await exported('latest', '--to', 'onx', 'jpeg');
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /--to: expected formats of onnx.*, found "onx"\n.*onnx/);
  assert.match(unknown.stderr, /found "jpeg"/);
  const nothing = await exported('latest');
  assert.equal(nothing.code, 2);
  assert.match(nothing.stderr, /--to/);
});

test('run export - its help names every format', () => {
  assert.deepEqual(FORMATS, formatNames);
});

test('run export - figures of an evaluation are those of this run, or an error', { skip }, async () => {
  const estimate = { value: 0.5, low: 0.4, high: 0.625 };
  const figures = Object.fromEntries(
    ['accuracy', 'majorityAccuracy', 'balancedAccuracy', 'macroF1'].map((name) => [name, estimate]),
  );
  const heads = { colour: { rows: 10, figures }, shape: { rows: 9, figures } };
  const file = join(folder, 'evaluation.json');
  writeFileSync(file, JSON.stringify({ model: { runId: id }, part: 'test', heads }));
  const args = ['latest', '--to', 'onnx', '--output', 'figured', '--evaluation', file];
  const { code, stderr } = await exported(...args);
  assert.equal(code, 0, stderr);
  const card = readFileSync(join(folder, 'figured/onnx/MODEL_CARD.md'), 'utf8');
  assert.match(card, /\| colour \| 10 \| 0\.500 \(0\.400 to 0\.625\) \|/);
  writeFileSync(file, JSON.stringify({ model: { runId: 'another' }, part: 'test', heads: { colour: {} } }));
  const wrong = await exported(...args);
  assert.equal(wrong.code, 2);
  assert.match(
    wrong.stderr,
    /model\.runId: .*expected figures of the run 20261201-120000-tiny-abcdef, found those of another/,
  );
  assert.match(wrong.stderr, /heads\.colour\.rows/);
});
