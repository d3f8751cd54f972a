/** The learning rates of a whole run before it starts: a plan in, points over its epochs out. */
import type { Plan } from '../../plan/plan.ts';
import { samplePoints } from '../../schedule/points.ts';
import { createSchedule } from '../../schedule/schedule.ts';

export interface CurvePoint {
  /** Epochs of the run that are done, whole or in part. */
  readonly epoch: number;
  readonly learningRate: number;
  /** Null where the policy leaves it to the optimizer. */
  readonly momentum: number | null;
}

export interface StageCurve {
  readonly stage: string;
  /** Epochs of the run at its start and at its end, where nothing ends it early. */
  readonly begin: number;
  readonly end: number;
  readonly points: readonly CurvePoint[];
}

/** Points of one stage: enough for every pixel of a picture's line. */
const POINTS = 600;

/** @returns undefined where the steps of a stage are not known, without the table */
export function scheduleCurve({ settings, stages }: Plan): StageCurve[] | undefined {
  let begin = 0;
  const curves: StageCurve[] = [];
  for (const [i, { name, epochs, learningRatePolicy, optimizer }] of settings.stages.entries()) {
    const { stepsPerEpoch } = stages[i]!;
    if (stepsPerEpoch === null) return undefined;
    const schedule = createSchedule(learningRatePolicy, { epochs, stepsPerEpoch });
    const first = begin;
    const points = samplePoints(schedule, optimizer.learningRate, POINTS).map(
      ({ step, learningRate, momentum }): CurvePoint => ({
        epoch: first + step / stepsPerEpoch,
        learningRate,
        momentum: momentum ?? null,
      }),
    );
    begin += epochs;
    // The last step lasts to the end of the stage.
    const last = points.at(-1)!;
    curves.push({ stage: name, begin: first, end: begin, points: [...points, { ...last, epoch: begin }] });
  }
  return curves;
}

/** Whether the learning rate is another anywhere in the run. */
export function moves(curves: readonly StageCurve[]): boolean {
  return new Set(curves.flatMap(({ points }) => points.map(({ learningRate }) => learningRate))).size > 1;
}

/** Peaks of stages that are further apart than this need a logarithmic axis. */
const FAR_APART = 5;
/** What is so many times smaller than the smallest peak is drawn at the bottom of that axis. */
const BELOW_PEAK = 1000;

/**
 * The axis that shows all stages: linear from 0, or logarithmic where their highest rates are far apart.
 * @returns the lowest value of a logarithmic axis, null for a linear one
 */
export function logarithmicFrom(curves: readonly StageCurve[]): number | null {
  const peaks = curves.map(({ points }) => Math.max(...points.map(({ learningRate }) => learningRate)));
  const lowest = Math.min(...peaks);
  if (Math.max(...peaks) / lowest < FAR_APART) return null;
  const rates = curves.flatMap(({ points }) => points.map(({ learningRate }) => learningRate));
  return Math.max(Math.min(...rates), lowest / BELOW_PEAK);
}
