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
  | EndEvent;

/** A number as it is kept in a line. */
export function toSpoolNumber(value: number): number | NonFinite {
  return Number.isFinite(value) ? value : (String(value) as NonFinite);
}
