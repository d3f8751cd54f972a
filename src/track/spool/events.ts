/**
 * What stands in `runs/<id>/metrics.jsonl`: one event a line, in the order in which it happened. Everything a server
 * is ever told comes from these lines, so a run can be sent while it goes, later, again, or to another server.
 */
import type { DatasetDescription, EndStatus, RunDescription } from '../run.ts';

/** JSON has no such numbers; they are kept by name and never sent. */
export type NonFinite = 'NaN' | 'Infinity' | '-Infinity';

/** Milliseconds since 1970, an integer. */
interface Timed {
  readonly time: number;
}

/** A process began to work on the run: attempt 1, or a later one that went on with it. */
export interface RunEvent extends Timed {
  readonly type: 'run';
  readonly attempt: number;
  readonly run: RunDescription;
}

/** A metric whose key MLflow would refuse, and the name it has in the lines that follow. */
export interface NameEvent extends Timed {
  readonly type: 'name';
  readonly key: string;
  readonly name: string;
}

export interface MetricsEvent extends Timed {
  readonly type: 'metrics' | 'system';
  readonly step: number;
  readonly values: Readonly<Record<string, number | NonFinite>>;
}

/** `file` is relative to the run's folder. */
export interface ArtifactEvent extends Timed {
  readonly type: 'artifact';
  readonly file: string;
  readonly artifactPath: string;
}

export interface ImageEvent extends Timed {
  readonly type: 'image';
  readonly key: string;
  readonly step: number;
  readonly file: string;
}

export interface TableEvent extends Timed {
  readonly type: 'table';
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

export interface DatasetEvent extends Timed {
  readonly type: 'dataset';
  readonly dataset: DatasetDescription;
}

export interface TagsEvent extends Timed {
  readonly type: 'tags';
  readonly values: Readonly<Record<string, string>>;
}

/** The model of the run, and what it is worth. */
export interface ModelEvent extends Timed {
  readonly type: 'model';
  /** Relative to the run's folder. */
  readonly folder: string;
  readonly name: string;
  readonly step: number;
  readonly metrics: Readonly<Record<string, number | NonFinite>>;
  /** Name in MLflow's registry that it becomes a version of. */
  readonly register?: string | undefined;
}

/** Of a sweep: the version of one of its runs is the one with this name. */
export interface AliasEvent extends Timed {
  readonly type: 'alias';
  /** Name in MLflow's registry. */
  readonly model: string;
  readonly alias: string;
  /** Ours. */
  readonly runId: string;
}

export interface EndEvent extends Timed {
  readonly type: 'end';
  readonly status: EndStatus;
}

export type SpoolEvent =
  | RunEvent
  | NameEvent
  | MetricsEvent
  | ArtifactEvent
  | ImageEvent
  | TableEvent
  | DatasetEvent
  | TagsEvent
  | ModelEvent
  | AliasEvent
  | EndEvent;

/** A number as it is kept in a line. */
export function toSpoolNumber(value: number): number | NonFinite {
  return Number.isFinite(value) ? value : (String(value) as NonFinite);
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
const isStep = (value: unknown): boolean => Number.isSafeInteger(value);
const isMap = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isMapOf =
  (is: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    isMap(value) && Object.values(value as object).every(is);
const isValue = (value: unknown): boolean =>
  isNumber(value) || value === 'NaN' || value === 'Infinity' || value === '-Infinity';
const isRun = (value: unknown): boolean => {
  const { runId, name, experiment, parameters, tags } = Object(value) as Record<string, unknown>;
  return [runId, name, experiment].every(isText) && isMap(parameters) && isMapOf(isText)(tags);
};

/** What each field of an event has to be. */
const fields: Readonly<Record<SpoolEvent['type'], Readonly<Record<string, (value: unknown) => boolean>>>> = {
  run: { attempt: isStep, run: isRun },
  name: { key: isText, name: isText },
  metrics: { step: isStep, values: isMapOf(isValue) },
  system: { step: isStep, values: isMapOf(isValue) },
  artifact: { file: isText, artifactPath: isText },
  image: { key: isText, step: isStep, file: isText },
  table: { name: isText, columns: Array.isArray, rows: Array.isArray },
  dataset: { dataset: isMap },
  tags: { values: isMapOf(isText) },
  model: {
    folder: isText,
    name: isText,
    step: isStep,
    metrics: isMapOf(isValue),
    register: (value) => value === undefined || isText(value),
  },
  alias: { model: isText, alias: isText, runId: isText },
  end: { status: isText },
};

/** Whether a line that was read is an event, with all that its readers rely on. */
export function isEvent(value: unknown): value is SpoolEvent {
  const event = Object(value) as Record<string, unknown>;
  const wanted =
    isText(event.type) && Object.hasOwn(fields, event.type as string)
      ? fields[event.type as SpoolEvent['type']]
      : undefined;
  return (
    wanted !== undefined &&
    isNumber(event.time) &&
    Object.entries(wanted).every(([key, is]) => is(event[key]))
  );
}
