/** What a model computes for some rows to what it answers, with its decisions or others. Shape letters: N rows, K classes, J outputs. */
import { decide } from '../bundle/decide.ts';
import type { Decision, HeadDescription } from '../bundle/model.ts';
import { probabilitiesOf } from '../bundle/probabilities.ts';
import type { RatedHead } from './evaluation.ts';

/** One head of some rows. */
export interface HeadRows {
  readonly head: HeadDescription;
  /** Index of the training part's most frequent class; null where it is not known. */
  readonly majority: number | null;
  /** Class by row, -1 where it is not known. */
  readonly labels_N: Int32Array;
  /** Before the temperature, row by row. */
  readonly outputs_NJ: Float32Array;
}

/** @param probabilities_NK after the decision's temperature, where they are known; else they are computed from the outputs */
export function answerHead(
  { head, majority, labels_N, outputs_NJ }: HeadRows,
  decision: Decision,
  probabilities_NK: Float32Array = probabilitiesOf(head, outputs_NJ, decision.temperature),
): RatedHead {
  const { name, classes, ordinal } = head;
  const { length: k } = classes;
  const always: Decision = { ...decision, unknownBelow: null };
  const chosen_N = new Int32Array(labels_N.length);
  const answers_N = new Int32Array(labels_N.length);
  for (let row = 0; row < labels_N.length; row++) {
    const p = probabilities_NK.subarray(row * k, (row + 1) * k);
    chosen_N[row] = decide(p, head, always).class ?? mostProbable(p);
    answers_N[row] = decide(p, head, decision).class ?? -1;
  }
  return { name, classes, majority, ordinal, labels_N, chosen_N, answers_N, probabilities_NK };
}

function mostProbable(p: Float32Array): number {
  return p.indexOf(p.reduce((most, one) => Math.max(most, one), 0));
}
