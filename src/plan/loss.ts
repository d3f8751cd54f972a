/** The loss of an experiment or a stage to that of each head. */
import type { ResolvedExperiment } from '../schema/experiment.ts';
import type { ClassWeightsPlan, HeadLossPlan, LossPlan } from './plan.ts';

type Loss = ResolvedExperiment['loss'];

export function lossOf(loss: Loss, heads: readonly { readonly name: string }[]): LossPlan {
  const { headWeights, classWeights } = loss;
  return {
    heads: Object.fromEntries(heads.map(({ name }) => [name, headLossOf(loss, name)])),
    headWeights:
      headWeights === 'uncertainty'
        ? headWeights
        : Object.fromEntries(heads.map(({ name }) => [name, headWeights[name] ?? 1])),
    classWeights: classWeightsOf(classWeights),
  };
}

/** As the schema has it for `{ effectiveNumber: {} }`; Cui et al. (arXiv:1901.05555) try 0.9, 0.99, 0.999 and 0.9999. */
const BETA = 0.999;

export function classWeightsOf(classWeights: Loss['classWeights']): ClassWeightsPlan {
  if (classWeights === 'effectiveNumber') return { type: classWeights, beta: BETA };
  if (typeof classWeights === 'string') return { type: classWeights };
  return isEffectiveNumber(classWeights)
    ? { type: 'effectiveNumber', beta: classWeights.effectiveNumber.beta }
    : { type: 'given', weights: classWeights };
}

type WeightMap = Exclude<Loss['classWeights'], string>;
type EffectiveNumber = Extract<WeightMap, { effectiveNumber: { beta: number } }>;

/** The schema tells the two maps apart by this key; a head of that name is known by its class, which is not `beta`. */
function isEffectiveNumber(weights: WeightMap): weights is EffectiveNumber {
  const { effectiveNumber } = weights;
  return Object.keys(weights).length === 1 && effectiveNumber !== undefined && 'beta' in effectiveNumber;
}

/** What `heads` says of this head, or what is said of all. */
export function headLossOf(loss: Loss, head: string): HeadLossPlan {
  const { heads, headWeights: _, classWeights: __, ...forAll } = loss;
  return Object.hasOwn(heads, head) ? heads[head]! : forAll;
}

/** Outputs that a head of so many classes has under this loss. */
export function outputsOf({ type }: HeadLossPlan, classes: number): number {
  return type === 'ordinal' ? classes - 1 : classes;
}
