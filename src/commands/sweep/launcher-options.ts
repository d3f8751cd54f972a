/** Options that choose a launcher, from the table of launchers. */
import { Option } from 'commander';
import { ExperimentError } from '../../errors.ts';
import {
  type LauncherName,
  type LauncherOptions,
  launcherNames,
  launcherOf,
  launcherOptions,
  optionsOf,
} from '../../sweep/launch/launchers.ts';

/** `--launcher <name>`, one of these. */
export function launcherOption(names: readonly LauncherName[], help: string): Option {
  const all = names.map((name) => `${name} (${launcherOf(name).where})`).join(', ');
  return new Option('--launcher <name>', `${help}: ${all}`).argParser((text): LauncherName => {
    const name = names.find((one) => one === text);
    if (name !== undefined) return name;
    const message = `expected ${names.join(', ').replace(/, (?=[^,]*$)/, ' or ')}, got ${JSON.stringify(text)}`;
    throw new ExperimentError([{ code: 'badArgument', path: '--launcher', message }]);
  });
}

/**
 * What is for these launchers alone.
 * @param helpOf what stands in the help before that of the option, for the launchers that take it
 */
export function ownOptions(
  names: readonly LauncherName[] = launcherNames,
  helpOf: (launchers: readonly LauncherName[]) => string = () => '',
): Option[] {
  return optionsOf(names).map(
    ({ flag, value, help, launchers }) => new Option(`${flag} <${value}>`, `${helpOf(launchers)}${help}`),
  );
}

/** What the next call must say again so that it has the same launcher, without a password. */
export function launcherWords(options: LauncherOptions): string[] {
  const { launcher, parallel, perGpu } = options;
  const own = launcherOptions.map(({ name, flag, shown = (value) => value }) => {
    const value = options[name];
    return [flag, value === undefined ? undefined : shown(value)] as const;
  });
  const given = [['--launcher', launcher], ['--parallel', parallel], ['--per-gpu', perGpu], ...own] as const;
  return given.flatMap(([flag, value]) => (value === undefined ? [] : [flag, `${value}`]));
}
