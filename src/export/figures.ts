/** How good a model is, for its card: from `evaluation.json` with intervals, or from the run's result without. */
import { readFileSync } from 'node:fs';
import type { ModelDescription } from '../bundle/model.ts';
import { ExperimentError, type Problem } from '../errors.ts';
import { type Field, fieldOf } from '../machine/fields.ts';
import type { RunResult } from '../run/folders.ts';

export interface CardEstimate {
  readonly value: number | null;
  /** Ends of the 95 % interval; null where it was not computed. */
  readonly low: number | null;
  readonly high: number | null;
}

const names = ['accuracy', 'majorityAccuracy', 'balancedAccuracy', 'macroF1'] as const;

export interface CardFigures {
  /** What they are of: `test rows`. */
  readonly rows: string;
  readonly hasIntervals: boolean;
  readonly heads: readonly ({ readonly name: string; readonly rows: number } & Readonly<
    Record<(typeof names)[number], CardEstimate>
  >)[];
}

/** @param result of the run that the model comes from */
export function figuresOfResult({ metrics }: RunResult, { heads }: ModelDescription): CardFigures {
  const alone = (value: number | null): CardEstimate => ({ value, low: null, high: null });
  return {
    rows: 'validation rows',
    hasIntervals: false,
    heads: heads.map(({ name }) => {
      const own = metrics.heads[name]!;
      return {
        name,
        rows: own.rows,
        accuracy: alone(own.accuracy),
        majorityAccuracy: alone(own.majorityAccuracy),
        balancedAccuracy: alone(own.balancedAccuracy),
        macroF1: alone(own.macroF1),
      };
    }),
  };
}

/**
 * @param file what `run evaluate --output` wrote
 * @throws ExperimentError where it is not that, or of another run
 */
export function readEvaluation(file: string, { run, heads }: ModelDescription): CardFigures {
  const problems: Problem[] = [];
  const note = (path: string, expected: string, found: string): void => {
    const message = `${file}: expected ${expected}, found ${found}`;
    problems.push({
      code: 'badArgument',
      path: path === '' ? '--evaluation' : `--evaluation ${path}`,
      message,
    });
  };
  const root = fieldOf(parsed(file), note);
  const id = root.at('model').at('runId');
  const whose = id.text();
  if (problems.length === 0 && whose !== run.id)
    id.wrong(`figures of the run ${run.id}`, `those of ${whose}`);
  const part = root.at('part');
  const estimate = (field: Field): CardEstimate => {
    const orNull = (one: Field): number | null => (one.isNull() ? null : one.number());
    return { value: orNull(field.at('value')), low: orNull(field.at('low')), high: orNull(field.at('high')) };
  };
  const figures: CardFigures = {
    rows: part.isNull() ? 'rows of a table of its own' : `${part.oneOf(['test', 'validation'])} rows`,
    hasIntervals: true,
    heads: heads.map(({ name }) => {
      const own = root.at('heads').at(name);
      const all = names.map((figure) => [figure, estimate(own.at('figures').at(figure))] as const);
      return {
        name,
        rows: own.at('rows').count(0, 2 ** 40),
        ...(Object.fromEntries(all) as Record<(typeof names)[number], CardEstimate>),
      };
    }),
  };
  if (problems.length === 0) return figures;
  const hint = 'Write it anew: `run evaluate MODEL --output FOLDER`.';
  throw new ExperimentError([{ ...problems[0]!, hint }, ...problems.slice(1, 12)]);
}

function parsed(file: string): unknown {
  const wrong = (code: Problem['code'], message: string): ExperimentError =>
    new ExperimentError([{ code, path: '--evaluation', message }]);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw wrong('fileNotFound', `${file} can't be read (${(error as NodeJS.ErrnoException).code})`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw wrong('badArgument', `${file} is not JSON: ${(error as Error).message}`);
  }
}
