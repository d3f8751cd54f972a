/**
 * The decisions of a model, fitted on validation rows: a temperature a head, thresholds of classes, "don't know". What they
 * are worth is told by rows that had no part in it: those for testing, or each fifth of the validation rows by the others.
 * Pure. Shape letters: N rows, J outputs of a head.
 */
import { type Decision, neutralDecision } from '../bundle/model.ts';
import { keyFor } from '../random.ts';
import { dealRows } from '../table/draw.ts';
import { dealGroups } from '../table/fold-groups.ts';
import { numberGroups } from '../table/strata.ts';
import { calibrationError } from '../train/score/scores.ts';
import { own } from '../words.ts';
import { answerHead, type HeadRows } from './answers.ts';
import type { RatedHead } from './evaluation.ts';
import { countRows, figuresOf, totalsOf } from './figures.ts';
import { fitTemperature, type NoTemperature } from './temperature.ts';
import { type FittedThreshold, fitThreshold, highestPrecision } from './threshold.ts';
import type { ClassWish, UnknownBelow } from './wishes.ts';

/** Parts that the validation rows are dealt into where there are no others to test on. */
const FOLDS = 5;

export interface CalibrateInput {
  readonly validation: readonly HeadRows[];
  /** Group of each validation row, null where rows are on their own. */
  readonly groups: readonly string[] | null;
  /** The same heads of rows for testing; null where there are none. */
  readonly test: readonly HeadRows[] | null;
  readonly thresholds: readonly ClassWish[];
  readonly unknownBelow: UnknownBelow;
}

/** Null where no row has a label. */
interface Worth {
  readonly rows: number;
  readonly logLoss: number | null;
  readonly calibrationError: number | null;
  /** Share of the labelled rows that get an answer, and of the answers that are right. */
  readonly answered: number | null;
  readonly accuracy: number | null;
}

export interface ClassRates {
  /** Of the answers with the class, and of the rows of the class; null where there is none. */
  readonly precision: number | null;
  readonly recall: number | null;
  /** Answers with the class. */
  readonly answers: number;
}

export interface CalibratedThreshold {
  readonly class: string;
  readonly wish: Pick<ClassWish, 'kind' | 'value'>;
  readonly threshold: number;
  /** On the validation rows that it was fitted on. */
  readonly validation: ClassRates;
  /** On the rows for testing; null without them. */
  readonly test: ClassRates | null;
}

export interface CalibratedHead {
  readonly name: string;
  readonly decision: Decision;
  /** Why the temperature is 1; null where one was found. */
  readonly noTemperature: NoTemperature | null;
  /** Without and with the decisions. `on`: what it was told from; the validation rows by parts of them, without thresholds. */
  readonly on: 'test' | 'validationFolds';
  readonly before: Worth;
  readonly after: Worth;
  readonly thresholds: readonly CalibratedThreshold[];
}

/** A wish that no threshold meets. */
export interface UnmetWish {
  readonly wish: ClassWish;
  /** The highest precision that there is; null where no validation row is of the class. */
  readonly best: FittedThreshold | null;
}

export interface Calibration {
  readonly heads: readonly CalibratedHead[];
  /** Where there are some, no decision should be written. */
  readonly unmet: readonly UnmetWish[];
}

export function calibrate(input: CalibrateInput): Calibration {
  const unmet: UnmetWish[] = [];
  const heads = input.validation.map((rows, h) => calibrateHead(rows, input.test?.[h] ?? null, input, unmet));
  return { heads, unmet };
}

function calibrateHead(
  rows: HeadRows,
  test: HeadRows | null,
  { groups, thresholds: wishes, unknownBelow }: CalibrateInput,
  unmet: UnmetWish[],
): CalibratedHead {
  const { head } = rows;
  const fitted = fitTemperature(outputsOf(rows));
  const temperature = typeof fitted === 'object' ? fitted.temperature : 1;
  const answered = answerHead(rows, { ...neutralDecision, temperature });
  const found = wishes
    .filter((wish) => wish.head === head.name)
    .flatMap((wish) => {
      const scores = scoresOf(answered, head.classes.indexOf(wish.class));
      const threshold = fitThreshold(scores, wish);
      if (threshold === null) unmet.push({ wish, best: highestPrecision(scores) });
      return threshold === null ? [] : [{ wish, threshold: threshold.threshold }];
    });
  const decision: Decision = {
    temperature,
    thresholds: Object.fromEntries(found.map(({ wish, threshold }) => [wish.class, threshold])),
    unknownBelow: own(unknownBelow, head.name) ?? null,
  };
  const decided = answerHead(rows, decision);
  const tested = test === null ? null : answerHead(test, decision);
  return {
    name: head.name,
    decision,
    noTemperature: typeof fitted === 'object' ? null : fitted,
    on: tested === null ? 'validationFolds' : 'test',
    before: worthOf(answerHead(test ?? rows, neutralDecision)),
    after: worthOf(tested ?? crossFitted(rows, groups, decision.unknownBelow)),
    thresholds: found.map(({ wish, threshold }) => {
      const c = head.classes.indexOf(wish.class);
      return {
        class: wish.class,
        wish: { kind: wish.kind, value: wish.value },
        threshold,
        validation: ratesOf(decided, c),
        test: tested === null ? null : ratesOf(tested, c),
      };
    }),
  };
}

/** Every row with the temperature that was fitted on the parts without it. */
function crossFitted(
  rows: HeadRows,
  groups: readonly string[] | null,
  unknownBelow: number | null,
): RatedHead {
  const { labels_N } = rows;
  const foldOf = foldsOf(labels_N.length, groups);
  const whole = answerHead(rows, neutralDecision);
  const probabilities_NK = Float32Array.from(whole.probabilities_NK);
  const answers_N = Int32Array.from(whole.answers_N);
  const chosen_N = Int32Array.from(whole.chosen_N);
  const { length: k } = whole.classes;
  for (const fold of new Set(foldOf)) {
    const isIn = (row: number): boolean => foldOf[row] === fold;
    const fitted = fitTemperature({
      ...outputsOf(rows),
      labels_N: labels_N.map((label, row) => (isIn(row) ? -1 : label)),
    });
    const temperature = typeof fitted === 'object' ? fitted.temperature : 1;
    const own = answerHead(rows, { ...neutralDecision, temperature, unknownBelow });
    for (let row = 0; row < labels_N.length; row++) {
      if (!isIn(row)) continue;
      answers_N[row] = own.answers_N[row]!;
      chosen_N[row] = own.chosen_N[row]!;
      probabilities_NK.set(own.probabilities_NK.subarray(row * k, (row + 1) * k), row * k);
    }
  }
  return { ...whole, answers_N, chosen_N, probabilities_NK };
}

function foldsOf(rows: number, groups: readonly string[] | null): Int32Array {
  const key = keyFor(0, 'calibration folds');
  const stratum = new Int32Array(rows);
  if (groups === null) return dealRows(stratum, FOLDS, key);
  const groupOf = numberGroups(groups);
  return dealGroups({ groupOf, stratum, folds: Math.min(FOLDS, new Set(groupOf).size), key });
}

function outputsOf({ head: { output, classes }, labels_N, outputs_NJ }: HeadRows) {
  return { output, classes: classes.length, labels_N, outputs_NJ };
}

function worthOf(head: RatedHead): Worth {
  const counted = countRows(head);
  const { logLoss, answered, accuracy } = figuresOf(totalsOf(counted), counted);
  const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
  return {
    rows: counted.row_M.length,
    logLoss: known(logLoss),
    calibrationError: calibrationError(head, head.classes.length),
    answered: known(answered),
    accuracy: known(accuracy),
  };
}

/** Probabilities of one class, of the labelled rows. */
function scoresOf({ labels_N, probabilities_NK, classes }: RatedHead, c: number) {
  const rows = Array.from(labels_N.keys()).filter((row) => labels_N[row]! >= 0);
  return {
    scores: rows.map((row) => probabilities_NK[row * classes.length + c]!),
    positive: rows.map((row) => labels_N[row] === c),
  };
}

function ratesOf({ labels_N, answers_N }: RatedHead, c: number): ClassRates {
  let answers = 0;
  let rows = 0;
  let right = 0;
  labels_N.forEach((label, row) => {
    if (label < 0) return;
    if (answers_N[row] === c) answers += 1;
    if (label === c) rows += 1;
    if (label === c && answers_N[row] === c) right += 1;
  });
  return {
    precision: answers === 0 ? null : right / answers,
    recall: rows === 0 ? null : right / rows,
    answers,
  };
}
