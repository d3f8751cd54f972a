/**
 * One cycle: from `startFactor` up to the stage's learning rate, and down to `endFactor`, the momentum against it.
 * Smith, "A disciplined approach to neural network hyper-parameters", arXiv:1803.09820, step by step as
 * torch.optim.lr_scheduler.OneCycleLR: its `pct_start` is `rise` / steps, its `div_factor` 1 / startFactor, its
 * `final_div_factor` startFactor / endFactor. The last step of each phase has its end's rate.
 */
import type { OneCyclePolicy, PolicyDef } from './policy.ts';

interface Phase {
  /** Step at which it ends. */
  readonly end: number;
  readonly factors: readonly [from: number, to: number];
  readonly momentum: readonly [from: number, to: number];
}

export const oneCycle: PolicyDef<OneCyclePolicy> = {
  durations: ({ rise }) => ({ rise }),

  check({ threePhase }, { rise }, steps) {
    // Both ends of a rise are steps of their own, and the fall needs one step at least.
    const most = threePhase ? Math.floor(steps / 2) : steps - 1;
    if (most < 2) {
      const least = threePhase ? 4 : 3;
      return [
        {
          at: ['name'],
          message: `one cycle needs at least ${least} steps, and the stage has ${steps}`,
          hint: 'Give the stage more steps, or another policy.',
        },
      ];
    }
    if (rise! >= 2 && rise! <= most) return [];
    return [
      {
        at: ['rise'],
        message: `expected from 2 to ${most} of the ${steps} steps of the stage, got ${rise}`,
        hint: threePhase
          ? 'The fall takes as long as the rise, and both must fit into the stage.'
          : 'What is left of the stage after the rise is the fall.',
      },
    ];
  },

  curve({ startFactor, endFactor, annealing, threePhase, momentum }, { rise }, steps) {
    const { min, max } = momentum ?? { min: 0, max: 0 };
    const up: Phase = { end: rise! - 1, factors: [startFactor, 1], momentum: [max, min] };
    const phases: Phase[] = threePhase
      ? [
          up,
          { end: 2 * rise! - 2, factors: [1, startFactor], momentum: [min, max] },
          { end: steps - 1, factors: [startFactor, endFactor], momentum: [max, max] },
        ]
      : [up, { end: steps - 1, factors: [1, endFactor], momentum: [min, max] }];
    const between = ([from, to]: readonly [number, number], share: number): number =>
      annealing === 'cosine'
        ? to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share))
        : from + (to - from) * share;
    return (step) => {
      const i = phases.findIndex(({ end }, last) => step <= end || last === phases.length - 1);
      const phase = phases[i]!;
      const begin = phases[i - 1]?.end ?? 0;
      const share = (step - begin) / (phase.end - begin);
      return {
        factor: between(phase.factors, share),
        momentum: momentum === null ? null : between(phase.momentum, share),
      };
    };
  },
};
