/** Which task of an array a process is in, as Slurm's variables say. */

export interface OwnTask {
  /** `NAME_TASK`. Ids are given anew where a controller lost its state; the name of an array is never used again. */
  readonly job: string;
  /** `12_3`, for scontrol. */
  readonly id: string;
}

/** @returns undefined outside of an array */
export function ownTask(environment: NodeJS.ProcessEnv): OwnTask | undefined {
  const { SLURM_JOB_NAME: name, SLURM_ARRAY_JOB_ID: array, SLURM_ARRAY_TASK_ID: index } = environment;
  if (name === undefined || array === undefined || index === undefined) return undefined;
  return { job: `${name}_${index}`, id: `${array}_${index}` };
}
