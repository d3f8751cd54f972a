/** Runs an experiment in this process: what it came to, and what a person was told. */
import { packageModel } from '../../src/export/mlflow/package.ts';
import type { RunOptions } from '../../src/run/experiment.ts';
import { runExperiment } from '../../src/run/experiment.ts';
import type { RunOutcome } from '../../src/run/outcome.ts';
import type { TrainEvent } from '../../src/train/events.ts';

export interface RunHere extends Partial<Pick<RunOptions, 'overrides' | 'resume' | 'anyway' | 'trial'>> {
  /** The run is asked to stop after so many steps. */
  readonly stopAt?: number;
  readonly onEvent?: (event: TrainEvent) => void;
}

export async function runHere(
  file: string,
  { overrides = [], resume = false, stopAt, onEvent, ...more }: RunHere = {},
): Promise<RunOutcome & { readonly notes: string[] }> {
  const notes: string[] = [];
  const controller = new AbortController();
  let steps = 0;
  const outcome = await runExperiment(file, {
    overrides,
    resume,
    ...more,
    signal: controller.signal,
    packageModel,
    progress: {
      onEvent(event) {
        onEvent?.(event);
        if (event.type === 'step' && ++steps === stopAt) controller.abort();
      },
      note: (message) => notes.push(message),
      preparing: () => undefined,
      close: () => undefined,
    },
  });
  return { ...outcome, notes };
}
