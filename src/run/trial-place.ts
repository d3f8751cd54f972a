/** What a sweep gives to the run of one of its trials. */
import type { Plan } from '../plan/plan.ts';
import type { RunDescription } from '../track/run.ts';
import type { Checkpoint } from '../train/checkpoint.ts';

/** The run of a sweep's trial. */
export interface TrialPlace {
  /** The run's folder; it goes on from the checkpoint there, if there is one. */
  readonly folder: string;
  readonly runId: string;
  /** Name and more tags in MLflow. */
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The sweep's own run, which this one is shown under. */
  readonly parent: NonNullable<RunDescription['parent']>;
  /** Folder of the attempt whose checkpoint it goes on from; undefined for its beginning. */
  readonly from?: string | undefined;
  /** The hash that the plan had when the sweep was planned. */
  readonly planHash: string;
  /** Stop with a checkpoint after so many epochs of the whole run; null for its end. */
  readonly epochs: number | null;
  /** Where other trials begin with the same stages. */
  readonly shared?: SharedStages | undefined;
}

/** Stages that several runs begin with: what one has trained, the others go on from. */
export interface SharedStages {
  open(run: SharingRun): {
    /**
     * Looks for more stages than the run has behind it, and puts them into its folder: checkpoint and history.
     * @param from where the run would go on; undefined for its beginning
     * @returns where it goes on
     */
    take(from: Checkpoint | undefined): Checkpoint | undefined;
    /** Leaves the run's checkpoint, which holds so many whole stages, to others. */
    offer(stages: number): void;
  };
}

/** What decides whether another run's stages have the numbers that this run's would have. */
export interface SharingRun {
  readonly plan: Plan;
  readonly folder: string;
  readonly dataDigest: string;
  /** Version of TensorFlow and the device that it computes on. */
  readonly tensorflow: Readonly<Record<string, string>>;
}
