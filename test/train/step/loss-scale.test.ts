/**
 * The loss scale beside Keras's LossScaleOptimizer, over gradients of which some are not finite:
 * fixtures/make_loss_scale_fixtures.py says how they were made.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { OptimizerPlan, StagePlan } from '../../../src/plan/plan.ts';
import {
  createLossScale,
  lossScaleVariables,
  recordFirstScale,
  recordScaledStep,
  scalingFrom,
} from '../../../src/train/step/loss-scale.ts';
import { updateFeeds, updateInputs } from '../../../src/train/step/update.ts';
import { createUpdateVariables, recordBegin, updateState } from '../../../src/train/step/update-variables.ts';
import { withProgram } from '../../graph/run-both.ts';
import { stage as sampleStage } from '../../report/samples.ts';

interface Fixture {
  readonly start: readonly number[];
  readonly steps: readonly {
    readonly gradient: readonly (number | string)[];
    readonly scale: number;
    readonly weight: readonly number[];
  }[];
}

const fixtures = JSON.parse(
  readFileSync(new URL('../fixtures/loss-scale.json', import.meta.url), 'utf8'),
) as Record<'adam' | 'sgd', Fixture> & { readonly growthSteps: number };

const update = { weightDecay: 0, clipNorm: null, averageWeights: null, accumulateGradients: 1 };
const adam: OptimizerPlan = {
  ...update,
  name: 'adam',
  learningRate: 0.01,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-7,
};
const sgd: OptimizerPlan = { ...update, name: 'sgd', learningRate: 0.05, momentum: 0.9, nesterov: false };

interface FedStep {
  /** Of the scaled loss; in place of a number, how many times the scale. */
  gradient(scale: number): readonly number[];
  readonly loss?: number;
  readonly accumulated?: number;
}

interface AfterStep {
  readonly scale: number;
  readonly skippedSteps: number;
  readonly isUpdated: boolean;
  readonly weight: readonly number[];
  /** Of what a step changes besides the weights: how often it was. */
  readonly changes: number;
}

function run(
  optimizer: OptimizerPlan,
  start: readonly number[],
  steps: readonly FedStep[],
  growthSteps = fixtures.growthSteps,
): AfterStep[] {
  const stage: StagePlan = { ...sampleStage, trainable: ['heads'], optimizer };
  const shape = [start.length];
  const spec = { name: 'w', shape, initializer: 'zeros', trainable: true, part: 'heads' } as const;
  let names: string[] = [];
  return withProgram(
    (program) => {
      const weight = program.variable('weights/w', { shape, dtype: 'float32' });
      const changes = program.variable('changes', { shape: [], dtype: 'int32' });
      const variables = createUpdateVariables(program, [spec], new Map([['w', weight]]));
      const lossScale = createLossScale(program, growthSteps);
      names = lossScaleVariables(lossScale).map(({ name }) => name);
      program.signature('begin', {
        inputs: {},
        record() {
          recordBegin(program, updateState(variables, stage));
          recordFirstScale(program, lossScale);
          return {};
        },
      });
      program.signature('step', {
        inputs: {
          gradient: { shape, dtype: 'float32' },
          loss: { shape: [], dtype: 'float32' },
          one: { shape: [], dtype: 'int32' },
          ...updateInputs(stage),
        },
        record(inputs) {
          const { gradient, loss, one } = inputs;
          const step = { stage, variables, loss: loss!, gradients: [gradient!], inputs };
          const change = () => program.assignAdd(changes, one!);
          return { scaling: recordScaledStep(program, lossScale, step, change) };
        },
      });
    },
    (running) => {
      running.writeVariables(
        new Map<string, Float32Array | Int32Array>([
          ['weights/w', Float32Array.from(start)],
          ['changes', Int32Array.of(0)],
        ]),
      );
      running.call('begin');
      assert.equal(running.readVariables(names).get('lossScale/scale')!.values[0], 2 ** 15);
      let updates = 0;
      let scale = 2 ** 15;
      return steps.map(({ gradient, loss = 1, accumulated = 1 }) => {
        const feed = { rows: Int32Array.of(), stage: 0, epoch: 0, step: 0, accumulated };
        const { learningRate } = optimizer;
        const { scaling } = running.call('step', {
          gradient: Float32Array.from(gradient(scale)),
          loss,
          one: 1,
          ...updateFeeds(stage, { ...feed, learningRate, optimizerStep: updates + 1 }),
        });
        const after = scalingFrom(scaling!);
        scale = after.scale;
        if (after.isUpdated) updates += 1;
        const state = running.readVariables(['weights/w', 'changes', 'lossScale/scale']);
        assert.equal(state.get('lossScale/scale')!.values[0], after.scale);
        const weight = Array.from(state.get('weights/w')!.values as Float32Array);
        return { ...after, weight, changes: Number(state.get('changes')!.values[0]) };
      });
    },
  );
}

const near = (ours: readonly number[], theirs: readonly number[]): void => {
  ours.forEach((value, i) => {
    assert.ok(Math.abs(value - theirs[i]!) <= 1e-6 * Math.max(1, Math.abs(theirs[i]!)), `${ours}\n${theirs}`);
  });
};

for (const optimizer of [adam, sgd]) {
  test(`loss scale - scales, weights and skipped steps are those of Keras, with ${optimizer.name}`, () => {
    const { start, steps } = fixtures[optimizer.name as 'adam' | 'sgd'];
    const fed = steps.map(({ gradient }) => ({ gradient: () => gradient.map(numberOf) }));
    let skipped = 0;
    run(optimizer, start, fed).forEach(({ scale, weight, skippedSteps, isUpdated, changes }, i) => {
      const isClean = steps[i]!.gradient.every((value) => typeof value === 'number');
      if (!isClean) skipped += 1;
      assert.equal(scale, steps[i]!.scale, `step ${i}`);
      assert.deepEqual([skippedSteps, isUpdated, changes], [skipped, isClean, i + 1 - skipped], `step ${i}`);
      near(weight, steps[i]!.weight);
    });
    assert.equal(skipped, 7);
  });
}

test('loss scale - a loss that is not finite is an overflow, and changes nothing else', () => {
  const one = { gradient: (scale: number) => [scale, scale] };
  const [first, second, third] = run(sgd, [1, 2], [one, { ...one, loss: Number.NaN }, one]);
  assert.deepEqual([second!.scale, second!.skippedSteps, second!.isUpdated], [2 ** 14, 1, false]);
  assert.deepEqual(second!.weight, first!.weight);
  assert.equal(third!.changes, 2);
});

test('loss scale - of accumulated batches, one that overflows is left out of the mean', () => {
  const optimizer = { ...sgd, accumulateGradients: 3, clipNorm: 1 };
  const batch = (value: number, accumulated: number): FedStep => ({
    gradient: (scale) => [value * scale, -value * scale],
    accumulated,
  });
  const whole = run(optimizer, [0, 0], [batch(0.25, 0), batch(0.5, 2)], 2000);
  const middle = run(optimizer, [0, 0], [batch(0.25, 0), batch(Number.NaN, 0), batch(0.5, 3)], 2000);
  const last = run(optimizer, [0, 0], [batch(0.25, 0), batch(0.5, 0), batch(Number.NaN, 3)], 2000);
  // 0.05 · (0.25 + 0.5) / 2
  near(whole.at(-1)!.weight, [-0.01875, 0.01875]);
  assert.deepEqual(middle.at(-1)!.weight, whole.at(-1)!.weight);
  assert.deepEqual(last.at(-1)!.weight, whole.at(-1)!.weight);
  assert.deepEqual(
    last.map(({ isUpdated }) => isUpdated),
    [false, false, true],
  );
  const all = run(
    optimizer,
    [0, 0],
    [Number.NaN, Number.NaN].map((value, i) => batch(value, 2 * i)),
    2000,
  );
  assert.deepEqual([all.at(-1)!.isUpdated, all.at(-1)!.weight], [false, [0, 0]]);
});

test('loss scale - stays a number however long nothing overflows', () => {
  const steps = new Array<FedStep>(130).fill({ gradient: () => [0] });
  // 2^15 is doubled 112 times up to 2^127, the largest power of two in float32.
  assert.equal(run(sgd, [0], steps, 1).at(-1)!.scale, 2 ** 127);
});

function numberOf(value: number | string): number {
  return typeof value === 'number' ? value : { inf: Infinity, '-inf': -Infinity, nan: Number.NaN }[value]!;
}
