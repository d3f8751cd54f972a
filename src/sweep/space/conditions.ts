/** Which choices of earlier axes a condition names. In: the condition as written, and axes. Out: their numbers. */
import { namesHint } from '../../file/names.ts';
import type { Path } from '../../file/path.ts';
import { canonicalJson } from '../../plan/hash/canonical.ts';
import type { ResolvedSweep } from '../../schema/sweep.ts';
import { type Axis, type Choice, labelOf, type Report, type Requirement, type Setting } from './axis.ts';

type Condition = ResolvedSweep['exclude'][number];

/**
 * A condition as numbers of axes and choices.
 * @param axes those that it may name
 * @param later names of axes that it may not name, because they follow
 */
export function resolveCondition(
  condition: Condition,
  axes: readonly Axis[],
  where: Path,
  report: Report,
  later: readonly string[] = [],
): Requirement[] {
  return Object.entries(condition).flatMap(([key, wanted]): Requirement[] => {
    const here: Path = [...where, key];
    const axis = axes.findIndex(({ name, paths }) => name === key || paths.includes(key));
    const found = axes[axis];
    if (found === undefined) {
      const isLater = later.includes(key);
      const names = axes.flatMap(({ name, paths }) => [name, ...paths]);
      const message = isLater
        ? `the axis "${key}" does not stand above this one`
        : `there is no axis "${key}"`;
      const hint = isLater
        ? 'An axis may depend on those above it; change the order.'
        : namesHint(key, [...new Set(names)], 'The axes above');
      report('conflict', here, message, hint);
      return [];
    }
    if (found.distribution !== null) {
      report(
        'conflict',
        here,
        `the values of ${key} are drawn, so no condition can name one`,
        'Write them as a list.',
      );
      return [];
    }
    const matching = matchingChoices(found, key, wanted);
    for (const value of matching.unknown) {
      const known = found.choices.map((choice) => labelFor(choice, found, key));
      report(
        'wrongValue',
        here,
        `the axis ${key} has no value ${JSON.stringify(value)}`,
        namesHint(labelOf(value), known, 'Its values'),
      );
    }
    return [{ axis, choices: new Set(matching.choices) }];
  });
}

function labelFor(choice: Choice, axis: Axis, key: string): string {
  const setting = key === axis.name && axis.paths.length !== 1 ? undefined : settingFor(choice, axis, key);
  return setting === undefined ? choice.label : labelOf(setting.plain);
}

function settingFor(choice: Choice, axis: Axis, key: string): Setting | undefined {
  return (
    choice.settings.find(({ path }) => path === key) ?? (axis.name === key ? choice.settings[0] : undefined)
  );
}

function matchingChoices(
  axis: Axis,
  key: string,
  wanted: unknown,
): { choices: number[]; unknown: unknown[] } {
  const find = (value: unknown): number[] =>
    axis.choices.flatMap((choice, i) => {
      if (axis.name === key && choice.label === value) return [i];
      const setting = settingFor(choice, axis, key);
      return setting !== undefined && canonicalJson(setting.plain) === canonicalJson(value) ? [i] : [];
    });
  const whole = find(wanted);
  if (whole.length > 0 || !Array.isArray(wanted))
    return { choices: whole, unknown: whole.length > 0 ? [] : [wanted] };
  return {
    choices: wanted.flatMap(find),
    unknown: wanted.filter((value) => find(value).length === 0),
  };
}
