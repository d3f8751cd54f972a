// Every policy against PyTorch's and Keras's schedulers, step by step: the scripts in fixtures say how they were made.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { LearningRatePolicy } from '../../src/schedule/policy.ts';
import { checkPolicy, createSchedule } from '../../src/schedule/schedule.ts';

const read = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8')) as T;

const LEARNING_RATE = 0.3;
const warmUp = null;
const steps = (count: number) => ({ steps: count });
const oneCycle = {
  name: 'oneCycle',
  rise: { share: 0.3 },
  startFactor: 1 / 25,
  endFactor: 1 / 25e4,
  annealing: 'cosine',
  threePhase: false,
  momentum: { min: 0.85, max: 0.95 },
} as const;
const cyclic = {
  name: 'cyclic',
  mode: 'triangular',
  baseFactor: 0.25,
  stepUp: steps(8),
  stepDown: null,
  gamma: 1,
  momentum: { min: 0.8, max: 0.9 },
  warmUp,
} as const;
const restarts = (after: number, lengthFactor: number, peakFactor = 1) => ({
  after: steps(after),
  lengthFactor,
  peakFactor,
});

const likeTorch: Readonly<Record<string, LearningRatePolicy>> = {
  step: { name: 'step', every: steps(14), factor: 0.2, warmUp },
  exponential: { name: 'exponential', every: steps(1), factor: 0.93, warmUp },
  polynomial: { name: 'polynomial', power: 2.5, endFactor: 0, warmUp },
  linear: { name: 'polynomial', power: 1, endFactor: 0.1, warmUp },
  cosine: { name: 'cosine', endFactor: 0.05, restarts: null, warmUp },
  restarts: { name: 'cosine', endFactor: 0.05, restarts: restarts(7, 2), warmUp },
  evenRestarts: { name: 'cosine', endFactor: 0, restarts: restarts(13, 1), warmUp },
  warmConstant: { name: 'constant', warmUp: { steps: 9, startFactor: 0.01 } },
  warmCosine: { name: 'cosine', endFactor: 0, restarts: null, warmUp: { share: 0.2, startFactor: 0.1 } },
  warmStep: { name: 'step', every: steps(20), factor: 0.5, warmUp: { epochs: 2.5, startFactor: 0.25 } },
  oneCycle,
  oneCycleAdam: oneCycle,
  oneCycleLinear: {
    ...oneCycle,
    rise: { share: 0.45 },
    annealing: 'linear',
    startFactor: 0.1,
    endFactor: 1e-3,
    momentum: { min: 0.7, max: 0.99 },
  },
  threePhase: { ...oneCycle, rise: { share: 0.4 }, threePhase: true },
  threePhaseWhole: { ...oneCycle, rise: { share: 0.5 }, threePhase: true, annealing: 'linear' },
  shortest: { ...oneCycle, rise: { share: 2 / 3 }, momentum: null },
  triangular: cyclic,
  triangular2: { ...cyclic, mode: 'triangular2', baseFactor: 0.1, stepUp: steps(5), stepDown: steps(11) },
  expRange: {
    ...cyclic,
    mode: 'expRange',
    stepUp: steps(9),
    stepDown: steps(3),
    gamma: 0.97,
    momentum: { min: 0.6, max: 0.95 },
  },
  cyclicWithoutMomentum: { ...cyclic, baseFactor: 0, stepUp: steps(30), momentum: null },
};

function assertNear(actual: number, expected: number, tolerance: number, what: string): void {
  const bound = tolerance * Math.max(Math.abs(expected), 1e-3);
  assert.ok(Math.abs(actual - expected) <= bound, `${what}: ${actual}, reference ${expected}`);
}

const torch = read<Record<string, { rates: number[]; momenta: number[] }>>('torch.json');
test('createSchedule - every case of PyTorch is tried', () => {
  assert.deepEqual(Object.keys(likeTorch), Object.keys(torch));
});
for (const [name, policy] of Object.entries(likeTorch)) {
  test(`createSchedule - ${name}: rate and momentum of every step equal PyTorch's`, () => {
    const { rates, momenta } = torch[name]!;
    const length =
      rates.length === 60 ? { epochs: 15, stepsPerEpoch: 4 } : { epochs: 1, stepsPerEpoch: rates.length };
    assert.deepEqual(checkPolicy(policy, length), []);
    const schedule = createSchedule(policy, length);
    assert.equal(schedule.steps, rates.length);
    assert.ok(new Set(rates).size > 1);
    rates.forEach((rate, i) => {
      const { factor, momentum } = schedule.at(i);
      assertNear(factor * LEARNING_RATE, rate, 1e-12, `rate of step ${i}`);
      if ('momentum' in policy && policy.momentum !== null)
        assertNear(momentum!, momenta[i]!, 1e-12, `momentum of step ${i}`);
      else assert.equal(momentum, null);
    });
  });
}

const likeKeras: Readonly<Record<string, LearningRatePolicy>> = {
  exponential: { name: 'exponential', every: { epochs: 3 }, factor: 0.6, warmUp },
  staircase: { name: 'step', every: { share: 0.2 }, factor: 0.6, warmUp },
  polynomial: { name: 'polynomial', power: 3, endFactor: 0.02, warmUp },
  cosine: { name: 'cosine', endFactor: 0.1, restarts: null, warmUp },
  warmCosine: { name: 'cosine', endFactor: 0.1, restarts: null, warmUp: { steps: 15, startFactor: 0 } },
  restarts: { name: 'cosine', endFactor: 0.1, restarts: restarts(11, 1.5, 0.7), warmUp },
};
const keras = read<Record<string, number[]>>('keras.json');
for (const [name, rates] of Object.entries(keras)) {
  test(`createSchedule - ${name}: the rate of every step equals Keras's, which computes in float32`, () => {
    const schedule = createSchedule(likeKeras[name]!, { epochs: 15, stepsPerEpoch: 4 });
    assert.equal(rates.length, schedule.steps);
    rates.forEach((rate, i) => {
      assertNear(schedule.at(i).factor * LEARNING_RATE, rate, 1e-5, `step ${i}`);
    });
  });
}
