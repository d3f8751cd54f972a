import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Variable } from '../../src/graph/effects.ts';
import type { Program } from '../../src/graph/program.ts';
import { tf } from '../../src/tensorflow/tf.ts';
import { assertClose, withProgram } from './run-both.ts';

const START = { w: Float32Array.of(1, -2), a: Float32Array.of(0.5, 0.25), b: Float32Array.of(0.1, 0.2) };
const gradient = () => tf.tensor1d([0.3, -0.4]);

/** Weight and two slots after one update, from START. */
function after(update: (program: Program, w: Variable, a: Variable, b: Variable) => void): number[][] {
  return withProgram(
    (program) => {
      const [w, a, b] = Object.keys(START).map((name) =>
        program.variable(name, { shape: [2], dtype: 'float32' }),
      ) as [Variable, Variable, Variable];
      program.signature('step', {
        inputs: {},
        record() {
          update(program, w, a, b);
          return {};
        },
      });
    },
    (running) => {
      running.writeVariables(new Map(Object.entries(START)));
      running.call('step');
      return [...running.readVariables().values()].map(({ values }) => Array.from(values, Number));
    },
  );
}

function assertUpdate(
  actual: number[][],
  expected: (g: number, w: number, a: number, b: number) => number[],
): void {
  const wanted = [0, 1].map((i) => expected([0.3, -0.4][i]!, START.w[i]!, START.a[i]!, START.b[i]!));
  for (const [variable, values] of actual.entries()) {
    assertClose(
      values,
      wanted.map((row, i) => row[variable] ?? Object.values(START)[variable]![i]!),
      1e-6,
    );
  }
}

test('applyAdam - m, v and the weight follow the paper, with both corrections in the rate', () => {
  const rates = {
    learningRate: 0.1,
    beta1: 0.9,
    beta2: 0.99,
    epsilon: 1e-3,
    beta1Power: 0.9 ** 3,
    beta2Power: 0.99 ** 3,
  };
  const values = after((program, weight, m, v) =>
    program.applyAdam({ weight, m, v, gradient: gradient(), ...rates }),
  );
  assertUpdate(values, (g, w, m, v) => {
    const newM = m + 0.1 * (g - m);
    const newV = v + 0.01 * (g * g - v);
    const rate = (0.1 * Math.sqrt(1 - 0.99 ** 3)) / (1 - 0.9 ** 3);
    return [w - (rate * newM) / (Math.sqrt(newV) + 1e-3), newM, newV];
  });
});

for (const nesterov of [false, true]) {
  test(`applyKerasMomentum - the slot holds the change, learning rate included${nesterov ? ', Nesterov' : ''}`, () => {
    const values = after((program, weight, change) =>
      program.applyKerasMomentum({
        weight,
        change,
        gradient: gradient(),
        learningRate: 0.1,
        momentum: 0.9,
        nesterov,
      }),
    );
    assertUpdate(values, (g, w, a) => {
      const change = 0.9 * a - 0.1 * g;
      return [w + (nesterov ? 0.9 * change - 0.1 * g : change), change];
    });
  });
}

test('applyRmsProp - the gradient is divided by the root of its mean square', () => {
  const values = after((program, weight, meanSquare, change) =>
    program.applyRmsProp({
      weight,
      meanSquare,
      change,
      gradient: gradient(),
      learningRate: 0.1,
      rho: 0.9,
      momentum: 0.8,
      epsilon: 1e-3,
    }),
  );
  assertUpdate(values, (g, w, s, c) => {
    const square = 0.9 * s + 0.1 * g * g;
    const change = 0.8 * c + (0.1 * g) / Math.sqrt(square + 1e-3);
    return [w - change, square, change];
  });
});

test('applyCenteredRmsProp - the square of the mean gradient is taken off its mean square', () => {
  const [first, centered] = [0, 1].map((mean) =>
    after((program, weight, meanSquare, meanGradient) => {
      const change = program.variable('c', { shape: [2], dtype: 'float32' });
      program.assign(change, tf.tensor1d([0, 0]));
      program.assign(meanGradient, tf.mul(program.read(meanGradient), mean) as tf.Tensor);
      program.applyCenteredRmsProp({
        weight,
        meanSquare,
        meanGradient,
        change,
        gradient: gradient(),
        learningRate: 0.1,
        rho: 0.9,
        momentum: 0.8,
        epsilon: 1e-3,
      });
    }).slice(0, 3),
  ) as [number[][], number[][]];
  for (const [mean, values] of [first, centered].entries()) {
    assertUpdate(values, (g, w, s, m) => {
      const square = 0.9 * s + 0.1 * g * g;
      const average = 0.9 * m * mean + 0.1 * g;
      return [w - (0.1 * g) / Math.sqrt(square - average ** 2 + 1e-3), square, average];
    });
  }
});

test('applyKerasMomentum - a rate that is computed', () => {
  const values = after((program, weight, change) =>
    program.applyKerasMomentum({
      weight,
      change,
      gradient: gradient(),
      learningRate: tf.mul(tf.scalar(0.05), 2) as tf.Scalar,
      momentum: 0,
      nesterov: false,
    }),
  );
  assertUpdate(values, (g, w) => [w - 0.1 * g, -0.1 * g]);
});

test('updates - a value of another shape is refused by the name of the variable', () => {
  assert.throws(
    () => after((program, weight) => program.assign(weight, tf.tensor1d([1, 2, 3]))),
    /the variable w is float32 \[2\] and cannot take float32 \[3\]/,
  );
});
