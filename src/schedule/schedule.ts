/**
 * The learning rate of every step of a stage: a policy with its warm-up in, a function of the step out. Pure, so that a
 * run that goes on in the middle of a cycle goes on with the same rates.
 */

import { cosine } from './cosine.ts';
import { cyclic } from './cyclic.ts';
import { constant, exponential, polynomial, step } from './decay.ts';
import { type Duration, formatStepDuration, type StageLength, stageSteps, stepsOf } from './duration.ts';
import { oneCycle } from './one-cycle.ts';
import type { LearningRatePolicy, Moment, PolicyDef, PolicyProblem, WarmUp } from './policy.ts';

type PolicyName = LearningRatePolicy['name'];

export const policies: {
  readonly [N in PolicyName]: PolicyDef<Extract<LearningRatePolicy, { name: N }>>;
} = { constant, step, exponential, polynomial, cosine, oneCycle, cyclic };

export interface Schedule {
  /** Steps of the stage. */
  readonly steps: number;
  /** Durations of the policy in steps, by their paths inside it. */
  readonly durations: Readonly<Record<string, number>>;
  /** @param step of the stage, from 0 */
  at(step: number): Moment;
}

function defOf(policy: LearningRatePolicy): PolicyDef<LearningRatePolicy> {
  return policies[policy.name] as unknown as PolicyDef<LearningRatePolicy>;
}

function warmUpOf(policy: LearningRatePolicy): WarmUp | null {
  return policy.name === 'oneCycle' ? null : policy.warmUp;
}

/** Whether the policy moves the optimizer's momentum. */
export function movesMomentum(policy: LearningRatePolicy): boolean {
  return (policy.name === 'oneCycle' || policy.name === 'cyclic') && policy.momentum !== null;
}

/** @returns what of a policy cannot be in a stage of this length */
export function checkPolicy(policy: LearningRatePolicy, length: StageLength): readonly PolicyProblem[] {
  const steps = stageSteps(length);
  const warmUp = warmUpOf(policy);
  const written = defOf(policy).durations(policy);
  const all: [string, Duration][] = [
    ...(warmUp === null ? [] : ([['warmUp', warmUp]] as [string, Duration][])),
    ...Object.entries(written),
  ];
  const empty = all
    .filter(([, duration]) => stepsOf(duration, length) < 1)
    .map(([key, duration]) => ({
      at: key.split('.'),
      message: `expected at least one step, got ${formatStepDuration(duration)}, which rounds to none in epochs of ${length.stepsPerEpoch}`,
      hint: 'Write a number of steps: { steps: … }.',
    }));
  if (empty.length > 0) return empty;
  const warmUpSteps = warmUp === null ? 0 : stepsOf(warmUp, length);
  if (warmUpSteps >= steps) {
    return [
      {
        at: ['warmUp'],
        message: `expected a warm-up of fewer than the ${steps} steps of the stage, got ${warmUpSteps}`,
        hint: `The stage has ${length.epochs} × ${length.stepsPerEpoch} steps, and would end before its learning rate is reached.`,
      },
    ];
  }
  const durations = inSteps(written, length);
  return defOf(policy).check(policy, durations, steps - warmUpSteps);
}

/** @param policy one that `checkPolicy` finds nothing wrong with */
export function createSchedule(policy: LearningRatePolicy, length: StageLength): Schedule {
  const steps = stageSteps(length);
  const warmUp = warmUpOf(policy);
  const warmUpSteps = warmUp === null ? 0 : stepsOf(warmUp, length);
  const durations = inSteps(defOf(policy).durations(policy), length);
  const curve = defOf(policy).curve(policy, durations, steps - warmUpSteps);
  return {
    steps,
    durations: warmUp === null ? durations : { warmUp: warmUpSteps, ...durations },
    at(step) {
      if (warmUp === null || step >= warmUpSteps) return curve(step - warmUpSteps);
      const { factor, momentum } = curve(0);
      const { startFactor } = warmUp;
      return { factor: factor * (startFactor + ((1 - startFactor) * step) / warmUpSteps), momentum };
    },
  };
}

function inSteps(durations: Readonly<Record<string, Duration>>, length: StageLength): Record<string, number> {
  return Object.fromEntries(
    Object.entries(durations).map(([key, duration]) => [key, stepsOf(duration, length)]),
  );
}
