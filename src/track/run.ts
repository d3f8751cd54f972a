/** What a run tells MLflow about itself when it begins and when it ends. */

export type ParameterValue = string | number | boolean | null;

export const endStatuses = ['FINISHED', 'FAILED', 'KILLED'] as const;
export type EndStatus = (typeof endStatuses)[number];

export interface RunDescription {
  /** Ours, as `20261123-221455-quickstart-3f2a`: the name of the folder under `runs/`. */
  readonly runId: string;
  /** The run's name in MLflow. */
  readonly name: string;
  /** The experiment's name in MLflow. */
  readonly experiment: string;
  /** Every resolved parameter by its path in the file, as `stages[0].epochs`. */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly tags: Readonly<Record<string, string>>;
  /** The run that this one is shown under; whoever comes first makes it. Its folder is as seen from this run's. */
  readonly parent?: { readonly runId: string; readonly name: string; readonly folder: string } | undefined;
  /** Description on the run's page, Markdown. */
  readonly note?: string | undefined;
}

export interface DatasetDescription {
  readonly name: string;
  /** At most 36 characters are kept. */
  readonly digest: string;
  /** Path or address of the table. */
  readonly source: string;
  readonly context: 'training' | 'validation';
  /** Anything worth a look: rows, classes, counts. */
  readonly profile: Readonly<Record<string, unknown>>;
  readonly schema?: unknown;
}
