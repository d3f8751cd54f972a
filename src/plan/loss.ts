/** The loss of an experiment or a stage to that of each head. */
import type { ResolvedExperiment } from '../schema/experiment.ts';
import type { HeadLossPlan, LossPlan } from './plan.ts';

type Loss = ResolvedExperiment['loss'];

export function lossOf(loss: Loss, heads: readonly { readonly name: string }[]): LossPlan {
  return {
    heads: Object.fromEntries(heads.map(({ name }) => [name, headLossOf(loss, name)])),
    headWeights: Object.fromEntries(heads.map(({ name }) => [name, loss.headWeights[name] ?? 1])),
    classWeights: loss.classWeights,
  };
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
