/** Rules of the model across keys: towers of heads that are there, parts that have something to train, rates that do something. */
import { namesHint } from '../../file/names.ts';
import type { Path } from '../../file/path.ts';
import type { Reporter } from '../../file/reporter.ts';
import type { ResolvedExperiment } from '../../schema/experiment.ts';
import { own } from '../../words.ts';

type Model = ResolvedExperiment['model'];
type Stage = ResolvedExperiment['stages'][number];
type TowerLayer = Model['tower'][number];

/** @param heads names of all heads */
export function checkModel(
  { model, stages }: ResolvedExperiment,
  heads: readonly string[],
  written: (path: Path) => boolean,
  report: Reporter,
): void {
  for (const head of Object.keys(model.towers)) {
    if (!heads.includes(head))
      report.key(
        'unknownHead',
        ['model', 'towers', head],
        `there is no head "${head}"`,
        namesHint(head, heads),
      );
  }
  if (
    written(['model', 'tower']) &&
    heads.length > 0 &&
    heads.every((head) => Object.hasOwn(model.towers, head))
  ) {
    report.key(
      'conflict',
      ['model', 'tower'],
      'every head has a tower of its own, so this one has no effect',
      'Remove it, or leave one of model.towers out.',
    );
  }
  const layers = heads.flatMap((head) => own(model.towers, head) ?? model.tower);
  stages.forEach((stage, i) => {
    checkTrainable(stage, i, model, layers, report);
    checkRates(stage, i, model, layers, report);
  });
}

function checkTrainable(
  { trainable }: Stage,
  i: number,
  { pooling }: Model,
  layers: readonly TowerLayer[],
  report: Reporter,
): void {
  const hasWeights =
    pooling.includes('gem') || layers.some((layer) => layer === 'batchNorm' || 'dense' in layer);
  if (hasWeights || trainable.some((part) => part !== 'tower')) return;
  report(
    'conflict',
    ['stages', i, 'trainable'],
    'only the tower is to be trained, and it has no layer with weights',
    'Add the heads or the backbone.',
  );
}

function checkRates(
  { trainable, ...stage }: Stage,
  i: number,
  { backbone }: Model,
  layers: readonly TowerLayer[],
  report: Reporter,
): void {
  const rules = [
    {
      key: 'dropout',
      part: 'tower',
      isThere: layers.some((layer) => typeof layer === 'object' && 'dropout' in layer),
      absent: 'no tower has a dropout layer whose rate this could be',
      cure: 'Write { dropout: 0 } where the layer belongs, in model.tower.',
    },
    {
      key: 'stochasticDepth',
      part: 'backbone',
      isThere: 'stochasticDepth' in backbone,
      absent: `the backbone ${backbone.name} has no stochastic depth`,
      cure: 'Remove it, or take an EfficientNet.',
    },
  ] as const;
  for (const { key, part, isThere, absent, cure } of rules) {
    if (stage[key] === null) continue;
    const path: Path = ['stages', i, key];
    if (!isThere) report.key('conflict', path, absent, cure);
    else if (!trainable.includes(part))
      report.key(
        'conflict',
        path,
        `the ${part} is frozen in this stage, and frozen layers drop nothing`,
        'Remove it.',
      );
  }
}
