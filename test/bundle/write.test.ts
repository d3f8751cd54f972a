import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { readDescription, readModel } from '../../src/bundle/read.ts';
import { formatDescription, writeDecisions, writeModel } from '../../src/bundle/write.ts';
import { ExperimentError } from '../../src/errors.ts';
import { readWeightsFile } from '../../src/weights/read.ts';
import { copyOf, makeTinyModel, type TinyModel } from './tiny-model.ts';

let tiny: TinyModel;
before(async () => {
  tiny = await makeTinyModel(['dataset.normalize=perImage']);
});
after(() => tiny?.engine.dispose());

test('writeModel - what was read is written again byte for byte, in place of what is there', () => {
  const folder = copyOf(tiny.folder);
  const { description, weights, readProof } = readModel(tiny.folder);
  const other = { ...description, name: 'other' };
  writeModel(folder, { description: other, weights, proof: null });
  assert.deepEqual(readdirSync(folder).sort(), ['model.json', 'weights.safetensors']);
  assert.equal(readModel(folder).description.name, 'other');
  writeModel(folder, { description, weights, proof: readProof() });
  for (const name of ['model.json', 'weights.safetensors', 'proof.safetensors'])
    assert.deepEqual(readFileSync(join(folder, name)), readFileSync(join(tiny.folder, name)), name);
  assert.deepEqual(readdirSync(dirname(folder)), ['model'], 'and nothing of the writing stays');
});

test('writeModel - what is no model is not written, and leaves the folder that is there', () => {
  const folder = copyOf(tiny.folder);
  const { description, weights } = readModel(tiny.folder);
  const nothing = { ...description, heads: [] };
  assert.throws(() => writeModel(folder, { description: nothing, weights, proof: null }), ExperimentError);
  readModel(folder);
  assert.deepEqual(readdirSync(dirname(folder)), ['model']);
});

test('writeModel - its weights are a file that an experiment can start from', () => {
  const { format, tensors } = readWeightsFile(join(tiny.folder, 'weights.safetensors'));
  assert.equal(format, 'safetensors');
  assert.ok(tensors.some(({ targets }) => targets.includes('colour_output/kernel')));
});

test('formatDescription - JSON with a line for each layer', () => {
  const description = readDescription(tiny.folder);
  assert.equal(description.input.normalization, 'perImage');
  const text = formatDescription(description);
  assert.deepEqual(JSON.parse(text), description);
  const lines = text.split('\n');
  for (const { name } of description.network.layers)
    assert.equal(lines.filter((line) => line.startsWith(`      {"name":"${name}",`)).length, 1, name);
});

test('writeDecisions - of the heads that are named; the rest stays', () => {
  const folder = copyOf(tiny.folder);
  const before = readModel(folder);
  const colour = { temperature: 1.7, thresholds: { red: 0.8 }, unknownBelow: 0.4 };
  writeDecisions(folder, { colour });
  const { description, readProof } = readModel(folder);
  assert.deepEqual(description, {
    ...before.description,
    decisions: { ...before.description.decisions, colour },
  });
  assert.ok(readProof() !== null);
  assert.throws(
    () => writeDecisions(folder, { colour: { ...colour, thresholds: { purple: 0.5 } } }),
    /decisions\.colour\.thresholds\.purple: .*expected one of the classes red, green, blue, found "purple"/,
  );
  assert.deepEqual(readModel(folder).description, description);
});
