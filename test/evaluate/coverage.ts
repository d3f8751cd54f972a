/** Samples from known populations, to see how often an interval holds the truth. */
import { bootstrap, numberOfUnits } from '../../src/evaluate/bootstrap.ts';
import {
  countRows,
  type FigureName,
  type Figures,
  figureNames,
  figuresOf,
} from '../../src/evaluate/figures.ts';
import { intervalOf } from '../../src/evaluate/intervals.ts';
import { keyFor, type Stream, stream } from '../../src/random.ts';

/** Shares of all rows: label (row) and answer (column). */
export type Population = readonly (readonly number[])[];

export interface Sample {
  readonly head: Parameters<typeof countRows>[0];
  readonly units: Int32Array | null;
}

/**
 * @param draw a sample from random numbers
 * @returns by figure, the share of the intervals that hold the truth
 */
export function coverageOf(
  truth: Figures,
  draw: (numbers: Stream) => Sample,
  { samples, resamples }: { readonly samples: number; readonly resamples: number },
): Record<FigureName, number> {
  const held = Object.fromEntries(figureNames.map((name) => [name, 0])) as Record<FigureName, number>;
  for (let s = 0; s < samples; s++) {
    const { head, units } = draw(stream(keyFor(s, 'sample')));
    const options = { units, rows: head.labels_N.length, resamples, seed: s };
    const [replicates] = bootstrap([countRows(head)], options);
    for (const name of figureNames) {
      const interval = intervalOf(replicates![name], numberOfUnits(options));
      if (interval !== null && interval.low <= truth[name] && truth[name] <= interval.high)
        held[name] += 1 / samples;
    }
  }
  return held;
}

/** Probabilities of the right class that samples have, where the answer is right and where it is wrong. */
const [RIGHT, WRONG] = [Math.fround(0.8), Math.fround(0.1)];

export function truthOf(population: Population): Figures {
  const k = population.length;
  const right = population.reduce((sum, row, i) => sum + row[i]!, 0);
  const lossSum = -right * Math.log(RIGHT) - (1 - right) * Math.log(WRONG);
  return figuresOf({ cells: Float64Array.of(...population.flat(), 0), lossSum }, { classes: k, majority: 0 });
}

/** A cell of the population, by a number from 0 to 1. */
function cellAt(population: Population, at: number): [label: number, answer: number] {
  let left = at;
  for (let label = 0; label < population.length; label++) {
    for (let answer = 0; answer < population.length; answer++) {
      left -= population[label]![answer]!;
      if (left < 0) return [label, answer];
    }
  }
  return [population.length - 1, population.length - 1];
}

/** @param likeBefore how often a row of a group has the cell of the group's first row */
export function sampleOf(
  population: Population,
  rows: number,
  groupSizes: readonly number[] | null,
  likeBefore: number,
  numbers: Stream,
): Sample {
  const classes = population.map((_, i) => `${i}`);
  const k = classes.length;
  const unitsOf = groupSizes?.flatMap((size, group) => Array<number>(size).fill(group));
  const n = unitsOf?.length ?? rows;
  const labels_N = new Int32Array(n);
  const answers_N = new Int32Array(n);
  const probabilities_NK = new Float32Array(n * k);
  let first: [number, number] = [0, 0];
  for (let row = 0; row < n; row++) {
    const own = cellAt(population, numbers.uniform());
    const isFirst = unitsOf === undefined || row === 0 || unitsOf[row] !== unitsOf[row - 1];
    if (isFirst) first = own;
    const [label, answer] = !isFirst && numbers.uniform() < likeBefore ? first : own;
    labels_N[row] = label;
    answers_N[row] = answer;
    probabilities_NK[row * k + label] = label === answer ? RIGHT : WRONG;
  }
  return {
    head: { classes, majority: 0, labels_N, answers_N, probabilities_NK },
    units: unitsOf === undefined ? null : Int32Array.from(unitsOf),
  };
}
