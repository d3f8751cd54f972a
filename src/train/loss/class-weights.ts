/** The weight that each class of each head has in the loss: from the plan, and the counts of the training part. */
import { isRule } from '../../plan/loss.ts';
import type { ClassWeightsPlan, LossPlan } from '../../plan/plan.ts';
import { own } from '../../words.ts';

interface CountedHead {
  readonly name: string;
  readonly classes: readonly string[];
  /** Training rows of each class, in the order of the classes. */
  readonly counts: ArrayLike<number>;
}

/** @returns weights by head, in the order of the classes */
export function resolveClassWeights(
  { classWeights }: LossPlan,
  heads: readonly CountedHead[],
): Record<string, Float32Array> {
  return Object.fromEntries(
    heads.map((head) => [head.name, Float32Array.from(weightsOf(classWeights, head))]),
  );
}

/** Where weights follow the counts, a class without a training row gets 0, and is none of the classes that are counted. */
function weightsOf(plan: ClassWeightsPlan, { name, classes, counts }: CountedHead): number[] {
  switch (plan.type) {
    case 'none':
      return classes.map(() => 1);
    case 'balanced':
      return balanced(Array.from(counts));
    case 'effectiveNumber':
      return effectiveNumber(Array.from(counts), plan.beta);
    case 'given': {
      const given = own(plan.weights, name) ?? {};
      return isRule(given)
        ? weightsOf(given, { name, classes, counts })
        : classes.map((each) => own(given, each) ?? 1);
    }
  }
}

/** rows / (classes × rows of the class), King and Zeng 2001, as scikit-learn's `balanced`. */
function balanced(counts: readonly number[]): number[] {
  const present = counts.filter((count) => count > 0).length;
  const rows = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (count === 0 ? 0 : rows / (present * count)));
}

/**
 * One over the effective number of rows, (1 - betaⁿ) / (1 - beta), scaled to add up to the number of classes: Cui et
 * al., arXiv:1901.05555.
 */
function effectiveNumber(counts: readonly number[], beta: number): number[] {
  // 1 - betaⁿ would lose its digits where beta is near 1. The factor 1 - beta goes with the scaling.
  const weights = counts.map((n) => (n === 0 ? 0 : -1 / Math.expm1(n * Math.log(beta))));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const present = counts.filter((count) => count > 0).length;
  return weights.map((weight) => (weight * present) / sum);
}
