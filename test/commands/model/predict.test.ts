// `run predict` as a person starts it.
import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { createPredictor } from '../../../src/bundle/predictor.ts';
import { readModel } from '../../../src/bundle/read.ts';
import { decodeImage } from '../../../src/data/decode.ts';
import { ownMark } from '../../../src/machine/process-mark.mjs';
import { writeRecord } from '../../../src/run/record.ts';
import { makeTinyModel, type TinyModel } from '../../bundle/tiny-model.ts';
import { runCommand } from '../../run/command.ts';

const launcher = join(import.meta.dirname, '../../../src/launch.mjs');
const folder = mkdtempSync(join(tmpdir(), 'manyheads-predict-'));
const bad = join(folder, 'bad.jpg');
let tiny: TinyModel;
let environment: Record<string, string>;
let images: string[];

before(async () => {
  tiny = await makeTinyModel();
  const run = dirname(tiny.folder);
  const { plan } = tiny;
  writeRecord(run, {
    ...{
      runId: '20261201-120000-tiny-abcdef',
      name: 'tiny',
      planHash: plan.hash,
      status: 'finished',
      process: ownMark(),
    },
    ...{
      started: '2026-12-01T12:00:00.000Z',
      ended: '2026-12-01T12:01:00.000Z',
      file: plan.locations.file,
      overrides: [],
      loss: 1,
      error: null,
    },
  });
  environment = { MANYHEADS_RUNS: dirname(run) };
  images = tiny.data.imagePaths.map((path) => join(plan.locations.images, path));
  writeFileSync(bad, 'no image at all');
});
after(() => tiny?.engine.dispose());

const predict = (...args: string[]) => runCommand(['predict', ...args], environment, folder);

/** What the model answers in this process. */
async function probabilitiesOf(path: string, flip = false): Promise<Record<string, number[]>> {
  const predictor = await createPredictor(readModel(tiny.folder));
  const { decodedSize, fit } = readModel(tiny.folder).description.input;
  const { heads } = await predictor.predict((await decodeImage(path, decodedSize, fit)) as Uint8Array, {
    flip,
  });
  return Object.fromEntries(
    Object.entries(heads).map(([name, { probabilities }]) => [name, [...probabilities]]),
  );
}

test('run predict - one image by the newest run, CSV where standard output is no terminal', async () => {
  const { code, stdout, stderr } = await predict('latest', images[4]!);
  assert.equal(code, 0, stderr);
  const [row, ...others] = parse(stdout, { columns: true }) as Record<string, string>[];
  assert.equal(others.length, 0);
  const expected = (await probabilitiesOf(images[4]!)).colour!;
  const best = expected.indexOf(Math.max(...expected));
  assert.deepEqual([row!.image, row!.colour, row!.error], [images[4], ['red', 'green', 'blue'][best], '']);
  assert.ok(Math.abs(Number(row!.colour_probability) - expected[best]!) < 1e-6);
});

test('run predict - a damaged image is a line with its error, and exit code 1, or 0 with --skip-bad', async () => {
  const inputs = [images[0]!, bad, images[1]!, images[2]!];
  const { code, stdout, stderr } = await predict('latest', ...inputs, '--json');
  assert.equal(code, 1, stderr);
  assert.match(stderr, /4 images, 1 of them damaged/);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map(({ image, error }) => [image, error]),
    inputs.map((image) => [
      image,
      image === bad
        ? 'not an image, or of a format that is not known; read are JPEG, PNG, WebP, GIF, TIFF and AVIF'
        : null,
    ]),
  );
  const { colour } = await probabilitiesOf(images[2]!);
  Object.values(lines[3].heads.colour.probabilities as Record<string, number>).forEach((p, i) => {
    assert.ok(Math.abs(p - colour![i]!) < 1e-6);
  });
  assert.equal((await predict('latest', ...inputs, '--skip-bad')).code, 0);
});

test('run predict - a table into a file, with the mirrored images, two classes a head, and features', async () => {
  const table = tiny.plan.locations.table;
  const { code, stdout, stderr } = await predict(
    ...['20261201', table, '--output', 'out.csv', '--flip', '--top', '2', '--features', '--batch-size', '16'],
  );
  assert.deepEqual([code, stdout], [0, ''], stderr);
  assert.match(stderr, /Wrote the answers for 40 images to out\.csv/);
  const rows = parse(readFileSync(join(folder, 'out.csv')), { columns: true }) as Record<string, string>[];
  assert.equal(rows.length, 40);
  assert.equal(rows[7]!.image, tiny.data.imagePaths[7]);
  const expected = (await probabilitiesOf(images[7]!, true)).shape!.sort((a, b) => b - a);
  assert.ok(Math.abs(Number(rows[7]!.shape_2_probability) - expected[1]!) < 1e-6);
  const predictor = await createPredictor(readModel(tiny.folder));
  assert.equal(
    Object.keys(rows[0]!).filter((name) => name.startsWith('feature_')).length,
    predictor.featureCount,
  );
});

/** Started with a standard input that stays open. */
function startStream(...args: string[]) {
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [launcher, 'predict', ...args], {
    env: { ...process.env, ...environment },
    cwd: folder,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const code = new Promise<number | null>((resolve) => child.on('close', resolve));
  const lines = async (count: number): Promise<string[]> => {
    for (let tries = 0; tries < 1200; tries++) {
      const whole = stdout.split('\n').slice(0, -1);
      if (whole.length >= count) return whole;
      await sleep(50);
    }
    assert.fail(`${count} lines did not come in a minute: ${stdout}${stderr}`);
  };
  return { child, code, lines, stdout: () => stdout, stderr: () => stderr };
}

test('run predict - paths on standard input are answered as they come', async () => {
  const { child, code, lines } = startStream('latest', '-', '--json');
  for (let i = 0; i < 3; i++) {
    child.stdin.write(`${images[i]}\n`);
    assert.equal(JSON.parse((await lines(i + 1))[i]!).image, images[i]);
  }
  child.stdin.end(`${images[3]}\n${images[4]}`);
  assert.equal(await code, 0);
  assert.equal((await lines(5)).length, 5);
});

test('run predict - a model that answers otherwise than it did ends it at once, though paths may still come', async () => {
  const copy = join(folder, 'changed');
  cpSync(tiny.folder, copy, { recursive: true });
  const file = join(copy, 'model.json');
  const description = JSON.parse(readFileSync(file, 'utf8'));
  description.input.normalization = { mean: [10, 200, 90], std: [9, 80, 30] };
  writeFileSync(file, JSON.stringify(description));
  const { child, code, stdout, stderr } = startStream('changed', '-', '--json');
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${images[0]}\n`);
  assert.equal(await code, 1);
  assert.equal(stdout(), '');
  assert.match(stderr(), /failed: .*changed does not answer as it did when it was written/);
});

test('run predict - Ctrl-C leaves whole lines', async () => {
  const { child, code, lines, stdout } = startStream('latest', '-', '--json');
  child.stdin.on('error', () => undefined);
  let isOver = false;
  const feed = (async () => {
    for (let i = 0; !isOver; i++) {
      child.stdin.write(`${images[i % images.length]}\n`);
      if (i % 50 === 0) await sleep(10);
    }
  })();
  await lines(40);
  child.kill('SIGINT');
  assert.equal(await code, 130);
  isOver = true;
  await feed;
  assert.ok(stdout().endsWith('\n'));
  const written = stdout().trimEnd().split('\n');
  assert.ok(written.length >= 40);
  written.forEach((line, i) => {
    assert.equal(JSON.parse(line).image, images[i % images.length]);
  });
});

test('run predict - what is wrong with the arguments is said at once, with exit code 2', async () => {
  const wrong: [string[], RegExp][] = [
    [['latest', images[0]!, '--json', '--output', 'a.jsonl'], /--json is for standard output/],
    [['latest', images[0]!, '--output', 'a.xlsx'], /--output: expected a file that ends in \.csv/],
    [['latest', images[0]!, '--top', 'all'], /--top: expected a whole number, at least 1, got "all"/],
    [['latest', 'none.jpg'], /expected an image, a folder or a table, found nothing at none\.jpg/],
    [['newest', images[0]!], /there is no run, no sweep and no model "newest"/],
  ];
  for (const [args, message] of wrong) {
    const { code, stdout, stderr } = await predict(...args);
    assert.deepEqual([code, stdout], [2, ''], stderr);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /oneDNN/, 'TensorFlow was loaded');
  }
  assert.ok(!existsSync(join(folder, 'a.jsonl')));
});

test('run predict - a model that is not whole is one error, with exit code 2', async () => {
  const copy = join(folder, 'broken');
  mkdirSync(copy);
  copyFileSync(join(tiny.folder, 'model.json'), join(copy, 'model.json'));
  const { code, stderr } = await predict('broken', images[0]!);
  assert.equal(code, 2);
  assert.match(stderr, /broken\/weights\.safetensors can't be read \(ENOENT\)\n {2}Copy the folder again/);
});
