/** Learning rate and momentum of each step of a stage. */
import { RunError } from '../errors.ts';
import type { StagePlan } from '../plan/plan.ts';
import { checkPolicy, createSchedule } from '../schedule/schedule.ts';

export interface StepRates {
  readonly learningRate: number;
  /** Null where the policy leaves it to the optimizer. */
  readonly momentum: number | null;
}

/**
 * @param stepsPerEpoch as many as there really are: fewer than planned where images were left out
 * @returns a function of the stage's learning rate, and of epoch and step in it, from 0
 * @throws RunError where the policy does not fit into these steps
 */
export function stepRates(
  { name, epochs, learningRatePolicy }: StagePlan,
  stepsPerEpoch: number,
): (learningRate: number, epoch: number, step: number) => StepRates {
  const length = { epochs, stepsPerEpoch };
  const [problem] = checkPolicy(learningRatePolicy, length);
  if (problem !== undefined) {
    const key = ['learningRatePolicy', ...problem.at].join('.');
    throw new RunError(`stage ${name}, ${key}: ${problem.message}`, { hint: problem.hint });
  }
  const schedule = createSchedule(learningRatePolicy, length);
  return (learningRate, epoch, step) => {
    const { factor, momentum } = schedule.at(epoch * stepsPerEpoch + step);
    return { learningRate: learningRate * factor, momentum };
  };
}
