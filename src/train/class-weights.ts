/** The weight that each class of each head has in the loss: from the plan, and the counts of the training part. */
import type { LossPlan } from '../plan/plan.ts';

/**
 * @param counts training rows of each class, by head, in the order of the classes
 * @returns weights by head, in the order of the classes
 */
export function resolveClassWeights(
  loss: LossPlan,
  heads: readonly {
    readonly name: string;
    readonly classes: readonly string[];
    readonly counts: ArrayLike<number>;
  }[],
): Record<string, Float32Array> {
  return Object.fromEntries(
    heads.map(({ name, classes, counts }) => [
      name,
      Float32Array.from(weightsOf(loss, name, classes, counts)),
    ]),
  );
}

function weightsOf(
  { classWeights }: LossPlan,
  head: string,
  classes: readonly string[],
  trainingCounts: ArrayLike<number>,
): number[] {
  if (classWeights === 'none') return classes.map(() => 1);
  if (classWeights === 'balanced') {
    // rows / (classes × rows of the class), King and Zeng 2001, as scikit-learn's `balanced`; classes without a
    // training row never appear, so they do not count among the classes and their weight is of no effect.
    const counts = Array.from(trainingCounts);
    const present = counts.filter((count) => count > 0).length;
    const rows = counts.reduce((sum, count) => sum + count, 0);
    return counts.map((count) => (count === 0 ? 0 : rows / (present * count)));
  }
  return classes.map((name) => classWeights[head]?.[name] ?? 1);
}
