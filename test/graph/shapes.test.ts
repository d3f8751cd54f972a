import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inferOutputs, typeAttributes } from '../../src/graph/shapes/op.ts';
import { opTable } from '../../src/graph/shapes/table.ts';
import { outputsOf } from './eager-op.ts';
import { shapeCases } from './shape-cases.ts';

/** Their shapes are those of a planned network, which test/network/inference/infer.test.ts computes with them. */
const ofPlans = ['ManyheadsForward', 'ManyheadsPack'];

test('opTable - every op has a case here, and every case an op', () => {
  assert.deepEqual([...Object.keys(shapeCases), ...ofPlans].sort(), Object.keys(opTable).sort());
});

/** How many outputs mean something to whoever records the op; the rest a kernel hands its own gradient, in its own shape. */
const meant: Readonly<Record<string, number>> = { FusedBatchNormV3: 5, FusedBatchNormGradV3: 3 };

for (const [op, cases] of Object.entries(shapeCases)) {
  test(`opTable - ${op} has the shapes and types that TensorFlow gives it`, () => {
    for (const { inputs, attributes: given } of cases) {
      const definition = opTable[op]!;
      const types = inputs.map(({ dtype }) => dtype);
      const attributes = { ...given, ...typeAttributes(op, definition, types, given) };
      const inferred = inferOutputs(definition, {
        op,
        inputs: inputs.map(({ shape }) => shape),
        attributes,
        values: (input) => inputs[input]!.values!,
        variable: (input) => inputs[input]!.variable!,
      });
      const actual = outputsOf(op, attributes, inputs, inferred.length);
      // -1 says that a side is known only when the op runs.
      const known = inferred.map(({ shape, dtype }, i) => ({
        shape: shape.map((side, axis) => (side === -1 ? actual[i]!.shape[axis]! : side)),
        dtype,
      }));
      const compared = meant[op] ?? actual.length;
      assert.deepEqual(
        known.slice(0, compared),
        actual.slice(0, compared),
        `${op} of ${inputs.map(({ shape }) => `[${shape}]`).join(', ')}`,
      );
    }
  });
}
