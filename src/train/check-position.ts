/** Whether what a checkpoint says of its place in the schedule can be: JSON, whose author is not known, against the plan. */
import { type Field, fieldOf } from '../machine/fields.ts';
import type { StagePlan } from '../plan/plan.ts';
import type { Position } from './position.ts';

/**
 * @param stages those of the plan
 * @returns what is wrong with it, as `epoch: expected a whole number from 0 to 5, found 7`; empty where nothing is
 */
export function positionProblems(value: unknown, stages: readonly Pick<StagePlan, 'epochs'>[]): string[] {
  const problems: string[] = [];
  const position = fieldOf(value, (path, expected, found) => {
    problems.push(`${path === '' ? '' : `${path}: `}expected ${expected}, found ${found}`);
  });
  const stage = position.at('stage').count(0, stages.length);
  const epoch = position.at('epoch').count(0, stages[stage]?.epochs ?? 0);
  const stepsDone = position.at('stepsDone').count(0, Number.MAX_SAFE_INTEGER);
  position.at('step').count(0, stages[stage] === undefined ? 0 : stepsDone);
  position.at('optimizerSteps').count(0, stepsDone);
  for (const key of ['learningRate', 'seconds', 'trainingSeconds', 'trainingImages'])
    notNegative(position.at(key));
  checkWatch(position.at('earlyStopping'), epoch);
  checkWatch(position.at('reduceOnPlateau'), epoch);
  const best = position.at('best');
  if (epoch === 0 && !best.isNull()) best.wrong('null before the first epoch');
  if (epoch > 0) {
    best.at('epoch').count(1, epoch);
    // JSON has null for what is not a number.
    if (!best.at('cost').isNull()) best.at('cost').number();
    best.at('metrics').at('heads').entries();
  }
  const finished = position.at('finished').listOf(stage);
  let before = 0;
  finished.forEach((result, i) => {
    result.at('name').text();
    const epochs = result.at('epochs').count(1, stages[i]!.epochs);
    result.at('bestEpoch').count(1, epochs);
    notNegative(result.at('seconds'));
    result.at('metrics').at('heads').entries();
    before += epochs;
  });
  if (problems.length === 0) position.at('epochsDone').count(before + epoch, before + epoch);
  return problems;
}

/** @param value that `positionProblems` has nothing against */
export function toPosition(value: unknown): Position {
  const position = value as Position;
  if (position.best !== null && position.best.cost === null) position.best.cost = Number.NaN;
  return position;
}

function checkWatch(watch: Field, epoch: number): void {
  if (!watch.at('best').isNull()) watch.at('best').number();
  watch.at('wait').count(0, epoch);
}

function notNegative(field: Field): void {
  field.number((value) => value >= 0, 'a number not below 0');
}
