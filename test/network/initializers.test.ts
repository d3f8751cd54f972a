import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { describeNetwork } from '../../src/model/describe.ts';
import type { InitializerName } from '../../src/model/settings.ts';
import { initialValues, initialWeights, normalQuantile } from '../../src/network/initializers.ts';
import { densenet121, gapAlone } from '../model/article.ts';

function weightsOf(initializer: InitializerName, seed: number, imageSize = 64): Map<string, Float32Array> {
  const backbone = { ...densenet121, name: 'densenet' as const, blocks: [2, 2], initializer };
  const model = { backbone, ...gapAlone, tower: [{ type: 'batchNorm' as const }] };
  return initialWeights(describeNetwork(model, [{ name: 'kids', classes: ['no', 'yes'] }], imageSize), seed);
}

/** A 3×3 convolution of 128 channels to 32: 36,864 values, fan in 1,152, fan out 288. */
const kernel = 'conv2_block1_2_conv/kernel';

function moments(values: Float32Array): { mean: number; deviation: number; largest: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return {
    mean,
    deviation: Math.sqrt(square),
    largest: values.reduce((top, value) => Math.max(top, Math.abs(value)), 0),
  };
}

test('initialWeights - glorotUniform: uniform up to √(6 / (fan in + fan out))', () => {
  const limit = Math.sqrt(6 / (1152 + 288));
  const { mean, deviation, largest } = moments(weightsOf('glorotUniform', 0).get(kernel)!);
  assert.ok(largest <= limit && largest > 0.999 * limit);
  // A uniform number has deviation limit/√3; the mean of 36,864 of them deviates by that over 192.
  assert.ok(Math.abs(deviation / (limit / Math.sqrt(3)) - 1) < 0.01);
  assert.ok(Math.abs(mean) < (4 * limit) / Math.sqrt(3) / 192);
});

test('initialWeights - heNormal: deviation √(2 / fan in), cut at two deviations of the uncut normal', () => {
  const deviationWanted = Math.sqrt(2 / 1152);
  const uncut = deviationWanted / 0.8796256610342398;
  const values = weightsOf('heNormal', 0).get(kernel)!;
  const { mean, deviation, largest } = moments(values);
  assert.ok(largest <= 2 * uncut && largest > 1.99 * uncut);
  assert.ok(Math.abs(deviation / deviationWanted - 1) < 0.015);
  assert.ok(Math.abs(mean) < (4 * deviationWanted) / 192);
  // (Φ(1) - Φ(-1)) / (Φ(2) - Φ(-2)) = 0.682689 / 0.954500 lie within one deviation of the uncut normal.
  const within = values.filter((value) => Math.abs(value) < uncut).length / values.length;
  assert.ok(Math.abs(within - 0.71523) < 0.01, String(within));
});

test('initialWeights - heNormalFanOut: deviation √(2 / fan out)', () => {
  const { deviation } = moments(weightsOf('heNormalFanOut', 0).get(kernel)!);
  assert.ok(Math.abs(deviation / Math.sqrt(2 / 288) - 1) < 0.015);
});

interface KerasMoments {
  readonly initializer: InitializerName | 'truncatedNormal';
  readonly shape: readonly number[];
  readonly deviation: number;
  readonly kurtosis?: number;
  readonly largest?: number;
  readonly byColumn?: boolean;
}

const kerasMoments = JSON.parse(
  readFileSync(new URL('fixtures/initializers.json', import.meta.url), 'utf8'),
) as KerasMoments[];

function valuesOf({ initializer, shape }: KerasMoments, seed: number): Float32Array {
  const named = initializer === 'truncatedNormal' ? { truncatedNormal: 0.02 } : initializer;
  return initialValues(
    { name: 'layer/kernel', shape, initializer: named, trainable: true, part: 'backbone' },
    seed,
  );
}

for (const keras of kerasMoments.filter(({ initializer }) => initializer !== 'orthogonal')) {
  test(`initialValues - ${keras.initializer} [${keras.shape}] has the spread and the bounds of Keras's`, () => {
    // Enough draws that a deviation is known to half a per cent: of n normal numbers it deviates by 1 / √(2n).
    const size = keras.shape.reduce((a, b) => a * b, 1);
    const seeds = Array.from({ length: Math.ceil(200_000 / size) }, (_, seed) => seed);
    const all = seeds.flatMap((seed) => [...valuesOf(keras, seed)]);
    const { mean, deviation, largest } = moments(Float32Array.from(all));
    const kurtosis = all.reduce((sum, value) => sum + value ** 4, 0) / all.length / deviation ** 4;
    assert.ok(Math.abs(mean) < (4 * keras.deviation) / Math.sqrt(all.length), `mean ${mean}`);
    assert.ok(Math.abs(deviation / keras.deviation - 1) < 0.01, `${deviation}, Keras ${keras.deviation}`);
    // 1.8 of a uniform number, 2.1 of a normal one that is cut at two deviations.
    assert.ok(Math.abs(kurtosis - keras.kurtosis!) < 0.03, `${kurtosis}, Keras ${keras.kurtosis}`);
    assert.ok(Math.abs(largest / keras.largest! - 1) < 1e-3, `${largest}, Keras ${keras.largest}`);
  });
}

for (const keras of kerasMoments.filter(({ initializer }) => initializer === 'orthogonal')) {
  test(`initialValues - orthogonal [${keras.shape}] has Keras's scale and right angles on Keras's side`, () => {
    const values = valuesOf(keras, 3);
    const outputs = keras.shape.at(-1)!;
    const inputs = values.length / outputs;
    const at = (vector: number, i: number): number =>
      keras.byColumn ? values[i * outputs + vector]! : values[vector * outputs + i]!;
    const [vectors, length] = keras.byColumn ? [outputs, inputs] : [inputs, outputs];
    assert.ok(vectors <= length);
    for (let a = 0; a < vectors; a++) {
      for (let b = 0; b <= a; b++) {
        let product = 0;
        for (let i = 0; i < length; i++) product += at(a, i) * at(b, i);
        assert.ok(Math.abs(product - (a === b ? 1 : 0)) < 2e-6, `${a}·${b} = ${product}`);
      }
    }
    assert.ok(Math.abs(moments(values).deviation / keras.deviation - 1) < 0.01);
    assert.deepEqual(valuesOf(keras, 3), values);
    assert.notDeepEqual(valuesOf(keras, 4), values);
  });
}

test('initialWeights - biases, gammas and averages start at Keras’s constants', () => {
  const weights = weightsOf('heNormal', 0);
  const expected = { gamma: 1, beta: 0, moving_mean: 0, moving_variance: 1 };
  for (const [name, value] of Object.entries(expected)) {
    assert.deepEqual(new Set(weights.get(`kids_tower_0_batchNorm/${name}`)), new Set([value]), name);
  }
  assert.deepEqual([...weights.get('kids_output/bias')!], [0, 0]);
});

test('initialWeights - the same seed gives the same values at every image size; seeds 0 and 1 differ', () => {
  const first = weightsOf('heNormal', 0);
  assert.deepEqual(weightsOf('heNormal', 0, 96), first);
  assert.notDeepEqual(weightsOf('heNormal', 1).get(kernel), first.get(kernel));
  // Two weights of one shape do not share their numbers.
  assert.notDeepEqual(first.get('conv3_block1_2_conv/kernel'), first.get(kernel));
});

test('normalQuantile - known values of the normal distribution', () => {
  const known: [number, number][] = [
    [0.5, 0],
    [0.8413447460685429, 1],
    [0.02275013194817921, -2],
    [0.975, 1.959963984540054],
    [0.1, -1.2815515655446004],
    [0.0013498980316300933, -3],
  ];
  for (const [probability, x] of known) {
    assert.ok(
      Math.abs(normalQuantile(probability) - x) < 1e-6,
      `${probability}: ${normalQuantile(probability)}`,
    );
  }
});
