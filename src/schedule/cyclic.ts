/**
 * Triangles between `baseFactor` and the stage's learning rate, the momentum against it. Smith, "Cyclical learning rates
 * for training neural networks", arXiv:1506.01186, step by step as torch.optim.lr_scheduler.CyclicLR: `triangular` keeps
 * the height, `triangular2` halves it with each cycle, `expRange` multiplies it by gamma at each step.
 */
import type { CyclicPolicy, PolicyDef } from './policy.ts';

export const cyclic: PolicyDef<CyclicPolicy> = {
  durations: ({ stepUp, stepDown }) => ({ stepUp, ...(stepDown === null ? {} : { stepDown }) }),

  check({ stepDown }, { stepUp, stepDown: down = stepUp! }, steps) {
    const cycle = stepUp! + down;
    if (cycle <= steps) return [];
    const both = stepDown === null ? `twice ${stepUp}` : `${stepUp} up and ${down} down`;
    return [
      {
        at: ['stepUp'],
        message: `expected a cycle of at most the ${steps} steps of the stage, got ${both}`,
        hint: 'The first cycle would not end; lower stepUp, or take the policy oneCycle.',
      },
    ];
  },

  curve({ mode, baseFactor, gamma, momentum }, { stepUp, stepDown = stepUp! }) {
    const length = stepUp! + stepDown;
    return (step) => {
      const cycle = Math.floor(step / length);
      const into = step - cycle * length;
      const share = into <= stepUp! ? into / stepUp! : (length - into) / stepDown;
      const scale = { triangular: 1, triangular2: 0.5 ** cycle, expRange: gamma ** step }[mode];
      const height = share * scale;
      return {
        factor: baseFactor + (1 - baseFactor) * height,
        momentum: momentum === null ? null : momentum.max - (momentum.max - momentum.min) * height,
      };
    };
  },
};
