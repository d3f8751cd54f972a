/** Policies that only fall: `step`, `exponential`, `polynomial`; and `constant`, which does not. t counts steps from 0. */
import {
  type ConstantPolicy,
  type ExponentialPolicy,
  type PolicyDef,
  type PolynomialPolicy,
  rateOnly,
  type StepPolicy,
} from './policy.ts';

export const constant: PolicyDef<ConstantPolicy> = {
  durations: () => ({}),
  check: () => [],
  curve: () => rateOnly(() => 1),
};

/** factor^⌊t / every⌋: torch.optim.lr_scheduler.StepLR, keras ExponentialDecay with `staircase`. */
export const step: PolicyDef<StepPolicy> = {
  durations: ({ every }) => ({ every }),
  check: (_, { every }, steps) =>
    every! < steps
      ? []
      : [
          {
            at: ['every'],
            message: `expected fewer than the ${steps} steps of the stage, got ${every}`,
            hint: 'The learning rate would never change; that is the policy constant.',
          },
        ],
  curve: ({ factor }, { every }) => rateOnly((t) => factor ** Math.floor(t / every!)),
};

/** factor^(t / every): keras.optimizers.schedules.ExponentialDecay. */
export const exponential: PolicyDef<ExponentialPolicy> = {
  durations: ({ every }) => ({ every }),
  check: () => [],
  curve: ({ factor }, { every }) => rateOnly((t) => factor ** (t / every!)),
};

/** end + (1 - end)·(1 - t/T)^power: keras.optimizers.schedules.PolynomialDecay. */
export const polynomial: PolicyDef<PolynomialPolicy> = {
  durations: () => ({}),
  check: () => [],
  curve: ({ power, endFactor }, _, steps) =>
    rateOnly((t) => endFactor + (1 - endFactor) * (1 - t / steps) ** power),
};
