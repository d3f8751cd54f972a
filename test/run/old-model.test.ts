// A run of version 0.1.0 (fixtures/make-run-0.1.0.mjs) gets its model from its checkpoint.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { createPredictor } from '../../src/bundle/predictor.ts';
import { readModel } from '../../src/bundle/read.ts';
import { decodeImage } from '../../src/data/decode.ts';
import { ExperimentError, RunError } from '../../src/errors.ts';
import { modelOfRun } from '../../src/run/old-model.ts';
import { largestDifference } from '../bundle/tiny-model.ts';
import { makeTiny, type Tiny } from './tiny.ts';

let tiny: Tiny;
before(async () => {
  tiny = await makeTiny();
});

/** The run's folder, with the data in this place. */
function oldRun(data: string, change: (folder: string) => void = () => undefined): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'manyheads-old-')), '20261130-135837-tiny-32ccc0');
  cpSync(join(import.meta.dirname, 'fixtures/run-0.1.0'), folder, { recursive: true });
  edit(folder, 'plan.json', (text) => text.replaceAll('/data/tiny', data));
  change(folder);
  return folder;
}

function edit(folder: string, name: string, change: (text: string) => string): void {
  writeFileSync(join(folder, name), change(readFileSync(join(folder, name), 'utf8')));
}

function notes(): { said: string[]; notify: (message: string) => void } {
  const said: string[] = [];
  return { said, notify: (message) => void said.push(message) };
}

test('modelOfRun - answers to every validation row what version 0.1.0 answered', async () => {
  const run = oldRun(tiny.folder);
  const { said, notify } = notes();
  const folder = await modelOfRun(run, { notify });
  assert.deepEqual(said, ['Writing the model of 20261130-135837-tiny-32ccc0 from its checkpoint.']);
  const model = readModel(folder);
  const { run: from, proof, input } = model.description;
  assert.equal(from.id, '20261130-135837-tiny-32ccc0');
  assert.equal(from.dataDigest?.length, 64);
  assert.deepEqual([proof?.by, proof?.images.length], ['model', 8]);
  const { rows, probabilities } = JSON.parse(readFileSync(join(run, 'expected.json'), 'utf8')) as {
    rows: number[];
    probabilities: Record<string, number[]>;
  };
  const images = await Promise.all(
    rows.map((row) => decodeImage(join(tiny.folder, `images/${row}.png`), input.decodedSize, input.fit)),
  );
  const predictor = await createPredictor(model);
  const { heads } = await predictor.predict(Uint8Array.from(Buffer.concat(images as Uint8Array[])));
  for (const [head, expected] of Object.entries(probabilities)) {
    const off = largestDifference(heads[head]!.probabilities, expected);
    assert.ok(off < 1e-6, `${head} is off by ${off}`);
  }
});

test('modelOfRun - a model that is there is left as it is', async () => {
  const run = oldRun(tiny.folder);
  await modelOfRun(run, notes());
  rmSync(join(run, 'checkpoint'), { recursive: true });
  const { said, notify } = notes();
  readModel(await modelOfRun(run, { notify }));
  assert.deepEqual(said, []);
});

test('modelOfRun - without the data there is a model without a proof', async () => {
  const { said, notify } = notes();
  const folder = await modelOfRun(oldRun('/nowhere'), { notify });
  assert.equal(readModel(folder).description.proof, null);
  assert.match(said[1]!, /^The model is written without a proof: no validation image is at hand \(/);
});

const withoutStatistics = (folder: string): void => rmSync(join(folder, 'metrics.jsonl'));

test('modelOfRun - mean and deviation are measured again where the spool is gone', async () => {
  const known = readModel(await modelOfRun(oldRun(tiny.folder), notes())).description;
  const { said, notify } = notes();
  const measured = readModel(
    await modelOfRun(oldRun(tiny.folder, withoutStatistics), { notify }),
  ).description;
  assert.deepEqual(measured.input.normalization, known.input.normalization);
  assert.equal(measured.run.dataDigest, null);
  assert.match(said[1]!, /does not say what its images were normalised by; measuring them again/);
});

test('modelOfRun - without spool and data it says what is needed', async () => {
  await assert.rejects(
    modelOfRun(oldRun('/nowhere', withoutStatistics), notes()),
    (error) =>
      error instanceof RunError &&
      /mean and deviation of the training images are needed, and \/nowhere\/table\.csv with \/nowhere can't be read/.test(
        error.message,
      ),
  );
});

test('modelOfRun - weights that are not those of the result, and a run that was stopped', async () => {
  const other = oldRun(tiny.folder, (folder) =>
    edit(folder, 'result.json', (text) => text.replace(/"weightsHash": "../, '"weightsHash": "00')),
  );
  await assert.rejects(
    modelOfRun(other, notes()),
    /does not hold the weights that 20261130-135837-tiny-32ccc0 ended with/,
  );
  assert.ok(!existsSync(join(other, 'model')));
  const stopped = oldRun(tiny.folder, (folder) => {
    edit(folder, 'run.json', (text) => text.replace('"finished"', '"interrupted"'));
    rmSync(join(folder, 'result.json'));
  });
  await assert.rejects(
    modelOfRun(stopped, notes()),
    (error) =>
      error instanceof ExperimentError &&
      /the run 20261130-135837-tiny-32ccc0 has no model: it is interrupted/.test(error.message),
  );
});
