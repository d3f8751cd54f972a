/** The plan of a sweep as files, written before its first trial starts: later changes of the sweep file, of the base or of a variable change nothing. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { stringify } from 'yaml';
import { escapeText } from '../../file/variables.ts';
import { writeWhole, writeWholeText } from '../../machine/whole.mjs';
import { currentNumerics } from '../../plan/hash/numerics.ts';
import { makeRunsFolder } from '../../run/folders.ts';
import type { ResolvedSweep } from '../../schema/sweep.ts';
import { withoutLogins, withoutSecrets } from '../../secrets.ts';
import type { PlannedTrial, SweepPlan } from '../plan/plan.ts';
import type { SharedPrefix } from '../plan/stage-tree.ts';
import { coordinatesAt, labelAt, type PointAxis, valuesAt } from '../space/points.ts';
import { frozenSpace } from './frozen-space.ts';
import { refusePassword, withVariables, writtenAddress } from './kept-variables.ts';

/** `sweep.json`. */
export interface FrozenSweep {
  /** Of these files; a change that an older reader can't read raises it. */
  readonly format: 1;
  /** Name of the folder under runs/. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly hash: string;
  /** The numerics under which this and its trials' hashes were made; 1 where it is left out. */
  readonly numerics?: number;
  /** ISO 8601. */
  readonly created: string;
  /** The sweep file, as seen from the folder where it was planned. */
  readonly file: string;
  readonly metric: ResolvedSweep['metric'];
  readonly strategy: ResolvedSweep['strategy'];
  readonly budget: ResolvedSweep['budget'];
  readonly limits: ResolvedSweep['limits'];
  /** The axes in the order of the file, with `seed` where there are repetitions. */
  readonly axes: readonly FrozenAxis[];
  /** MLflow's experiment and server, from the base. Variables in the address are read when it is used. */
  readonly tracking: {
    readonly experiment: string;
    readonly uri: string | null;
    /** Name in MLflow's registry; sweeps of before have none. */
    readonly register?: string | null;
  };
  /** Those that are chosen from results among them, at most. */
  readonly trials: number;
}

export interface FrozenAxis {
  readonly name: string;
  /** Paths that it sets, as written. */
  readonly paths: readonly string[];
  /** Labels of its choices; null where values are drawn. */
  readonly labels: readonly string[] | null;
  readonly distribution: {
    readonly scale: 'linear' | 'log';
    readonly from: number;
    readonly to: number;
  } | null;
}

/** One line of `trials.jsonl`. */
export interface FrozenTrial {
  readonly hash: string;
  /** Of the same plan under earlier numerics, newest first; left out where there are none. */
  readonly earlierHashes?: readonly string[];
  /** What differs, in words: `pooling=gap seed=1`. */
  readonly label: string;
  /** Label or drawn number by the name of the axis; an axis that takes no part is left out. */
  readonly point: Readonly<Record<string, string | number>>;
  /** The values that stand in for those of base.yaml, by their path as written. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Epochs at most. */
  readonly epochs: number;
  readonly estimatedSeconds: number | null;
  readonly peakMemoryBytes: number;
  /** What it begins with that other trials begin with too, from the first stage on; left out where there is nothing. */
  readonly prefixes?: readonly SharedPrefix[];
}

export function sweepId({ sweep }: SweepPlan, hash: string): string {
  return `${sweep.name}-${hash.slice(0, 8)}`;
}

/** @param prefixes none for a trial that was chosen after the plan: no stage of it is trained for others */
export function frozenTrial(
  { axes }: { readonly axes: readonly PointAxis[] },
  { hash, earlierHashes, point, epochs, seconds, peakMemoryBytes }: PlannedTrial,
  prefixes: readonly SharedPrefix[] = [],
): FrozenTrial {
  const coordinates = coordinatesAt(axes, point);
  return {
    hash,
    ...(earlierHashes.length === 0 ? {} : { earlierHashes }),
    label: labelAt(axes, point, coordinates),
    point: coordinates,
    values: valuesAt(axes, point),
    epochs,
    estimatedSeconds: seconds,
    peakMemoryBytes,
    ...(prefixes.length === 0 ? {} : { prefixes }),
  };
}

/**
 * Writes the plan into a new folder under `runs`, whole or not at all. The same plan has the same folder, also where it was
 * begun under earlier numerics.
 * @param options.resume only look for it
 * @param options.force a new folder in any case, with a number at its end where the plan has one already
 * @returns undefined where it is not there and may not be made
 */
export function freezeSweep(
  plan: SweepPlan,
  runs: string,
  options: { readonly resume?: boolean; readonly force?: boolean } = {},
): { folder: string; isNew: boolean } | undefined {
  const begun = [plan.hash, ...plan.earlierHashes]
    .map((hash) => join(runs, sweepId(plan, hash)))
    .find((folder) => existsSync(folder));
  if (begun !== undefined && !options.force) return { folder: begun, isNew: false };
  for (let count = 1; ; count++) {
    const id = sweepId(plan, plan.hash) + (count === 1 ? '' : `-${count}`);
    const folder = join(runs, id);
    if (existsSync(folder) && !options.force) return { folder, isNew: false };
    if (options.resume) return undefined;
    if (!existsSync(folder) && writeFolder(plan, id, runs)) return { folder, isNew: true };
    // Another process has begun the same one since it was looked for: then this one helps.
    if (!options.force) return { folder, isNew: false };
  }
}

/** @returns false where another process was faster */
function writeFolder(plan: SweepPlan, id: string, runs: string): boolean {
  refusePassword(plan.space.base);
  makeRunsFolder(runs);
  const temporary = mkdtempSync(join(runs, '.sweep-'));
  try {
    writeWholeText(join(temporary, 'base.yaml'), baseText(plan));
    writeWholeText(join(temporary, 'trials.jsonl'), trialLines(plan));
    const space = frozenSpace(plan, absoluteIn(plan));
    if (space !== undefined) writeWholeText(join(temporary, space.name), `${JSON.stringify(space.value)}\n`);
    writeSources(plan, join(temporary, 'sweep'));
    writeWhole(join(temporary, 'sweep.json'), headOf(plan, id));
    // Others who share the folder read it too.
    chmodSync(temporary, 0o755);
    renameSync(temporary, join(runs, id));
    return true;
  } catch (error) {
    rmSync(temporary, { recursive: true });
    if (!['EEXIST', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return false;
  }
}

function headOf(plan: SweepPlan, id: string): FrozenSweep {
  const { sweep, axes, space, trials, toCome, hash } = plan;
  const { mlflow } = space.compile(trials[0]!.point).plan.tracking;
  return {
    format: 1,
    id,
    name: sweep.name,
    description: withoutSecrets(sweep.description ?? ''),
    hash,
    numerics: currentNumerics(),
    created: new Date().toISOString(),
    file: relative('', space.document.file),
    metric: sweep.metric,
    strategy: sweep.strategy,
    budget: sweep.budget,
    limits: sweep.limits,
    axes: axes.map(({ name, paths, choices, distribution }) => ({
      name,
      paths,
      labels: distribution === null ? choices.map(({ label }) => label) : null,
      distribution:
        distribution === null
          ? null
          : { scale: distribution.scale, from: distribution.from, to: distribution.to },
    })),
    tracking: {
      experiment: mlflow.experiment,
      uri: writtenAddress(space.base) ?? mlflow.uri,
      ...(mlflow.register == null ? {} : { register: mlflow.register }),
    },
    trials: trials.length + toCome,
  };
}

function* lines(plan: SweepPlan): Generator<string> {
  const frozenValue = absoluteIn(plan);
  for (const [i, trial] of plan.trials.entries()) {
    const frozen = frozenTrial(plan, trial, plan.stageTree.prefixesOf(i));
    const values = Object.entries(frozen.values).map(([path, value]) => [path, frozenValue(path, value)]);
    yield `${JSON.stringify({ ...frozen, values: Object.fromEntries(values) })}\n`;
  }
}

function trialLines(plan: SweepPlan): string {
  return [...lines(plan)].join('');
}

/** @returns makes paths in a value, by its path as written, absolute */
function absoluteIn({ space }: SweepPlan): (path: string, value: unknown) => unknown {
  const { folder } = space.document.originOf(['axes']);
  return (path, value) => absolute(space.pathOf(path), value, folder);
}

/** Paths of files are relative to where they were written; from the sweep's folder they would lead elsewhere. */
function absolute(path: readonly (string | number)[], value: unknown, folder: string): unknown {
  const [first, second, ...rest] = path;
  if (first !== 'dataset' || rest.length > 0) return value;
  if (second === 'table' || second === 'images') return resolve(folder, String(value));
  if (second !== undefined) return value;
  const { table, images, ...others } = value as Readonly<Record<string, unknown>>;
  const at = (written: unknown) => (written === undefined ? written : resolve(folder, String(written)));
  return { ...others, table: at(table), images: at(images) };
}

/** YAML that reads as the base with its fixed values. */
function baseText({ space, trials }: SweepPlan): string {
  const { base, document } = space;
  const { dataset, ...rest } = base.value as Readonly<Record<string, unknown>>;
  const written = dataset as Readonly<Record<string, unknown>>;
  const { folder } = base.originOf(['dataset', 'table']);
  const images = base.originOf(['dataset', 'images']).folder;
  const resolved = {
    ...written,
    ...(written.table === undefined ? {} : { table: resolve(folder, String(written.table)) }),
    ...(written.images === undefined ? {} : { images: resolve(images, String(written.images)) }),
  };
  const name = basename(document.file);
  const last = `${trials.length} ${trials.length === 1 ? 'trial stands' : 'trials stand'} in trials.jsonl`;
  return `# The base of the sweep ${name}, resolved; ${last}.\n${stringify(
    withVariables(base, escaped({ ...rest, dataset: resolved }) as Readonly<Record<string, unknown>>),
  )}`;
}

/** Strings as they must be written so that no variable is read into them again. */
export function escaped(value: unknown): unknown {
  if (typeof value === 'string') return escapeText(value);
  if (Array.isArray(value)) return value.map(escaped);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, escaped(inner)]));
}

/** The values as arguments, as a person would give them. */
export function overridesOf({ values }: Pick<FrozenTrial, 'values'>): string[] {
  return Object.entries(values).map(([path, value]) => `${path}=${JSON.stringify(escaped(value))}`);
}

function writeSources({ space }: SweepPlan, folder: string): void {
  mkdirSync(folder);
  space.document.sources.forEach(({ file, text }, i) => {
    const name = i === 0 ? basename(file) : `base-${i}-${basename(file)}`;
    writeWholeText(join(folder, name), withoutLogins(text));
  });
}
