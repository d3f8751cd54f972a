/**
 * Rules across keys, which the schema can't say. Each finds all of its mistakes; places come from the document, paths
 * are those of the file.
 */

import { checkAugmentation, checkMixing } from '../../augmentation/check.ts';
import { namesHint } from '../../file/names.ts';
import type { Path } from '../../file/path.ts';
import type { Reporter } from '../../file/reporter.ts';
import type { ResolvedExperiment } from '../../schema/experiment.ts';
import type { Table } from '../../table/table.ts';
import type { HeadPlan } from '../plan.ts';
import { checkLosses } from './loss.ts';
import { checkModel } from './model.ts';
import { checkPolicies } from './schedule.ts';
import { checkSelection } from './selection.ts';
import { checkSplit } from './split.ts';

/** @param table null where it is absent; then what needs it is not checked */
export function checkExperimentRules(
  experiment: ResolvedExperiment,
  heads: readonly HeadPlan[],
  table: Table | null,
  written: (path: Path) => boolean,
  report: Reporter,
): void {
  checkColumns(experiment, table, report);
  checkStages(experiment, written, report);
  checkPolicies(experiment, written, report);
  checkModel(
    experiment,
    heads.map(({ name }) => name),
    written,
    report,
  );
  checkSplit(experiment, written, report);
  checkLosses(experiment, heads, report);
  checkSelection(experiment, written, report);
  checkMixing(experiment, report);
  checkAugmentation(experiment.augmentation, ['augmentation'], written, report);
  experiment.stages.forEach((stage, i) => {
    if (stage.augmentation)
      checkAugmentation(stage.augmentation, ['stages', i, 'augmentation'], written, report);
  });
}

function checkColumns({ dataset }: ResolvedExperiment, table: Table | null, report: Reporter): void {
  const known = Object.keys(dataset.attributes);
  dataset.split.stratifyBy.forEach((head, i) => {
    if (known.includes(head)) return;
    report(
      'unknownHead',
      ['dataset', 'split', 'stratifyBy', i],
      `there is no head "${head}"`,
      namesHint(head, known),
    );
  });
  if (table === null) return;
  const needColumn = (column: string, path: Path, atKey: boolean): void => {
    if (table.columns.includes(column)) return;
    const say = atKey ? report.key : report;
    const otherName = atKey ? ' A head with another name than its column says so: { column: … }.' : '';
    say(
      'unknownColumn',
      path,
      `the table ${table.file} has no column "${column}"`,
      `${namesHint(column, table.columns, 'Its columns')}${otherName}`,
    );
  };
  needColumn(dataset.imageColumn, ['dataset', 'imageColumn'], false);
  for (const [name, attribute] of Object.entries(dataset.attributes)) {
    const column =
      attribute !== null && !Array.isArray(attribute) && 'column' in attribute ? attribute.column : undefined;
    if (column === undefined) needColumn(name, ['dataset', 'attributes', name], true);
    else needColumn(column, ['dataset', 'attributes', name, 'column'], false);
  }
  for (const key of ['groupBy', 'column'] as const) {
    const column = dataset.split[key];
    if (column !== null) needColumn(column, ['dataset', 'split', key], false);
  }
}

function checkStages(
  { stages, optimizer }: ResolvedExperiment,
  written: (path: Path) => boolean,
  report: Reporter,
): void {
  const first = new Map<string, number>();
  stages.forEach((stage, i) => {
    const path: Path = ['stages', i];
    const earlier = first.get(stage.name);
    if (earlier === undefined) first.set(stage.name, i);
    else
      report(
        'duplicateName',
        [...path, 'name'],
        `stages[${earlier}] has the name "${stage.name}" already`,
        'Give each stage a name of its own.',
      );

    if (written([...path, 'learningRate']) && written([...path, 'optimizer', 'learningRate'])) {
      report(
        'conflict',
        [...path, 'learningRate'],
        'the learning rate of this stage is given twice, here and in its optimizer',
        'Remove one of the two.',
      );
    }
    const rate = stage.learningRate ?? stage.optimizer?.learningRate ?? optimizer.learningRate;
    const minimum = stage.reduceOnPlateau?.minLearningRate;
    if (minimum !== undefined && minimum > rate) {
      report(
        'conflict',
        [...path, 'reduceOnPlateau', 'minLearningRate'],
        `expected at most the stage's learning rate of ${rate}, got ${minimum}`,
        'The learning rate could never be lowered.',
      );
    }
  });
}
