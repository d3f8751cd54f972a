/** Rules of the split across keys: shares that leave rows for training, folds with their number, nothing said twice. */
import type { Path } from '../../file/path.ts';
import type { Reporter } from '../../file/reporter.ts';
import type { ResolvedExperiment } from '../../schema/experiment.ts';

type Split = ResolvedExperiment['dataset']['split'];

const pathOf = (key: keyof Split): Path => ['dataset', 'split', key];

export function checkSplit(
  { dataset: { split } }: ResolvedExperiment,
  written: (path: Path) => boolean,
  report: Reporter,
): void {
  // A key that is null in an extending file takes away what its base says.
  const isGiven = (key: keyof Split): boolean => written(pathOf(key)) && split[key] !== null;
  if (split.column !== null) checkColumnAlone(split.column, isGiven, report);
  else checkDraw(split, isGiven, report);
}

function checkColumnAlone(column: string, isGiven: (key: keyof Split) => boolean, report: Reporter): void {
  for (const key of ['validation', 'test', 'folds', 'fold', 'seed', 'stratifyBy', 'groupBy'] as const) {
    if (!isGiven(key)) continue;
    report.key(
      'conflict',
      pathOf(key),
      `the split is given by the column "${column}", so ${key} has no effect`,
      'Remove one of the two.',
    );
  }
}

function checkDraw(
  { validation, test, folds, fold }: Split,
  isGiven: (key: keyof Split) => boolean,
  report: Reporter,
): void {
  if (folds === null) {
    if (isGiven('fold'))
      report.key(
        'conflict',
        pathOf('fold'),
        'there are no folds, so fold has no effect',
        'Say how many there are, as folds: 5, or remove it.',
      );
    if (validation === null)
      report(
        'missingKey',
        pathOf('validation'),
        'expected a share for validation, got null, and there are neither folds nor a column',
        'Write a share as 0.15, or folds: 5 with fold: 0.',
      );
    else if (test !== null && validation + test >= 1)
      report(
        'outOfRange',
        pathOf('test'),
        `expected less than ${Number((1 - validation).toPrecision(12))}, what validation leaves, got ${test}`,
        'No row would be left for training.',
      );
    return;
  }
  if (isGiven('validation'))
    report.key(
      'conflict',
      pathOf('validation'),
      `one of ${folds} folds is for validation, so this share has no effect`,
      'Remove one of the two; validation: null takes away what a base says.',
    );
  const all = Array.from({ length: folds }, (_, i) => i).join(', ');
  if (fold === null)
    report(
      'missingKey',
      pathOf('folds'),
      `expected the fold that is for validation, as fold: 0, found none beside folds: ${folds}`,
      `A sweep trains on all of them: axes: { dataset.split.fold: [${all}] }.`,
    );
  else if (fold >= folds)
    report(
      'outOfRange',
      pathOf('fold'),
      `expected a fold from 0 to ${folds - 1}, got ${fold}`,
      `They count from 0: ${all}.`,
    );
}
