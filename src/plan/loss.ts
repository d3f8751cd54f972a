/** The loss of an experiment or a stage to that of each head. */
import type { ResolvedExperiment } from '../schema/experiment.ts';
import { own } from '../words.ts';
import type {
  ClassWeightsPlan,
  ClassWeightsRule,
  HeadClassWeightsPlan,
  HeadLossPlan,
  LossPlan,
} from './plan.ts';

type Loss = ResolvedExperiment['loss'];

export function lossOf(loss: Loss, heads: readonly { readonly name: string }[]): LossPlan {
  const { headWeights, classWeights } = loss;
  return {
    heads: Object.fromEntries(heads.map(({ name }) => [name, headLossOf(loss, name)])),
    headWeights:
      headWeights === 'uncertainty'
        ? headWeights
        : Object.fromEntries(heads.map(({ name }) => [name, own(headWeights, name) ?? 1])),
    classWeights: classWeightsOf(classWeights),
  };
}

/** As the schema has it for `{ effectiveNumber: {} }`; Cui et al. (arXiv:1901.05555) try 0.9, 0.99, 0.999 and 0.9999. */
const BETA = 0.999;

export function classWeightsOf(classWeights: Loss['classWeights']): ClassWeightsPlan {
  if (typeof classWeights === 'string') return ruleOf(classWeights);
  if (isEffectiveNumber(classWeights))
    return { type: 'effectiveNumber', beta: classWeights.effectiveNumber.beta };
  const weights = Object.entries(classWeights).map(([head, given]) => [
    head,
    typeof given === 'string' ? ruleOf(given) : given,
  ]);
  return { type: 'given', weights: Object.fromEntries(weights) };
}

function ruleOf(type: ClassWeightsRule['type']): ClassWeightsRule {
  return type === 'effectiveNumber' ? { type, beta: BETA } : { type };
}

/** What is given for one head class by class; nothing where it has a rule. A class may be named `type`: its weight is a number. */
export function weightsByClass(given: HeadClassWeightsPlan): Readonly<Record<string, number>> {
  return isRule(given) ? {} : given;
}

export const isRule = (given: HeadClassWeightsPlan): given is ClassWeightsRule =>
  typeof given.type === 'string';

type WeightMap = Exclude<Loss['classWeights'], string>;
type EffectiveNumber = Extract<WeightMap, { effectiveNumber: { beta: number } }>;

/** The schema tells the two maps apart by this key; a head of that name is known by its class, which is not `beta`. */
function isEffectiveNumber(weights: WeightMap): weights is EffectiveNumber {
  const { effectiveNumber } = weights;
  return (
    Object.keys(weights).length === 1 && typeof effectiveNumber === 'object' && 'beta' in effectiveNumber
  );
}

/** What `heads` says of this head, or what is said of all. */
export function headLossOf(loss: Loss, head: string): HeadLossPlan {
  const { heads, headWeights: _, classWeights: __, ...forAll } = loss;
  return own(heads, head) ?? forAll;
}

/** Outputs that a head of so many classes has under this loss. */
export function outputsOf({ type }: HeadLossPlan, classes: number): number {
  return type === 'ordinal' ? classes - 1 : classes;
}
