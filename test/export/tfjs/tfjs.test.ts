/** Graph models of TensorFlow.js as plain TensorFlow.js reads them: on photographs of all shapes, in files of 4 MB, by the snippet. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { labelsOf } from '../../../src/export/labels.ts';
import { prove } from '../../../src/export/prove.ts';
import { attribute, createPlainGraph } from '../../../src/export/savedmodel/graph.ts';
import { SHARD_BYTES, tfjsFiles } from '../../../src/export/tfjs/model-json.ts';
import { tfjs } from '../../../src/export/tfjs/tfjs.ts';
import { runCommand } from '../../../src/machine/command.ts';
import { idle } from '../models.ts';
import { type Photographed, photographed } from '../photographed.ts';

const folder = mkdtempSync(join(tmpdir(), 'manyheads-tfjs-'));
const modules = join(import.meta.dirname, '../../../node_modules');
let made: Photographed;

before(async () => {
  made = await photographed();
  await tfjs.write(made.model, folder);
});

interface ModelJson {
  readonly modelTopology: { readonly node: readonly { readonly op: string; readonly name: string }[] };
  readonly signature: {
    readonly inputs: Readonly<Record<string, { readonly dtype: string; readonly tensorShape: unknown }>>;
    readonly outputs: object;
  };
  readonly userDefinedMetadata: { readonly labels: unknown };
}

test('plain TensorFlow.js - answers as the model on 240 photographs', async () => {
  const opened = await tfjs.open(made.model, folder);
  const proved = await prove(opened, made.model.description, made.images, idle);
  await opened.close();
  assert.equal(proved.images, 240);
  assert.ok(proved.largestDifference <= tfjs.tolerance, `${proved.largestDifference}`);
  assert.equal(proved.wrongClasses, 0);
  assert.ok(proved.otherAnswers <= 1, `${proved.otherAnswers}`);
});

test('model.json - says what goes in and comes out, and what the classes are called', () => {
  const read = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as ModelJson;
  assert.deepEqual(read.signature.inputs.images, {
    name: 'images:0',
    dtype: 'DT_INT32',
    tensorShape: { dim: [{ size: '-1' }, { size: '64' }, { size: '64' }, { size: '3' }] },
  });
  assert.deepEqual(Object.keys(read.signature.outputs), ['garment', 'garment_class', 'age', 'age_class']);
  const { labels } = read.userDefinedMetadata;
  assert.deepEqual(labels, JSON.parse(JSON.stringify(labelsOf(made.model.description))));
});

test('weights - in files of at most 4 MB, which are together as long as they are said to be', () => {
  const graph = createPlainGraph();
  const input = graph.node('Placeholder', [], { dtype: attribute.type('uint8') }, 'images');
  const values = Float32Array.from({ length: 2_300_000 }, (_, i) => i);
  const large = graph.constant(values, [2_300_000], 'large');
  const port = { name: 'large', node: large, dtype: 'float32', shape: [2_300_000] } as const;
  const model = { nodes: graph.nodes, input: { ...port, node: input }, outputs: [port] };
  const { json, shards } = tfjsFiles(model, 'a test', {});
  assert.deepEqual(
    shards.map(([name, { length }]) => [name, length]),
    [
      ['group1-shard1of3.bin', SHARD_BYTES],
      ['group1-shard2of3.bin', SHARD_BYTES],
      ['group1-shard3of3.bin', 9_200_000 - 2 * SHARD_BYTES],
    ],
  );
  assert.deepEqual(Buffer.concat(shards.map(([, bytes]) => bytes)), Buffer.from(values.buffer));
  const [{ paths }] = (json as { weightsManifest: [{ paths: string[] }] }).weightsManifest;
  assert.deepEqual(
    paths,
    shards.map(([name]) => name),
  );
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.bin')) assert.ok(statSync(join(folder, name)).size <= 4 * 2 ** 20);
  }
});

test('a damaged file is one sentence', async () => {
  const other = mkdtempSync(join(tmpdir(), 'manyheads-tfjs-damaged-'));
  await tfjs.write(made.model, other);
  writeFileSync(join(other, 'model.json'), '{');
  await assert.rejects(tfjs.open(made.model, other), /TensorFlow\.js does not read .*model\.json: .*JSON/);
});

test('snippet - at most ten lines, and it runs', async () => {
  const text = tfjs.snippet.text(made.model);
  assert.ok(text.split('\n').length <= 10);
  writeFileSync(join(folder, tfjs.snippet.file), text);
  writeFileSync(join(folder, 'labels.json'), JSON.stringify(labelsOf(made.model.description)));
  symlinkSync(modules, join(folder, 'node_modules'));
  const { code, stdout, stderr } = await runCommand(process.execPath, [tfjs.snippet.file, made.paths[3]!], {
    cwd: folder,
  });
  assert.equal(code, 0, stderr);
  const [, shown] = /^garment (?:class\d|don't know) (\[[^\]]*\])/m.exec(stdout) ?? [];
  const expected = made.images.batches[0]!.probabilities.garment!.subarray(3 * 7, 4 * 7);
  const answered = JSON.parse(shown!) as number[];
  // sharp reads and scales as training does, up to a grey value here and there.
  assert.ok(Math.max(...answered.map((p, k) => Math.abs(p - expected[k]!))) < 0.02, stdout);
});
