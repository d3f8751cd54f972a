/**
 * What a learning-rate policy is: its values as in the file, and a curve over the steps of a stage. Rates are shares of
 * the stage's learning rate, which is the highest one, so that a policy is the same for every learning rate.
 */
import type { Duration } from './duration.ts';

/** Rise in a straight line before a policy begins. */
export type WarmUp = Duration & { readonly startFactor: number };

/** Momentum at the highest (`min`) and at the lowest learning rate (`max`). */
export interface MomentumRange {
  readonly min: number;
  readonly max: number;
}

interface WithWarmUp {
  readonly warmUp: WarmUp | null;
}

export interface ConstantPolicy extends WithWarmUp {
  readonly name: 'constant';
}

export interface StepPolicy extends WithWarmUp {
  readonly name: 'step';
  readonly every: Duration;
  readonly factor: number;
}

export interface ExponentialPolicy extends WithWarmUp {
  readonly name: 'exponential';
  readonly every: Duration;
  readonly factor: number;
}

export interface PolynomialPolicy extends WithWarmUp {
  readonly name: 'polynomial';
  readonly power: number;
  readonly endFactor: number;
}

export interface CosinePolicy extends WithWarmUp {
  readonly name: 'cosine';
  readonly endFactor: number;
  readonly restarts: {
    readonly after: Duration;
    readonly lengthFactor: number;
    readonly peakFactor: number;
  } | null;
}

export interface OneCyclePolicy {
  readonly name: 'oneCycle';
  readonly rise: Duration;
  readonly startFactor: number;
  readonly endFactor: number;
  readonly annealing: 'cosine' | 'linear';
  readonly threePhase: boolean;
  readonly momentum: MomentumRange | null;
}

export interface CyclicPolicy extends WithWarmUp {
  readonly name: 'cyclic';
  readonly mode: 'triangular' | 'triangular2' | 'expRange';
  readonly baseFactor: number;
  readonly stepUp: Duration;
  readonly stepDown: Duration | null;
  readonly gamma: number;
  readonly momentum: MomentumRange | null;
}

export type LearningRatePolicy =
  | ConstantPolicy
  | StepPolicy
  | ExponentialPolicy
  | PolynomialPolicy
  | CosinePolicy
  | OneCyclePolicy
  | CyclicPolicy;

/** What a policy says of one step. */
export interface Moment {
  /** Share of the stage's learning rate. */
  readonly factor: number;
  /** Null where the policy leaves it to the optimizer. */
  readonly momentum: number | null;
}

/** Something that cannot be in a stage of so many steps. */
export interface PolicyProblem {
  /** Path of the value inside the policy. */
  readonly at: readonly string[];
  readonly message: string;
  readonly hint: string;
}

export interface PolicyDef<P extends LearningRatePolicy> {
  /** Its durations by their paths inside it, as `restarts.after`; the warm-up is not among them. */
  durations(policy: P): Readonly<Record<string, Duration>>;
  /**
   * What does not fit, where each duration is at least one step.
   * @param durations in steps
   * @param steps of the stage, those of the warm-up left out
   */
  check(policy: P, durations: Readonly<Record<string, number>>, steps: number): readonly PolicyProblem[];
  /** @returns the moment of a step, counted from 0 at the end of the warm-up */
  curve(policy: P, durations: Readonly<Record<string, number>>, steps: number): (step: number) => Moment;
}

/** A policy that leaves the momentum alone. */
export function rateOnly(factor: (step: number) => number): (step: number) => Moment {
  return (step) => ({ factor: factor(step), momentum: null });
}
