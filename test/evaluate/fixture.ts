/** What make_evaluation_fixtures.py wrote, read as the tests need it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RatedHead } from '../../src/evaluate/evaluation.ts';
import type { Figures } from '../../src/evaluate/figures.ts';
import type { Wish } from '../../src/evaluate/threshold.ts';

interface FixtureHead {
  readonly classes: number;
  readonly labels: number[];
  readonly probabilities: number[];
  readonly chosen: number[];
  readonly answers: number[];
  readonly plain: Figures & { readonly sklearnLogLoss: number };
  readonly unsure: Figures;
  readonly area: number;
}

interface Fixture {
  readonly heads: readonly FixtureHead[];
  readonly temperatures: readonly {
    readonly output: 'softmax' | 'cumulativeSigmoid';
    readonly classes: number;
    readonly outputs: number[];
    readonly labels: number[];
    readonly temperature: number;
    readonly loss: number;
    readonly lossBefore: number;
    readonly probabilities: number[];
  }[];
  readonly thresholds: readonly {
    readonly scores: number[];
    readonly positive: boolean[];
    readonly wanted: readonly (Wish & { lowest: number; precision: number; recall: number })[];
  }[];
  readonly percentile: { readonly right: number[]; readonly low: number; readonly high: number };
  readonly expandedShares: readonly { readonly units: number; readonly share: number }[];
}

export const fixture = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures', 'evaluation.json'), 'utf8'),
) as Fixture;

/** @param unsure whether some rows are answered with "don't know" */
export function headOf(head: FixtureHead, unsure: boolean, name = 'x'): RatedHead {
  return {
    name,
    classes: Array.from({ length: head.classes }, (_, c) => `c${c}`),
    majority: 0,
    ordinal: false,
    labels_N: Int32Array.from(head.labels),
    chosen_N: Int32Array.from(head.chosen),
    answers_N: Int32Array.from(unsure ? head.answers : head.chosen),
    probabilities_NK: Float32Array.from(head.probabilities),
  };
}
