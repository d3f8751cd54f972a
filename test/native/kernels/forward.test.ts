/**
 * The ops of a forward with steps that are not those of a network: each is refused with a sentence, or computes within its own
 * memory. Which it is does not matter here; with the sanitizers of `npm run test:native` no read or write may be outside.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { infer, packWeights } from '../../../src/network/inference/ops.ts';
import { type InferencePlan, planInference } from '../../../src/network/inference/plan.ts';
import { encode } from '../../../src/network/inference/step.ts';
import { nodeBackend } from '../../../src/tensorflow/ops.ts';
import { attribute, rawOp } from '../../../src/tensorflow/raw-op.ts';
import { tf } from '../../../src/tensorflow/tf.ts';
import { formulaWeights } from '../../network/fixture.ts';
import { askedOf, oddNetwork } from '../../network/inference/networks.ts';

const SIZE = 11;
const network = oddNetwork(SIZE, 16);
const plan = planInference(network, askedOf(network), 2);
const numbers = plan.steps.map(encode);
const { TF_ATTR_INT, TF_ATTR_FLOAT } = nodeBackend().binding;
const width = plan.outputs.reduce((sum, output) => sum + output.width, 0);

/** @returns what it was refused with; undefined where it was computed */
function refused(compute: () => unknown): string | undefined {
  try {
    tf.tidy(() => void compute());
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function forward(steps: readonly number[], images: tf.Tensor, packed: tf.Tensor): tf.Tensor {
  const attributes = [
    { name: 'steps', type: TF_ATTR_INT, value: [...steps] },
    attribute.int('arena', plan.arena),
    attribute.int('local', plan.local),
    attribute.int('width', width),
  ];
  return rawOp('ManyheadsForward', attributes, [images, packed], 1)[0]!;
}

function pack(steps: readonly number[], weights: readonly tf.Tensor[]): tf.Tensor {
  const attributes = [
    attribute.int('N', weights.length),
    { name: 'steps', type: TF_ATTR_INT, value: [...steps] },
    { name: 'sizes', type: TF_ATTR_INT, value: [...plan.sizes] },
    { name: 'epsilons', type: TF_ATTR_FLOAT, value: [...plan.epsilons] },
    attribute.int('floats', plan.packed),
  ];
  return rawOp('ManyheadsPack', attributes, weights, 1)[0]!;
}

const images = (): tf.Tensor4D => tf.zeros([2, SIZE, SIZE, 3]);
const packed = (): tf.Tensor1D => tf.zeros([plan.packed]);

test('ManyheadsForward - each number of each kind of step as another one: refused, or computed within its memory', () => {
  const firstOfKind = [...new Set(plan.steps.map(({ kind }) => kind))].map((kind) =>
    plan.steps.findIndex((step) => step.kind === kind),
  );
  assert.ok(firstOfKind.length >= 10, 'most kinds of steps are there');
  let refusals = 0;
  for (const at of firstOfKind) {
    const own = numbers[at]!;
    for (let field = 0; field < own.length; field++) {
      for (const value of [-1, 0, own[field]! - 1, own[field]! + 1, 2 * own[field]! + 16, 2 ** 15, 2 ** 31]) {
        const changed = numbers.flatMap((step, i) => (i === at ? step.with(field, value) : step));
        const forwardSays = refused(() => forward(changed, images(), packed()));
        const packSays = refused(() =>
          pack(changed, [tf.zeros([plan.sizes.reduce((sum, size) => sum + size, 0)])]),
        );
        for (const said of [forwardSays, packSays]) {
          if (said === undefined) continue;
          refusals += 1;
          assert.match(said, /step \d+|numbers a step|cannot pack|no outputs of/);
        }
      }
    }
  }
  assert.ok(refusals > 500, `${refusals} were refused`);
});

test('ManyheadsForward - other images and fewer weights are refused', () => {
  const shapes: readonly (readonly number[])[] = [
    [],
    [2, SIZE, SIZE],
    [0, SIZE, SIZE, 3],
    [2, SIZE, SIZE, 1],
    [2, SIZE - 1, SIZE, 3],
    [2, SIZE, SIZE + 1, 3],
  ];
  for (const shape of shapes) {
    const said = refused(() => forward(numbers.flat(), tf.zeros([...shape]), packed()));
    assert.match(said ?? 'nothing', /expected images|its input lies outside/);
  }
  for (const floats of [0, plan.packed - 16]) {
    const said = refused(() => forward(numbers.flat(), images(), tf.zeros([floats])));
    assert.match(said ?? 'nothing', /its weights lie outside/);
  }
  assert.match(refused(() => forward([1, 2, 3], images(), packed())) ?? 'nothing', /numbers a step, got 3/);
});

test('ManyheadsPack - weights of other sizes are refused', () => {
  const weights = [...formulaWeights(network).values()];
  const said = (given: readonly tf.Tensor[]): string | undefined => refused(() => packWeights(plan, given));
  assert.equal(said(weights), undefined);
  assert.match(said(weights.slice(0, -1)) ?? 'nothing', /are not those of the steps/);
  assert.match(said(weights.with(0, tf.zeros([7]))) ?? 'nothing', /are not those of the steps/);
  const other: InferencePlan = { ...plan, sizes: plan.sizes.with(0, 7) };
  assert.match(refused(() => packWeights(other, weights)) ?? 'nothing', /no kernel of its size/);
});

test('ManyheadsForward - several calls at once, and images by the hundred', async () => {
  const weights = [...formulaWeights(network).values()];
  const many = tf.randomNormal([200, SIZE, SIZE, 3], 0, 1, 'float32', 7) as tf.Tensor4D;
  const all = packWeights(plan, weights);
  const whole = infer(plan, many, all);
  const parts = [0, 67, 134].map((first) =>
    infer(plan, tf.slice(many, [first, 0, 0, 0], [Math.min(67, 200 - first), -1, -1, -1]), all),
  );
  for (const { layer } of plan.outputs) {
    const found = await tf.concat(parts.map((part) => part.get(layer)!)).data();
    assert.deepEqual(found, await whole.get(layer)!.data());
  }
});
