/**
 * What updates do to weights and their averages, beside PyTorch and Keras: fixtures/make_torch_optimizer_fixtures.py and
 * make_keras_optimizer_fixtures.py say how they were made. The eager and the recorded update are both held against them.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { WeightSpec } from '../../../src/model/network.ts';
import type { OptimizerPlan, StagePlan } from '../../../src/plan/plan.ts';
import { tf } from '../../../src/tensorflow/tf.ts';
import type { StepFeed } from '../../../src/train/engine.ts';
import { checkLoss, recordUpdate, updateFeeds, updateInputs } from '../../../src/train/step/update.ts';
import { createUpdateVariables, recordBegin, updateState } from '../../../src/train/step/update-variables.ts';
import { withProgram } from '../../graph/run-both.ts';
import { stage as sampleStage } from '../../report/samples.ts';
import { beginEagerly, gradientNorm, updateEagerly } from '../eager-update.ts';

type Values = Readonly<Record<string, readonly number[]>>;

interface Step {
  readonly gradients: Values;
  /** Batch norm's statistics after the step. */
  readonly statistics?: Values;
  /** Batches whose mean is applied, 0 for none yet. */
  readonly accumulated?: number;
}

/** Values by name after each step, averages as `averages/<name>`. */
type Outcome = Record<string, number[]>[];
type Implementation = (
  stage: StagePlan,
  specs: readonly WeightSpec[],
  start: Values,
  steps: readonly Step[],
) => Outcome;

const read = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8')) as T;

function feedOf(stage: StagePlan, updates: number, accumulated: number): StepFeed {
  const { learningRate } = stage.optimizer;
  const rows = Int32Array.of();
  return { rows, stage: 0, epoch: 0, step: 0, learningRate, optimizerStep: updates + 1, accumulated };
}

const eager: Implementation = (stage, specs, start, steps) => {
  const shapes = new Map(specs.map(({ name, shape }) => [name, [...shape]]));
  const tensorOf = (name: string, values: readonly number[]) => tf.tensor([...values], shapes.get(name)!);
  const storeOf = (tensors: Map<string, tf.Tensor>) => ({
    get: (name: string) => tensors.get(name)!,
    replace(name: string, tensor: tf.Tensor) {
      tensors.get(name)?.dispose();
      tensors.set(name, tensor);
    },
  });
  const before = tf.memory().numTensors;
  const weights = new Map(Object.entries(start).map(([name, values]) => [name, tensorOf(name, values)]));
  const state = new Map<string, tf.Tensor>();
  beginEagerly(stage, specs, storeOf(weights), storeOf(state));
  let updates = 0;
  const outcome = steps.map(({ gradients, statistics = {}, accumulated = 1 }) => {
    const trained = specs.filter(({ trainable }) => trainable);
    const grads = trained.map(({ name }) => tensorOf(name, gradients[name]!));
    for (const [name, values] of Object.entries(statistics))
      storeOf(weights).replace(name, tensorOf(name, values));
    const feed = feedOf(stage, updates, accumulated);
    const norm = gradientNorm(stage, grads);
    if (norm === null || Number.isFinite(norm))
      updateEagerly(stage, feed, specs, grads, storeOf(weights), storeOf(state));
    if (accumulated > 0) updates += 1;
    tf.dispose(grads);
    return Object.fromEntries([...weights, ...state].map(([name, tensor]) => [name, [...tensor.dataSync()]]));
  });
  tf.dispose([...weights.values(), ...state.values()]);
  assert.equal(tf.memory().numTensors, before, 'no tensor is left');
  return outcome;
};

const recorded: Implementation = (stage, specs, start, steps) => {
  const names: string[] = [];
  return withProgram(
    (program) => {
      const weights = new Map(
        specs.map((spec) => [
          spec.name,
          program.variable(`weights/${spec.name}`, { shape: spec.shape, dtype: 'float32' }),
        ]),
      );
      const variables = createUpdateVariables(program, specs, weights);
      const state = updateState(variables, stage);
      names.push(...[...state.zeros, ...state.averages.values()].map(({ name }) => name));
      program.signature('begin', {
        inputs: {},
        record() {
          recordBegin(program, state);
          return {};
        },
      });
      const trained = specs.filter(({ trainable }) => trainable);
      program.signature('step', {
        inputs: {
          ...Object.fromEntries(specs.map(({ name, shape }) => [`fed_${name}`, { shape, dtype: 'float32' }])),
          ...updateInputs(stage),
        },
        record(inputs) {
          const gradients = trained.map(({ name }) => inputs[`fed_${name}`]!);
          const { loss, norm } = checkLoss(stage, tf.scalar(1), gradients);
          program.guard(tf.isFinite(loss), () => {
            for (const spec of specs)
              if (!spec.trainable) program.assign(weights.get(spec.name)!, inputs[`fed_${spec.name}`]!);
            recordUpdate(program, stage, variables, gradients, norm, inputs);
          });
          return { loss };
        },
      });
    },
    (running) => {
      running.writeVariables(
        new Map(
          Object.entries(start).map(([name, values]) => [`weights/${name}`, Float32Array.from(values)]),
        ),
      );
      running.call('begin');
      let updates = 0;
      return steps.map(({ gradients, statistics = {}, accumulated = 1 }) => {
        const fed = Object.entries({ ...gradients, ...statistics }).map(([name, values]) => [
          `fed_${name}`,
          Float32Array.from(values),
        ]);
        running.call('step', {
          ...Object.fromEntries(fed),
          ...updateFeeds(stage, feedOf(stage, updates, accumulated)),
        });
        if (accumulated > 0) updates += 1;
        const all = running.readVariables([...Object.keys(start).map((name) => `weights/${name}`), ...names]);
        return Object.fromEntries(
          [...all].map(([name, { values }]) => [
            name.replace('weights/', ''),
            Array.from(values as Float32Array),
          ]),
        );
      });
    },
  );
};

const implementations = { eager, recorded };

function specOf(name: string, shape: readonly number[], trainable = true): WeightSpec {
  return { name, shape, initializer: 'zeros', trainable, part: 'heads' };
}

const stageWith = (optimizer: OptimizerPlan): StagePlan => ({
  ...sampleStage,
  trainable: ['heads'],
  optimizer,
});

function assertNear(actual: readonly number[], expected: readonly number[], what: string): void {
  assert.equal(actual.length, expected.length, what);
  expected.forEach((value, i) => {
    const bound = 3e-6 * Math.max(1, Math.abs(value));
    assert.ok(Math.abs(actual[i]! - value) <= bound, `${what}[${i}]: ${actual[i]}, reference ${value}`);
  });
}

const plain = {
  learningRate: 0.01,
  weightDecay: 0,
  clipNorm: null,
  averageWeights: null,
  accumulateGradients: 1,
};
const adamOf = (epsilon: number) => ({ ...plain, beta1: 0.9, beta2: 0.999, epsilon });
const sgd = { ...plain, name: 'sgd', momentum: 0.9, nesterov: false } as const;

interface TorchFixture {
  readonly decay: number;
  readonly start: Values;
  readonly cases: Record<
    string,
    (Required<Step> & { readonly weights: Values; readonly averages: Values })[]
  >;
}
const torch = read<TorchFixture>('torch-optimizers.json');
const averageWeights = { decay: torch.decay };
const likeTorch: Readonly<Record<string, OptimizerPlan>> = {
  sgdDecay: { ...sgd, weightDecay: 0.1, averageWeights },
  nesterovDecayClip: { ...sgd, nesterov: true, weightDecay: 0.1, clipNorm: 0.5, averageWeights },
  adamDecay: { ...adamOf(1e-12), name: 'adam', weightDecay: 0.1, averageWeights },
  adamw: { ...adamOf(1e-12), name: 'adamw', weightDecay: 0.1, averageWeights },
  adamwAccumulated: {
    ...adamOf(1e-12),
    name: 'adamw',
    weightDecay: 0.1,
    clipNorm: 0.5,
    averageWeights,
    accumulateGradients: 5,
  },
  sgdAccumulated: { ...sgd, averageWeights, accumulateGradients: 5 },
};
const torchSpecs = [
  specOf('gamma', [3]),
  specOf('beta', [3]),
  specOf('kernel', [2, 3]),
  specOf('bias', [2]),
  specOf('moving_mean', [3], false),
  specOf('moving_variance', [3], false),
];
assert.deepEqual(Object.keys(likeTorch), Object.keys(torch.cases));

for (const [name, optimizer] of Object.entries(likeTorch)) {
  for (const [kind, implementation] of Object.entries(implementations)) {
    test(`updates, ${kind} - ${name}: twelve steps, weights and averages equal PyTorch's`, () => {
      const steps = torch.cases[name]!;
      const outcome = implementation(stageWith(optimizer), torchSpecs, torch.start, steps);
      steps.forEach(({ weights, averages }, i) => {
        for (const [weight, values] of Object.entries(weights))
          assertNear(outcome[i]![weight]!, values, `step ${i}, ${weight}`);
        for (const [weight, values] of Object.entries(averages))
          assertNear(outcome[i]![`averages/${weight}`]!, values, `step ${i}, average of ${weight}`);
      });
    });
  }
}

for (const [kind, implementation] of Object.entries(implementations)) {
  test(`updates, ${kind} - a part's factor multiplies the learning rate, that of the decay too`, () => {
    const steps = torch.cases.adamw!;
    const stage: StagePlan = {
      ...stageWith({ ...likeTorch.adamw!, learningRate: 0.1 }),
      learningRateFactors: { backbone: 7, tower: 7, heads: 0.1 },
    };
    const outcome = implementation(stage, torchSpecs, torch.start, steps);
    for (const [weight, values] of Object.entries(steps.at(-1)!.weights))
      assertNear(outcome.at(-1)![weight]!, values, weight);
  });
}

interface KerasFixture {
  readonly start: Values;
  readonly gradients: Values[];
  readonly cases: Record<string, Values[]>;
}
const keras = read<KerasFixture>('keras-optimizers.json');
const rmsprop = { ...plain, name: 'rmsprop', rho: 0.9, momentum: 0, epsilon: 1e-7, centered: false } as const;
const likeKeras: Readonly<Record<string, OptimizerPlan>> = {
  adamw: { ...adamOf(1e-7), name: 'adamw', weightDecay: 0.1 },
  rmsprop,
  rmspropMomentum: { ...rmsprop, rho: 0.8, momentum: 0.7, epsilon: 1e-3 },
  rmspropCentered: { ...rmsprop, rho: 0.8, momentum: 0.7, epsilon: 1e-3, centered: true },
  adamClip: { ...adamOf(1e-7), name: 'adam', clipNorm: 5 },
  sgdClip: { ...sgd, nesterov: true, clipNorm: 5 },
  adamAccumulated: { ...adamOf(1e-7), name: 'adam', accumulateGradients: 4 },
};
const kerasSpecs = [specOf('kernel', [3, 2]), specOf('bias', [2])];
assert.deepEqual(Object.keys(likeKeras), Object.keys(keras.cases));

for (const [name, optimizer] of Object.entries(likeKeras)) {
  for (const [kind, implementation] of Object.entries(implementations)) {
    test(`updates, ${kind} - ${name}: twelve steps, weights equal Keras's`, () => {
      const every = optimizer.accumulateGradients;
      const steps = keras.gradients.map((gradients, i) => ({
        gradients,
        accumulated: (i + 1) % every === 0 ? every : 0,
      }));
      const outcome = implementation(stageWith(optimizer), kerasSpecs, keras.start, steps);
      keras.cases[name]!.forEach((expected, i) => {
        for (const [weight, values] of Object.entries(expected))
          assertNear(outcome[i]![weight]!, values, `step ${i}, ${weight}`);
      });
    });
  }
}

for (const [kind, implementation] of Object.entries(implementations)) {
  test(`updates, ${kind} - a gradient that is not finite changes nothing where its norm is limited`, () => {
    const optimizer = { ...likeTorch.adamwAccumulated!, accumulateGradients: 2 };
    const [first, second] = torch.cases.sgdDecay!;
    const steps: Step[] = [
      { ...first!, accumulated: 0 },
      { ...second!, gradients: { ...second!.gradients, bias: [1e38, Number.NaN] }, accumulated: 2 },
      {
        ...second!,
        gradients: { ...second!.gradients, kernel: [3e38, 3e38, 3e38, 0, 0, 0] },
        accumulated: 2,
      },
    ];
    const [before, ...after] = implementation(stageWith(optimizer), torchSpecs, torch.start, steps);
    assert.ok(before!['gradients/bias']!.some((value) => value !== 0));
    for (const values of after) {
      // The eager engine sets batch norm's statistics itself, and not in such a step.
      for (const [name, value] of Object.entries(before!))
        if (!name.startsWith('moving')) assert.deepEqual(values[name], value, name);
    }
  });
}
