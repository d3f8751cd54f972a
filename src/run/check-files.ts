/** `plan.json` and `result.json` of a run, as their readers rely on them. Whoever damaged one gets a sentence, and no stack trace. */
import { type Field, fieldOf } from '../machine/fields.ts';
import { damaged } from '../machine/json-file.ts';

/** @throws RunError with the first that is wrong */
export function checkPlan(value: unknown, file: string): void {
  check(value, file, (plan) => {
    plan.at('name').text();
    checkHash(plan.at('hash'));
    const settings = plan.at('settings');
    for (const key of ['dataset', 'model', 'execution']) settings.at(key).entries();
    const stages = settings.at('stages').list();
    if (stages.length === 0) settings.at('stages').wrong('at least one stage');
    for (const stage of stages) {
      stage.at('name').text();
      stage.at('epochs').count(1, Number.MAX_SAFE_INTEGER);
    }
    plan.at('locations').at('table').text();
    plan.at('experiment').entries();
  });
}

/** @throws RunError with the first that is wrong */
export function checkResult(value: unknown, file: string): void {
  check(value, file, (result) => {
    for (const key of ['runId', 'ended', 'host']) result.at(key).text();
    for (const key of ['planHash', 'weightsHash']) checkHash(result.at(key));
    for (const stage of result.at('stages').list()) {
      stage.at('name').text();
      for (const key of ['epochs', 'bestEpoch']) stage.at(key).count(0, Number.MAX_SAFE_INTEGER);
      checkMetrics(stage.at('metrics'));
    }
    checkMetrics(result.at('metrics'));
    for (const cost of result.at('costs').list())
      for (const key of ['flopsPerStep', 'flops', 'seconds']) cost.at(key).number();
  });
}

function check(value: unknown, file: string, look: (whole: Field) => void): void {
  let problem: string | undefined;
  look(
    fieldOf(value, (path, expected, found) => {
      problem ??= `${path === '' ? '' : `${path}: `}expected ${expected}, found ${found}`;
    }),
  );
  if (problem !== undefined) throw damaged(file, problem);
}

function checkHash(field: Field): void {
  if (!/^[0-9a-f]{64}$/.test(field.text())) field.wrong('64 hexadecimal digits');
}

/** Figures that no row can tell are null. */
function checkMetrics(metrics: Field): void {
  figure(metrics.at('loss'));
  for (const [, mean] of metrics.at('mean').entries()) figure(mean);
  for (const [, head] of metrics.at('heads').entries()) {
    for (const key of ['loss', 'accuracy', 'balancedAccuracy', 'macroF1']) figure(head.at(key));
  }
}

function figure(field: Field): void {
  if (!field.isNull()) field.number();
}
