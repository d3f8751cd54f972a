/** Reads what make_keras_fixtures.py and make_backbone_fixtures.py wrote, and computes the weights and images that it computes by formula. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Network } from '../../src/model/network.ts';
import type { Part } from '../../src/model/settings.ts';
import type { ForwardContext } from '../../src/network/forward.ts';
import { tf } from '../../src/tensorflow/tf.ts';

export interface Reference {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Every tensor of a safetensors file of float32, by name. */
export function readFixture(name: string): Map<string, Reference> {
  const bytes = readFileSync(new URL(`fixtures/${name}.safetensors`, import.meta.url));
  const headerLength = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + headerLength)) as Record<
    string,
    { shape: number[]; data_offsets: [number, number] }
  >;
  const data = bytes.subarray(8 + headerLength);
  return new Map(
    Object.entries(header).map(
      ([
        key,
        {
          shape,
          data_offsets: [from, to],
        },
      ]) => {
        const values = new Float32Array(new Uint8Array(data.subarray(from, to)).buffer);
        return [key, { shape, values }];
      },
    ),
  );
}

/** Numbers in [-1, 1): FNV-1a of the name, plus the index through MurmurHash3's mixer. */
export function noise(name: string, count: number): Float64Array {
  let start = 0x811c9dc5;
  for (const byte of Buffer.from(name)) start = Math.imul(start ^ byte, 0x01000193);
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let x = Math.imul(i, 0x9e3779b9) + start;
    x ^= x >>> 16;
    x = Math.imul(x, 0x85ebca6b);
    x ^= x >>> 13;
    x = Math.imul(x, 0xc2b2ae35);
    x ^= x >>> 16;
    numbers[i] = (x >>> 0) / 2 ** 31 - 1;
  }
  return numbers;
}

/** Numbers in [offset - scale, offset + scale). */
export function noiseTensor(name: string, shape: readonly number[], scale = 1, offset = 0): tf.Tensor {
  return tf.tensor(
    Float32Array.from(noise(name, product(shape)), (value) => value * scale + offset),
    [...shape],
  );
}

/** The weights of a network by the script's `formula`. */
export function formulaWeights(network: Network): Map<string, tf.Tensor> {
  const specs = network.layers.flatMap((layer) => layer.weights);
  return new Map(
    specs.map(({ name, shape }) => {
      const values = noise(name, product(shape));
      const kind = name.split('/').at(-1)!;
      // A depthwise kernel, the only one with a single output, reads one channel alone.
      const fanIn = product(shape.at(-1) === 1 ? shape.slice(0, 2) : shape.slice(0, -1));
      const scale = kind === 'kernel' ? Math.sqrt(6 / fanIn) : 0.25;
      const centre = kind === 'gamma' || kind === 'moving_variance' ? 1 : 0;
      for (let i = 0; i < values.length; i++) values[i] = centre + scale * values[i]!;
      return [name, tf.tensor(new Float32Array(values), [...shape])];
    }),
  );
}

const everyPart: ReadonlySet<Part> = new Set(['backbone', 'tower', 'heads']);

/** Every part is trained, or none. */
export function contextFor(training: boolean): ForwardContext {
  return { training, trainable: everyPart, step: tf.scalar(0, 'int32'), seed: 0 };
}

/** Value of an objective at the weights by formula, and its gradients by the name of the weight. */
export function gradientsOf(
  network: Network,
  objective: (weights: Map<string, tf.Tensor>) => tf.Scalar,
  all = formulaWeights(network),
) {
  const specs = network.layers.flatMap((layer) => layer.weights);
  const names = specs.filter((spec) => spec.trainable).map((spec) => spec.name);
  const { value, grads } = tf.valueAndGrads((...trained: tf.Tensor[]) => {
    const weights = new Map(all);
    names.forEach((name, i) => {
      weights.set(name, trained[i]!);
    });
    return objective(weights);
  })(names.map((name) => all.get(name)!));
  return { value, gradients: new Map(names.map((name, i) => [name, grads[i]!])) };
}

/** Images [batch, size, size, 3] by the script's `noise`. @param scale factor of every value */
export function formulaImages(batch: number, size: number, scale = 1): tf.Tensor4D {
  const values = Float32Array.from(noise('images', batch * size * size * 3), (value) => value * scale);
  return tf.tensor4d(values, [batch, size, size, 3]);
}

/** Largest difference between two lists of numbers, of which both must be finite. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.equal(actual.length, expected.length);
  let largest = 0;
  for (let i = 0; i < actual.length; i++) {
    assert.ok(Number.isFinite(actual[i]) && Number.isFinite(expected[i]), `not finite at ${i}`);
    largest = Math.max(largest, Math.abs(actual[i]! - expected[i]!));
  }
  return largest;
}

/** The largest difference, as a share of the largest expected value. */
export function relativeDifference(actual: tf.Tensor, expected: Reference, what: string): number {
  assert.deepEqual(actual.shape, expected.shape, `shape of ${what}`);
  const scale = expected.values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  return largestDifference(actual.dataSync(), expected.values) / scale;
}

/** The largest difference of two tensors, as a share of the largest expected value. */
export function tensorDifference(actual: tf.Tensor, expected: tf.Tensor): number {
  assert.deepEqual(actual.shape, expected.shape);
  const scale = tf.max(tf.abs(expected)).dataSync()[0]!;
  return tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0]! / scale;
}

/**
 * Fails where the largest difference is above `tolerance` times the largest expected value.
 * @returns that quotient
 */
export function assertClose(actual: tf.Tensor, expected: Reference, tolerance: number, what: string): number {
  const relative = relativeDifference(actual, expected, what);
  assert.ok(relative <= tolerance, `${what}: differs by ${relative} of its largest value`);
  return relative;
}

function product(shape: readonly number[]): number {
  return shape.reduce((all, side) => all * side, 1);
}
