/** Resolved experiments in, what differs between them out: one axis for each value that is not the same in all. */
import { FOLD_PATH, isRepetition } from '../sweep/space/repeated.ts';
import type { Repetition } from './repetition.ts';

export interface Differences {
  readonly axes: readonly { readonly name: string; readonly labels: readonly string[] }[];
  /** By experiment. */
  readonly points: readonly Readonly<Record<string, string>>[];
  /** By experiment: its seed, and behind a slash its fold where it has one. */
  readonly seeds: readonly (string | null)[];
  readonly repetition: Repetition;
}

const FOLDS_PATH = 'dataset.split.folds';

/** Of no influence on the result. */
const LEFT_OUT = new Set(['name', 'description', 'tracking']);

/** @param experiments resolved; undefined where it is not known */
export function differingValues(experiments: readonly unknown[]): Differences {
  const values = experiments.map((experiment) => new Map(leaves(experiment, '')));
  const paths = [...new Set(values.flatMap((map) => [...map.keys()]))];
  // One that has not begun differs in nothing that is known.
  const known = values.filter((_, i) => experiments[i] !== undefined);
  const differing = paths.filter((path) => new Set(known.map((map) => map.get(path))).size > 1);
  const axes = differing
    .filter((path) => !isRepetition(path))
    .map((name) => ({
      name,
      labels: [...new Set(values.flatMap((map) => map.get(name) ?? []))],
    }));
  return {
    axes,
    points: values.map((map) =>
      Object.fromEntries(
        axes.flatMap(({ name }) => {
          const value = map.get(name);
          return value === undefined ? [] : [[name, value]];
        }),
      ),
    ),
    seeds: values.map((map) => repeated(map.get('seed'), map.get(FOLD_PATH))),
    repetition: {
      seeds: differing.includes('seed'),
      folds: differing.includes(FOLD_PATH) ? Number(known.at(-1)?.get(FOLDS_PATH)) : null,
    },
  };
}

function repeated(seed: string | undefined, fold: string | undefined): string | null {
  if (fold === undefined || fold === 'null') return seed ?? null;
  return `${seed ?? ''}/${fold}`;
}

/** Every plain value and every list of plain values with its path: `stages[small].epochs`. */
function leaves(value: unknown, path: string): [string, string][] {
  if (Array.isArray(value) && value.some((item) => typeof item === 'object' && item !== null)) {
    return value.flatMap((item: unknown, i) => leaves(item, `${path}[${nameOf(item) ?? i}]`));
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value)
      .filter(([key]) => path !== '' || !LEFT_OUT.has(key))
      .flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`));
  }
  return value === undefined ? [] : [[path, JSON.stringify(value).replaceAll('"', '')]];
}

function nameOf(item: unknown): string | undefined {
  const { name } = (item ?? {}) as { name?: unknown };
  return typeof name === 'string' ? name : undefined;
}
