/**
 * What a head's last layer gives to probabilities and the class that is answered, as nodes of an exported graph: temperature,
 * softmax or CORN, thresholds and "don't know", step by step what src/bundle/probabilities.ts and src/bundle/decide.ts do.
 * Shape letters: N images, K classes, J outputs.
 */
import type { Decision, HeadDescription } from '../bundle/model.ts';
import { own } from '../words.ts';
import type { Ops } from './ops.ts';

export interface AnswerValues {
  /** float32 [N, K] */
  readonly probabilities: string;
  /** int64 [N]; -1 for "don't know" */
  readonly class: string;
}

/** @param outputs_NJ of the head's last layer */
export function recordAnswers(
  ops: Ops,
  outputs_NJ: string,
  head: Pick<HeadDescription, 'classes' | 'output'>,
  decision: Decision,
): AnswerValues {
  const { temperature } = decision;
  const scaled_NJ =
    temperature === 1 ? outputs_NJ : ops.divide(outputs_NJ, ops.constant(Float32Array.of(temperature)));
  const probabilities_NK =
    head.output === 'softmax' ? ops.softmax(scaled_NJ) : cumulative(ops, scaled_NJ, head.classes.length);
  return {
    probabilities: probabilities_NK,
    class: ops.flat(recordDecision(ops, probabilities_NK, head, decision)),
  };
}

/** Of at least class k, less of at least class k + 1; being above class j is the product of the sigmoids up to there. */
function cumulative(ops: Ops, scaled_NJ: string, classes: number): string {
  const above_NJ = ops.sigmoid(scaled_NJ);
  const one = ops.constant(Float32Array.of(1));
  const parts: string[] = [];
  let reached = ops.column(above_NJ, 0);
  parts.push(ops.subtract(one, reached));
  for (let j = 1; j < classes - 1; j++) {
    const next = ops.multiply(reached, ops.column(above_NJ, j));
    parts.push(ops.subtract(reached, next));
    reached = next;
  }
  return ops.beside([...parts, reached]);
}

/** @returns int64 [N, 1] */
function recordDecision(
  ops: Ops,
  p_NK: string,
  { classes, output }: Pick<HeadDescription, 'classes' | 'output'>,
  { thresholds, unknownBelow }: Decision,
): string {
  const usual_N1 = output === 'softmax' ? ops.whichIsLargest(p_NK) : median(ops, p_NK, classes.length);
  const limits = classes.map((name) => own(thresholds, name) ?? null);
  const hasLimits = limits.some((limit) => limit !== null);
  const chosen_N1 = hasLimits ? withLimits(ops, p_NK, usual_N1, limits) : usual_N1;
  if (unknownBelow === null) return chosen_N1;
  // -1 is the number of no class, so that nothing is left of it and 0 is below every limit but 0 itself.
  const isChosen_NK = ops.equal(chosen_N1, ops.constant(BigInt64Array.from(classes, (_, i) => BigInt(i))));
  const p_N1 = ops.largest(ops.choose(isChosen_NK, p_NK, ops.constant(Float32Array.of(0))));
  const isSure_N1 = ops.atLeast(p_N1, ops.constant(Float32Array.of(notBelow(unknownBelow))));
  return ops.choose(isSure_N1, chosen_N1, noClass(ops));
}

function noClass(ops: Ops): string {
  return ops.constant(BigInt64Array.of(-1n));
}

/** Thresholds that are reached come first; a class whose own is not reached gives way to the best of those without one. */
function withLimits(ops: Ops, p_NK: string, usual_N1: string, limits: readonly (number | null)[]): string {
  const numbers = (of: (limit: number | null) => number): string =>
    ops.constant(Float32Array.from(limits, of));
  // No probability reaches 2.
  const limit_K = numbers((limit) => (limit === null ? 2 : notBelow(limit)));
  const below = ops.constant(Float32Array.of(-1));
  const above_NK = ops.choose(ops.atLeast(p_NK, limit_K), ops.subtract(p_NK, limit_K), below);
  const isReached_N1 = ops.greater(ops.largest(above_NK), ops.constant(Float32Array.of(-0.5)));
  const isFree_K = ops.greater(limit_K, ops.constant(Float32Array.of(1.5)));
  const hasFree = limits.includes(null);
  const best_N1 = hasFree ? ops.whichIsLargest(ops.choose(isFree_K, p_NK, below)) : noClass(ops);
  const classes_K = ops.constant(BigInt64Array.from(limits, (_, i) => BigInt(i)));
  // 1 where the usual answer is a class without a threshold.
  const free_NK = ops.choose(
    ops.equal(usual_N1, classes_K),
    numbers((limit) => (limit === null ? 1 : 0)),
    ops.constant(Float32Array.of(0)),
  );
  const isUsualFree_N1 = ops.greater(ops.largest(free_NK), ops.constant(Float32Array.of(0.5)));
  const otherwise_N1 = ops.choose(isUsualFree_N1, usual_N1, best_N1);
  return ops.choose(isReached_N1, ops.whichIsLargest(above_NK), otherwise_N1);
}

/** The highest class that is reached, or passed, with a probability above one half: how many of the sums are above it. */
function median(ops: Ops, p_NK: string, classes: number): string {
  const sums_NK = ops.sumsFromEnd(p_NK);
  const rest = Array.from({ length: classes - 1 }, (_, i) => ops.column(sums_NK, i + 1));
  return ops.count(ops.greater(ops.beside(rest), ops.constant(Float32Array.of(0.5))));
}

/** The smallest float32 that is not below the limit: what reaches the one reaches the other. */
export function notBelow(limit: number): number {
  const near = Math.fround(limit);
  if (near >= limit) return near;
  const bits = new Int32Array(Float32Array.of(near).buffer);
  bits[0]! += 1;
  return new Float32Array(bits.buffer)[0]!;
}
