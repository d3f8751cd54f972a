/** Durations as they are written, and the steps that they come to. */

/** A number of steps, of epochs, or a share of a stage. */
export type Duration = { readonly steps: number } | { readonly epochs: number } | { readonly share: number };

/** How long a stage is where nothing ends it early. */
export interface StageLength {
  readonly epochs: number;
  readonly stepsPerEpoch: number;
}

export function stageSteps({ epochs, stepsPerEpoch }: StageLength): number {
  return epochs * stepsPerEpoch;
}

/** @returns whole steps, rounded; 0 where the duration is less than half a step */
export function stepsOf(duration: Duration, length: StageLength): number {
  if ('steps' in duration) return duration.steps;
  if ('epochs' in duration) return Math.round(duration.epochs * length.stepsPerEpoch);
  return Math.round(duration.share * stageSteps(length));
}

/** `2 epochs`, `500 steps`, `30 % of the stage`. */
export function formatStepDuration(duration: Duration): string {
  if ('steps' in duration) return plural(duration.steps, 'step');
  if ('epochs' in duration) return plural(duration.epochs, 'epoch');
  return `${Math.round(duration.share * 1000) / 10} % of the stage`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
