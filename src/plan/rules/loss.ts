/** Rules of losses: heads and classes that are there, orders where they are needed, outputs that stay the same. */
import { namesHint } from '../../file/names.ts';
import type { Path } from '../../file/path.ts';
import type { Reporter } from '../../file/reporter.ts';
import type { ResolvedExperiment } from '../../schema/experiment.ts';
import { own } from '../../words.ts';
import type { CountedHead } from '../data.ts';
import { classWeightsOf, headLossOf, outputsOf, weightsByClass } from '../loss.ts';
import type { HeadPlan } from '../plan.ts';

type Loss = ResolvedExperiment['loss'];

export function checkLosses(
  experiment: ResolvedExperiment,
  heads: readonly HeadPlan[],
  report: Reporter,
): void {
  checkLoss(experiment.loss, ['loss'], heads, report);
  experiment.stages.forEach((stage, i) => {
    if (stage.loss) checkLoss(stage.loss, ['stages', i, 'loss'], heads, report);
  });
  checkOrders(experiment, report);
  checkOutputs(experiment, heads, report);
}

function checkLoss(loss: Loss, path: Path, heads: readonly HeadPlan[], report: Reporter): void {
  const names = heads.map(({ name }) => name);
  const needHead = (head: string, at: Path): boolean => {
    if (names.includes(head)) return true;
    report.key('unknownHead', at, `there is no head "${head}"`, namesHint(head, names));
    return false;
  };
  const { headWeights } = loss;
  const given = headWeights === 'uncertainty' ? {} : headWeights;
  for (const head of Object.keys(given)) needHead(head, [...path, 'headWeights', head]);
  if (names.length > 0 && names.every((name) => own(given, name) === 0)) {
    report(
      'conflict',
      [...path, 'headWeights'],
      'every head has the weight 0, so there is nothing to learn',
      'Leave at least one head its weight; 1 is the default.',
    );
  }
  for (const head of Object.keys(loss.heads)) needHead(head, [...path, 'heads', head]);
  for (const { name, ordinal } of heads) {
    const isOwn = Object.hasOwn(loss.heads, name);
    if (ordinal || headLossOf(loss, name).type !== 'ordinal') continue;
    report(
      'conflict',
      [...path, ...(isOwn ? ['heads', name] : []), 'type'],
      `the loss ordinal needs classes in an order, and the head ${name} is not declared ordinal`,
      isOwn
        ? 'Declare it, { classes: […], ordinal: true }, with the classes from low to high, or take another loss.'
        : `Give ordinal to the heads that are, loss: { heads: { …: { type: ordinal } } }, or declare ${name} ordinal.`,
    );
  }
  const classWeights = classWeightsOf(loss.classWeights);
  if (classWeights.type !== 'given') return;
  for (const [head, weights] of Object.entries(classWeights.weights)) {
    const at: Path = [...path, 'classWeights', head];
    if (!needHead(head, at)) continue;
    const { classes } = heads.find(({ name }) => name === head)!;
    for (const name of Object.keys(weightsByClass(weights))) {
      if (classes.length === 0 || classes.includes(name)) continue;
      report.key(
        'unknownClass',
        [...at, name],
        `the head ${head} has no class "${name}"`,
        namesHint(name, classes),
      );
    }
  }
}

/** A weight of a class that no training row has would change nothing. */
export function checkWeightsOfAbsent(
  { loss, stages }: ResolvedExperiment,
  heads: readonly CountedHead[],
  report: Reporter,
): void {
  const losses: [Loss | undefined, Path][] = [
    [loss, ['loss']],
    ...stages.map((stage, i): [Loss | undefined, Path] => [stage.loss, ['stages', i, 'loss']]),
  ];
  for (const [given, path] of losses) {
    const classWeights = given && classWeightsOf(given.classWeights);
    if (classWeights?.type !== 'given') continue;
    for (const { name, classes, trainingCounts } of heads) {
      for (const each of Object.keys(weightsByClass(own(classWeights.weights, name) ?? {}))) {
        if (trainingCounts[classes.indexOf(each)] !== 0) continue;
        report.key(
          'conflict',
          [...path, 'classWeights', name, each],
          `no row of the training part has the class "${each}" of ${name}, so its weight has no effect`,
          'Remove the weight, or give the class some rows: stratifyBy keeps the shares of the classes on both sides.',
        );
      }
    }
  }
}

/** Classes that are found in a table are sorted as text, which is an order, but hardly the one that is meant. */
function checkOrders({ dataset }: ResolvedExperiment, report: Reporter): void {
  for (const [name, attribute] of Object.entries(dataset.attributes)) {
    if (attribute === null || Array.isArray(attribute)) continue;
    if (!attribute.ordinal || attribute.classes !== undefined) continue;
    report(
      'conflict',
      ['dataset', 'attributes', name, 'ordinal'],
      `the order of the classes of ${name} counts, and they are not written`,
      'Write them out from low to high: { classes: […], ordinal: true }.',
    );
  }
}

/** A head's output layer is one for all stages. */
function checkOutputs(
  { loss, stages }: ResolvedExperiment,
  heads: readonly HeadPlan[],
  report: Reporter,
): void {
  stages.forEach((stage, i) => {
    for (const { name, classes } of heads) {
      const first = headLossOf(stages[0]!.loss ?? loss, name);
      const own = headLossOf(stage.loss ?? loss, name);
      const [wanted, got] = [outputsOf(first, classes.length), outputsOf(own, classes.length)];
      if (wanted === got) continue;
      report(
        'conflict',
        stage.loss ? ['stages', i, 'loss'] : ['stages', i],
        `expected a loss that gives the head ${name} ${wanted} ${wanted === 1 ? 'output' : 'outputs'}, as ${first.type} in the stage ${stages[0]!.name}; ${own.type} gives it ${got}`,
        'A head keeps its outputs from stage to stage: take ordinal for it in all of them or in none.',
      );
    }
  });
}
