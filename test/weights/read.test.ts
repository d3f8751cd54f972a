/** Files that Keras, h5py and PyTorch wrote, read by name; the names of whole networks beside those of their references. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { describeNetwork } from '../../src/model/describe.ts';
import type { ModelSettings } from '../../src/model/settings.ts';
import { forward } from '../../src/network/forward.ts';
import { tf } from '../../src/tensorflow/tf.ts';
import { matchWeights } from '../../src/weights/match.ts';
import { readWeightsFile } from '../../src/weights/read.ts';
import { readSafeTensors } from '../../src/weights/safetensors.ts';
import { WeightsFileError } from '../../src/weights/tensor.ts';
import { fromTorch, transpose } from '../../src/weights/torch-names.ts';
import { densenet121, gapAlone, kerasBackbones, timmBackbones } from '../model/article.ts';
import { contextFor, formulaImages, formulaWeights, largestDifference, noise } from '../network/fixture.ts';

const fixture = (name: string): string => join(import.meta.dirname, 'fixtures', name);
const json = (name: string) =>
  JSON.parse(readFileSync(fixture(name), 'utf8')) as Record<string, { weights: number; digest: string }>;

const smallModel: ModelSettings = {
  ...gapAlone,
  backbone: { ...densenet121, name: 'densenet', blocks: [1, 1], growthRate: 4, initialFilters: 8 },
  tower: [
    { type: 'batchNorm' },
    { type: 'dense', units: 6, activation: 'relu', initializer: 'glorotUniform' },
  ],
};
const smallHeads = [
  { name: 'kids', classes: ['no', 'yes'] },
  { name: 'region', classes: ['top', 'middle', 'bottom'] },
];
const small = describeNetwork(smallModel, smallHeads, 32);
const everyPart = ['backbone', 'tower', 'heads'] as const;

for (const name of ['small.weights.h5', 'small.h5', 'small.keras']) {
  test(`readWeightsFile - ${name} of Keras 3: every weight, and Keras's outputs`, (t) => {
    const content = readWeightsFile(fixture(name));
    const { matched, missing, differing, unused } = matchWeights(small, content, everyPart);
    assert.deepEqual([missing, differing, unused], [[], [], []]);
    tf.tidy(() => {
      const expected = formulaWeights(small);
      assert.equal(matched.size, expected.size);
      const weights = new Map(
        [...matched].map(([weight, tensor]) => {
          const values = tensor.read();
          // Bit for bit what the script gave to Keras.
          assert.deepEqual(values, expected.get(weight)!.dataSync(), weight);
          return [weight, tf.tensor(values, [...tensor.shape])];
        }),
      );
      const { logits } = forward(small, weights, formulaImages(4, 32), contextFor(false));
      for (const [head, { values }] of readSafeTensors(fixture('small-outputs.safetensors')).tensors) {
        const difference = largestDifference(logits[head]!.dataSync(), values);
        assert.ok(difference < 1e-5, `${head}: ${difference}`);
        t.diagnostic(`${head}: largest difference ${difference.toExponential(1)}`);
      }
    });
  });
}

test('readWeightsFile - layers with slashes, numbered weights and depthwise kernels, as Keras 2 names them', () => {
  const { format, tensors } = readWeightsFile(fixture('keras2.h5'));
  assert.equal(format, 'Keras (.h5)');
  assert.deepEqual(
    tensors.map(({ targets, shape }) => [targets[0], [...shape]]),
    [
      ['conv1_conv/kernel', [1, 1, 3, 4]],
      ['dw/kernel', [3, 3, 4, 1]],
      ['conv1_bn/gamma', [4]],
      ['conv1_bn/beta', [4]],
      ['conv1_bn/moving_mean', [4]],
      ['conv1_bn/moving_variance', [4]],
    ],
  );
  assert.deepEqual(tensors[1]!.read(), Float32Array.from(noise('b', 36)));
});

test('readWeightsFile - a file of PyTorch: names, order of the axes, types of numbers, counters left out', () => {
  const { format, tensors } = readWeightsFile(fixture('torch.safetensors'));
  assert.equal(format, 'safetensors');
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  assert.deepEqual(byName.get('bn1.num_batches_tracked')!.targets, []);
  const kernel = byName.get('conv1.weight')!;
  assert.deepEqual([kernel.targets, kernel.shape], [['conv1/kernel'], [1, 3, 2, 6]]);
  const written = noise('conv1.weight', 6 * 2 * 3);
  const values = kernel.read();
  for (let output = 0; output < 6; output++) {
    for (let input = 0; input < 2; input++) {
      for (let x = 0; x < 3; x++) {
        // [output, input, 0, x] there is [0, x, input, output] here.
        const there = (output * 2 + input) * 3 + x;
        assert.equal(values[(x * 2 + input) * 6 + output], Math.fround(written[there]!));
      }
    }
  }
  const tolerances = { 'bn1.weight': 2 ** -11, 'bn1.bias': 2 ** -8, 'bn1.running_mean': 0, 'fc.bias': 0 };
  for (const [name, tolerance] of Object.entries(tolerances)) {
    const read = byName.get(name)!.read();
    const exact = Float32Array.from(noise(name, read.length));
    read.forEach((value, i) => {
      assert.ok(Math.abs(value - exact[i]!) <= tolerance * Math.abs(exact[i]!), `${name}[${i}]: ${value}`);
    });
  }
  assert.deepEqual(byName.get('fc.weight')!.shape, [6, 2]);
});

test('transpose - of three axes, by hand', () => {
  // [[[0, 1], [2, 3]], [[4, 5], [6, 7]], [[8, 9], [10, 11]]], last axis first: evens, then odds, each by columns.
  const values = Float32Array.from({ length: 12 }, (_, i) => i);
  assert.deepEqual([...transpose(values, [3, 2, 2], [2, 1, 0])], [0, 4, 8, 2, 6, 10, 1, 5, 9, 3, 7, 11]);
});

function digest(lines: readonly string[]): { weights: number; digest: string } {
  const text = [...lines].sort().join('\n');
  return { weights: lines.length, digest: createHash('sha256').update(text).digest('hex') };
}

test('describeNetwork - weights have the names and shapes of keras.applications', () => {
  for (const [name, expected] of Object.entries(json('keras-names.json'))) {
    const backbone = kerasBackbones[name]!;
    const { layers } = describeNetwork({ ...gapAlone, backbone }, [], 64);
    const lines = layers.flatMap(({ weights }) =>
      weights.map((weight) => `${weight.name} [${weight.shape.join(', ')}]`),
    );
    assert.deepEqual(digest(lines), expected, name);
  }
});

test('describeNetwork - weights have the names of timm, and its shapes with other axes', () => {
  const kinds = {
    gamma: 'weight',
    beta: 'bias',
    moving_mean: 'running_mean',
    moving_variance: 'running_var',
  };
  for (const [name, expected] of Object.entries(json('timm-names.json'))) {
    const network = describeNetwork({ ...gapAlone, backbone: timmBackbones[name]! }, [], 75);
    const weights = network.layers.flatMap((layer) => layer.weights);
    const theirs = weights.map(({ name: own, shape }) => {
      const [module, kind] = own.split('/') as [string, keyof typeof kinds | 'kernel'];
      if (kind !== 'kernel') return { name: `${module}.${kinds[kind]}`, shape };
      const [height, width, inputs, outputs] = shape;
      return { name: `${module}.weight`, shape: [outputs!, inputs!, height!, width!] };
    });
    const lines = theirs.map((weight) => `${weight.name} [${weight.shape.join(', ')}]`);
    assert.deepEqual(digest(lines), expected, name);
    const tensors = theirs.map((weight) => fromTorch(weight.name, weight.shape, () => new Float32Array(0)));
    const match = matchWeights(network, { format: '', digest: '', tensors }, everyPart);
    assert.deepEqual(
      [match.matched.size, match.missing, match.differing, match.unused],
      [weights.length, [], [], []],
    );
  }
});

test('readWeightsFile - what is no file of weights is refused with the reason', () => {
  const folder = mkdtempSync(join(tmpdir(), 'manyheads-weights-'));
  const refused = (name: string, content: string | Buffer, reason: RegExp): void => {
    writeFileSync(join(folder, name), content);
    assert.throws(
      () => readWeightsFile(join(folder, name)),
      (error) => error instanceof WeightsFileError && reason.test(error.message),
    );
  };
  refused('text.safetensors', 'not weights at all', /goes beyond its end/);
  refused('short.h5', readFileSync(fixture('small.h5')).subarray(0, 900), /not a whole file of weights/);
  refused('other.keras', Buffer.from('PK\x03\x04'), /not a whole file of weights/);
  assert.throws(() => readWeightsFile(join(folder, 'absent.h5')), /it can't be read \(ENOENT\)/);
});
