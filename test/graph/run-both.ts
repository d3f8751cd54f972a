/** Computes the same at once and as a graph, and compares. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProgram, type Program } from '../../src/graph/program.ts';
import { loadProgram, type RunningProgram, type TensorValues } from '../../src/graph/running.ts';
import type { TensorSpec } from '../../src/graph/types.ts';
import { tf } from '../../src/tensorflow/tf.ts';

/** Builds a program, saves and loads it, and hands it to `use`; nothing of it is left. */
export function withProgram<T>(build: (program: Program) => void, use: (running: RunningProgram) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'manyheads-graph-'));
  try {
    const program = createProgram();
    build(program);
    program.save(folder);
    const running = loadProgram(folder);
    try {
      return use(running);
    } finally {
      running.dispose();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export type Compute = (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];

/** Numbers that repeat only after 61 places, from -1 to 1. */
export function numbers(shape: readonly number[], shift = 0): Float32Array {
  const size = shape.reduce((product, side) => product * side, 1);
  return Float32Array.from({ length: size }, (_, i) => (((i + shift) * 37) % 61) / 30.5 - 1);
}

export interface Fed extends TensorSpec {
  readonly dtype: 'float32' | 'int32' | 'bool';
  readonly values: Float32Array | Int32Array | Uint8Array;
}

export function float(...shape: number[]): Fed {
  return { shape, dtype: 'float32', values: numbers(shape) };
}

/**
 * @param tolerance largest difference, absolute for values up to 1 and relative beyond
 */
export function assertSameBothWays(compute: Compute, inputs: readonly Fed[], tolerance = 1e-6): void {
  const eager: { shape: number[]; dtype: string; values: TensorValues }[] = [];
  tf.tidy(() => {
    const fed = inputs.map(({ shape, dtype, values }) => tf.tensor(values, [...shape], dtype));
    for (const tensor of asList(compute(...fed))) {
      eager.push({ shape: tensor.shape, dtype: tensor.dtype, values: tensor.dataSync() as TensorValues });
    }
  });
  const recorded: { shape: number[]; dtype: string }[] = [];
  const results = withProgram(
    (program) =>
      program.signature('both', {
        inputs: Object.fromEntries(inputs.map((spec, i) => [`x${i}`, spec])),
        record(fed) {
          const tensors = asList(compute(...inputs.map((_, i) => fed[`x${i}`]!)));
          recorded.push(...tensors.map(({ shape, dtype }) => ({ shape, dtype })));
          return Object.fromEntries(tensors.map((tensor, i) => [`y${i}`, tensor]));
        },
      }),
    (running) => running.call('both', Object.fromEntries(inputs.map(({ values }, i) => [`x${i}`, values]))),
  );
  eager.forEach(({ shape, dtype, values }, i) => {
    assert.deepEqual(recorded[i], { shape, dtype });
    assertClose(results[`y${i}`]!, values, tolerance);
  });
}

export function assertClose(
  actual: ArrayLike<number | bigint>,
  expected: ArrayLike<number | bigint>,
  tolerance = 1e-6,
) {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [Number(actual[i]), Number(expected[i])];
    if (Object.is(a, e)) continue;
    assert.ok(Math.abs(a - e) <= tolerance * Math.max(1, Math.abs(e)), `element ${i}: ${a} is not ${e}`);
  }
}

function asList(result: tf.Tensor | tf.Tensor[]): tf.Tensor[] {
  return Array.isArray(result) ? result : [result];
}
