/** Rules of what epochs are compared by: it has an effect, and the validation rows have labels enough to tell it. */
import type { Path } from '../../file/path.ts';
import type { Reporter } from '../../file/reporter.ts';
import type { ResolvedExperiment } from '../../schema/experiment.ts';
import type { CountedHead } from '../data.ts';
import type { SelectionMetric } from '../plan.ts';

export function checkSelection(
  { stages }: ResolvedExperiment,
  written: (path: Path) => boolean,
  report: Reporter,
): void {
  stages.forEach(({ restoreBest }, i) => {
    const path: Path = ['stages', i, 'selectBy'];
    if (restoreBest || !written(path)) return;
    report.key(
      'conflict',
      path,
      'the stage ends with the weights of its last epoch, so selectBy has no effect',
      'Remove it, or remove restoreBest: false.',
    );
  });
}

export function checkMeasurable(
  { stages }: ResolvedExperiment,
  heads: readonly CountedHead[],
  report: Reporter,
): void {
  // Of one class there is nothing to rank, and of none nothing at all.
  const most = Math.max(
    ...heads.map(({ validationCounts }) => Array.from(validationCounts).filter((count) => count > 0).length),
  );
  const check = (metric: SelectionMetric | undefined, path: Path): void => {
    const needed = metric === 'auc' ? 2 : metric === 'loss' || metric === undefined ? 0 : 1;
    if (most >= needed) return;
    report(
      'emptyData',
      path,
      needed === 1
        ? `no row of the validation part has a label, so ${metric} can't be told`
        : `no head has two classes among the rows of the validation part, so ${metric} can't be told`,
      'Choose another metric, or another split: stratifyBy keeps the shares of the classes on both sides.',
    );
  };
  stages.forEach(({ restoreBest, selectBy, earlyStopping, reduceOnPlateau }, i) => {
    if (restoreBest) check(selectBy, ['stages', i, 'selectBy']);
    check(earlyStopping?.metric, ['stages', i, 'earlyStopping', 'metric']);
    check(reduceOnPlateau?.metric, ['stages', i, 'reduceOnPlateau', 'metric']);
  });
}
