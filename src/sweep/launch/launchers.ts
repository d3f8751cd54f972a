/** The launchers by their names, and what the command line asks of the table. */
import { ExperimentError, type Problem } from '../../errors.ts';
import { bullmq } from './bullmq.ts';
import type { AtATime, LauncherDef, OpenLauncher, OpenWorker, OwnOption } from './launcher-def.ts';
import { local } from './local.ts';
import { slurm } from './slurm.ts';

export const launchers = { local, bullmq, slurm } satisfies Readonly<Record<string, LauncherDef>>;

export type LauncherName = keyof typeof launchers;
type OwnName = { [Name in LauncherName]: keyof (typeof launchers)[Name]['options'] }[LauncherName];

export const DEFAULT_LAUNCHER: LauncherName = 'local';
export const launcherNames = Object.keys(launchers) as LauncherName[];

/** Options of `run sweep` for launchers, as they were given. */
export interface LauncherOptions extends OwnOptions, AtATime {
  readonly launcher?: LauncherName;
}

/** Values of options that are not for every launcher. */
export type OwnOptions = { readonly [Name in OwnName]?: string };

/** An option that is not for every launcher. */
export interface LauncherOption extends OwnOption {
  readonly name: OwnName;
  /** As on the command line: `--queue`. */
  readonly flag: string;
  /** Whose it is. */
  readonly launchers: readonly LauncherName[];
}

export const launcherOf = (name: LauncherName): LauncherDef => launchers[name];

export const launcherOptions: readonly LauncherOption[] = optionsOf(launcherNames);

/** Of these launchers, each option once. */
export function optionsOf(names: readonly LauncherName[]): LauncherOption[] {
  const options = new Map<string, LauncherOption>();
  for (const name of names)
    for (const [key, option] of Object.entries(launcherOf(name).options)) {
      const flag = `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      const users = [...(options.get(key)?.launchers ?? []), name];
      options.set(key, { ...option, name: key as OwnName, flag, launchers: users });
    }
  return [...options.values()];
}

/**
 * The launcher that the options ask for; see `LauncherDef.open`.
 * @throws ExperimentError for options that do not go together too
 */
export async function openLauncher(
  options: LauncherOptions,
  say: (message: string) => void,
): Promise<(sweepFolder: string) => OpenLauncher> {
  const { launcher = DEFAULT_LAUNCHER } = options;
  checkOptions(launcher, options);
  return launcherOf(launcher).open(ownOf(launcher, options), options, say);
}

/** Those that `run worker` takes trials for. */
export const workedLaunchers = launcherNames.filter((name) => launcherOf(name).worker !== null);

/** A worker of the queue of one of `workedLaunchers`. */
export async function openWorker(
  launcher: LauncherName,
  options: OwnOptions,
  say: (message: string) => void,
): Promise<OpenWorker> {
  return launcherOf(launcher).worker!.open(ownOf(launcher, options), say);
}

function ownOf(launcher: LauncherName, options: OwnOptions): Record<string, string> {
  const own = optionsOf([launcher]).map(({ name }) => [name, options[name]] as const);
  return Object.fromEntries(own.filter((one): one is [OwnName, string] => one[1] !== undefined));
}

function checkOptions(launcher: LauncherName, options: LauncherOptions): void {
  const problems: Problem[] = [];
  const report = (path: string, message: string, hint: string): void => {
    problems.push({ code: 'badArgument', path, message, hint });
  };
  for (const { name, flag, launchers: users } of launcherOptions) {
    if (options[name] === undefined || users.includes(launcher)) continue;
    report(flag, `is for --launcher ${users.join(' or ')} alone`, `Add --launcher ${users[0]}.`);
  }
  const { insteadOfPerGpu } = launcherOf(launcher);
  if (options.perGpu !== undefined && insteadOfPerGpu !== null)
    report('--per-gpu', `is not for --launcher ${launcher}`, insteadOfPerGpu);
  if (problems.length > 0) throw new ExperimentError(problems);
}

/** @returns name of the job that a process is in, where a launcher's queue started it */
export function jobName(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return launcherNames.map((name) => launcherOf(name).task?.jobName(environment)).find((job) => job);
}
