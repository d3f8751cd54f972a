/** Rules of learning-rate policies: with other keys, and with the number of steps that a stage has. */
import type { Path } from '../../file/path.ts';
import type { Reporter } from '../../file/reporter.ts';
import type { LearningRatePolicy } from '../../schedule/policy.ts';
import { checkPolicy, movesMomentum } from '../../schedule/schedule.ts';
import type { ResolvedExperiment } from '../../schema/experiment.ts';

type Stage = ResolvedExperiment['stages'][number];

/** @param written whether the file has a value at the path */
export function checkPolicies(
  experiment: ResolvedExperiment,
  written: (path: Path) => boolean,
  report: Reporter,
): void {
  const policyOf = (stage: Stage): LearningRatePolicy =>
    stage.learningRatePolicy ?? experiment.learningRatePolicy;
  checkGamma(experiment.learningRatePolicy, ['learningRatePolicy'], written, report);
  experiment.stages.forEach((stage, i) => {
    const path: Path = ['stages', i];
    if (stage.learningRatePolicy)
      checkGamma(stage.learningRatePolicy, [...path, 'learningRatePolicy'], written, report);
    const { name } = policyOf(stage);
    if (stage.reduceOnPlateau !== null && name !== 'constant') {
      report.key(
        'conflict',
        [...path, 'reduceOnPlateau'],
        `the learning rate of this stage follows the policy ${name}, so it cannot be lowered on a plateau too`,
        name === 'oneCycle' || name === 'cyclic'
          ? 'A cycle raises the learning rate again whatever the validation loss does. Remove one of the two.'
          : 'Both would lower it. Remove one of the two.',
      );
    }
    for (const part of ['backbone', 'tower', 'heads'] as const) {
      if (stage.trainable.includes(part) || stage.learningRateFactors[part] === 1) continue;
      report(
        'conflict',
        [...path, 'learningRateFactors', part],
        `the part ${part} is not among those that this stage trains, so its learning rate has no effect`,
        'Remove the factor, or add the part to trainable.',
      );
    }
  });
  checkMovedMomentum(experiment, policyOf, written, report);
}

function checkGamma(
  policy: LearningRatePolicy,
  path: Path,
  written: (path: Path) => boolean,
  report: Reporter,
): void {
  if (policy.name !== 'cyclic') return;
  if (policy.mode !== 'expRange' && written([...path, 'gamma'])) {
    report.key(
      'conflict',
      [...path, 'gamma'],
      `gamma has an effect only in the mode expRange, and the mode is ${policy.mode}`,
      'Remove it, or write mode: expRange.',
    );
  }
}

/** A momentum that is written, and that each stage with this optimizer moves. */
function checkMovedMomentum(
  { optimizer, stages }: ResolvedExperiment,
  policyOf: (stage: Stage) => LearningRatePolicy,
  written: (path: Path) => boolean,
  report: Reporter,
): void {
  const places = [
    { optimizer, path: ['optimizer'] as Path, users: stages.filter((stage) => !stage.optimizer) },
    ...stages.flatMap((stage, i) =>
      stage.optimizer
        ? [{ optimizer: stage.optimizer, path: ['stages', i, 'optimizer'] as Path, users: [stage] }]
        : [],
    ),
  ];
  for (const { optimizer: used, path, users } of places) {
    const key = 'beta1' in used ? 'beta1' : 'momentum';
    if (users.length === 0 || !users.every((stage) => movesMomentum(policyOf(stage)))) continue;
    if (!written([...path, key])) continue;
    report.key(
      'conflict',
      [...path, key],
      `the learning-rate policy moves ${key}, so the value here has no effect`,
      'Remove it, or write momentum: null in the policy.',
    );
  }
}

function checkAccumulation(
  { optimizer, stages }: ResolvedExperiment,
  index: number,
  stepsPerEpoch: number,
  report: Reporter,
): void {
  const stage = stages[index]!;
  const { accumulateGradients } = stage.optimizer ?? optimizer;
  if (accumulateGradients <= stepsPerEpoch) return;
  const path: Path = stage.optimizer ? ['stages', index, 'optimizer'] : ['optimizer'];
  report(
    'outOfRange',
    [...path, 'accumulateGradients'],
    `expected at most the ${stepsPerEpoch} steps of an epoch of stage ${stage.name}, got ${accumulateGradients}`,
    'An update never reaches into the next epoch, so a group would never be full.',
  );
}

/**
 * What needs the number of steps.
 * @param stepsPerEpochs of each stage; a stage where they are not known is left out
 */
export function checkPolicySteps(
  experiment: ResolvedExperiment,
  stepsPerEpochs: readonly (number | null)[],
  report: Reporter,
): void {
  experiment.stages.forEach((stage, i) => {
    const stepsPerEpoch = stepsPerEpochs[i] ?? null;
    if (stepsPerEpoch === null) return;
    checkAccumulation(experiment, i, stepsPerEpoch, report);
    const policy = stage.learningRatePolicy ?? experiment.learningRatePolicy;
    const path: Path = stage.learningRatePolicy
      ? ['stages', i, 'learningRatePolicy']
      : ['learningRatePolicy'];
    for (const { at, message, hint } of checkPolicy(policy, { epochs: stage.epochs, stepsPerEpoch })) {
      const where = stage.learningRatePolicy ? '' : ` (stage ${stage.name})`;
      report('outOfRange', [...path, ...at], `${message}${where}`, hint);
    }
  });
}
