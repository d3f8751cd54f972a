/** What an axis of a sweep is: values of the experiment that go together, as choices or as numbers to draw. */
import type { Problem } from '../../errors.ts';
import type { Path } from '../../file/path.ts';
import type { Span, Tree } from '../../file/tree.ts';

/** A value of the experiment that a choice sets. */
export interface Setting {
  /** As written: `stages[small].epochs`. */
  readonly path: string;
  /** Where the path is written. */
  readonly at: Span;
  readonly value: Tree;
  readonly plain: unknown;
}

export interface Choice {
  /** Short text for tables: `[gap,gmp]`, `0.001`, or the name of a choice. */
  readonly label: string;
  readonly settings: readonly Setting[];
}

/** Numbers between two ends. */
export interface Distribution {
  readonly scale: 'linear' | 'log';
  readonly from: number;
  readonly to: number;
  readonly integer: boolean;
}

/** Another axis, and which of its choices will do. */
export interface Requirement {
  readonly axis: number;
  readonly choices: ReadonlySet<number>;
}

export interface Axis {
  readonly name: string;
  /** Paths that its values set, as written. */
  readonly paths: readonly string[];
  /** Where each path is written. */
  readonly at: readonly Span[];
  /** Empty where values are drawn from a distribution. */
  readonly choices: readonly Choice[];
  readonly distribution: Distribution | null;
  /** Whether the choices are numbers of a range, from one end to the other. */
  readonly isRange: boolean;
  /** All must be met for the axis to take part; earlier axes only. */
  readonly when: readonly Requirement[];
  /** Place of the axis's values, for what is generated. */
  readonly valueAt: Span;
}

export type Report = (code: Problem['code'], path: Path, message: string, hint?: string) => void;

/** @returns JSON without quotes and spaces, cut where it is long */
export function labelOf(value: unknown): string {
  const text = JSON.stringify(value).replace(/"/g, '');
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
