import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatStepDuration, stepsOf } from '../../src/schedule/duration.ts';
import { samplePoints } from '../../src/schedule/points.ts';
import type { LearningRatePolicy } from '../../src/schedule/policy.ts';
import { checkPolicy, createSchedule, movesMomentum, policies } from '../../src/schedule/schedule.ts';
import { experimentSchema, tagOf } from '../../src/schema/schema.ts';

const length = { epochs: 4, stepsPerEpoch: 5 };
const problemsOf = (policy: LearningRatePolicy, where = length) =>
  checkPolicy(policy, where).map(({ at, message }) => `${at.join('.')}: ${message}`);
const oneCycle = (rise: number, threePhase = false): LearningRatePolicy => ({
  name: 'oneCycle',
  rise: { steps: rise },
  startFactor: 0.04,
  endFactor: 0,
  annealing: 'cosine',
  threePhase,
  momentum: null,
});

test('policies - are those of the schema', () => {
  const branches = experimentSchema().definitions!.learningRatePolicy!.oneOf!;
  assert.deepEqual(Object.keys(policies), branches.map(tagOf));
});

test('stepsOf - steps, epochs and shares become whole steps', () => {
  assert.equal(stepsOf({ steps: 7 }, length), 7);
  assert.equal(stepsOf({ epochs: 2 }, length), 10);
  assert.equal(stepsOf({ epochs: 0.5 }, length), 3, '2.5 is rounded');
  assert.equal(stepsOf({ share: 0.25 }, length), 5);
  assert.equal(stepsOf({ epochs: 0.01 }, length), 0);
  assert.deepEqual(
    [{ steps: 1 }, { epochs: 2 }, { share: 0.125 }].map((duration) => formatStepDuration(duration)),
    ['1 step', '2 epochs', '12.5 % of the stage'],
  );
});

test('checkPolicy - a warm-up as long as the stage, and one that rounds to nothing', () => {
  const warm = (warmUp: { steps: number } | { epochs: number }): LearningRatePolicy => ({
    name: 'constant',
    warmUp: { ...warmUp, startFactor: 0 },
  });
  assert.deepEqual(problemsOf(warm({ steps: 19 })), []);
  assert.deepEqual(problemsOf(warm({ epochs: 4 })), [
    'warmUp: expected a warm-up of fewer than the 20 steps of the stage, got 20',
  ]);
  assert.deepEqual(problemsOf(warm({ epochs: 0.05 })), [
    'warmUp: expected at least one step, got 0.05 epochs, which rounds to none in epochs of 5',
  ]);
});

test('checkPolicy - durations are held against what the warm-up leaves', () => {
  const stepped = (steps: number): LearningRatePolicy => ({
    name: 'step',
    every: { steps },
    factor: 0.1,
    warmUp: { epochs: 2, startFactor: 0 },
  });
  assert.deepEqual(problemsOf(stepped(9)), []);
  assert.deepEqual(problemsOf(stepped(10)), ['every: expected fewer than the 10 steps of the stage, got 10']);
});

test('checkPolicy - cycles that do not fit', () => {
  const cosine = (after: number): LearningRatePolicy => ({
    name: 'cosine',
    endFactor: 0,
    restarts: { after: { steps: after }, lengthFactor: 1, peakFactor: 1 },
    warmUp: null,
  });
  assert.deepEqual(problemsOf(cosine(19)), []);
  assert.equal(problemsOf(cosine(20)).length, 1);
  const cyclic = (up: number, down: number | null): LearningRatePolicy => ({
    name: 'cyclic',
    mode: 'triangular',
    baseFactor: 0,
    stepUp: { steps: up },
    stepDown: down === null ? null : { steps: down },
    gamma: 1,
    momentum: null,
    warmUp: null,
  });
  assert.deepEqual(problemsOf(cyclic(10, null)), []);
  assert.deepEqual(problemsOf(cyclic(11, null)), [
    'stepUp: expected a cycle of at most the 20 steps of the stage, got twice 11',
  ]);
  assert.deepEqual(problemsOf(cyclic(11, 9)), []);
});

test('checkPolicy - one cycle needs two steps up and one down, or as many down as up', () => {
  assert.deepEqual(
    [2, 19].flatMap((rise) => problemsOf(oneCycle(rise))),
    [],
  );
  assert.deepEqual(
    [1, 20].map((rise) => problemsOf(oneCycle(rise)).length),
    [1, 1],
  );
  assert.deepEqual(
    [2, 10].flatMap((rise) => problemsOf(oneCycle(rise, true))),
    [],
  );
  assert.equal(problemsOf(oneCycle(11, true)).length, 1);
  assert.deepEqual(problemsOf(oneCycle(2), { epochs: 1, stepsPerEpoch: 2 }), [
    'name: one cycle needs at least 3 steps, and the stage has 2',
  ]);
  for (const steps of [3, 4, 5, 20]) {
    const { at } = createSchedule(oneCycle(2, steps > 3), { epochs: 1, stepsPerEpoch: steps });
    for (let i = 0; i < steps; i++) assert.ok(Number.isFinite(at(i).factor), `step ${i} of ${steps}`);
  }
});

test('createSchedule - after the last step of the stage nothing is needed, before it every rate is within 0 and 1', () => {
  const all: LearningRatePolicy[] = [
    oneCycle(6),
    oneCycle(6, true),
    { name: 'polynomial', power: 2, endFactor: 0, warmUp: { share: 0.25, startFactor: 0 } },
    {
      name: 'cosine',
      endFactor: 0.1,
      restarts: { after: { epochs: 1 }, lengthFactor: 1.3, peakFactor: 0.5 },
      warmUp: { steps: 3, startFactor: 0.5 },
    },
  ];
  for (const policy of all) {
    const { at, steps } = createSchedule(policy, length);
    const factors = Array.from({ length: steps }, (_, i) => at(i).factor);
    assert.ok(
      factors.every((factor) => factor >= 0 && factor <= 1),
      JSON.stringify(factors),
    );
    assert.ok(Math.max(...factors) > 0.999, policy.name);
    assert.equal(movesMomentum(policy), false);
  }
});

test('samplePoints - first and last are there, a level stretch is its two ends', () => {
  const stepped = createSchedule(
    { name: 'step', every: { epochs: 2 }, factor: 0.1, warmUp: null },
    { epochs: 4, stepsPerEpoch: 100 },
  );
  const points = samplePoints(stepped, 0.5, 9);
  assert.deepEqual(
    points.map(({ step, learningRate }) => [step, learningRate]),
    [
      [0, 0.5],
      [150, 0.5],
      [200, 0.05],
      [399, 0.05],
    ],
  );
  const one = createSchedule({ name: 'constant', warmUp: null }, { epochs: 1, stepsPerEpoch: 1 });
  assert.deepEqual(samplePoints(one, 0.1, 9), [{ step: 0, learningRate: 0.1 }]);
});
