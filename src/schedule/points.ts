/** A schedule as few points: enough to draw it, and to read it in JSON. */
import type { Schedule } from './schedule.ts';

export interface SchedulePoint {
  /** Step of the stage, from 0. */
  readonly step: number;
  readonly learningRate: number;
  /** Where the policy moves it. */
  readonly momentum?: number;
}

/**
 * Points at equal distances, first and last step among them. Points on a level stretch are left out but for its ends.
 * @param learningRate of the stage
 * @param most points at most, at least 2
 */
export function samplePoints(schedule: Schedule, learningRate: number, most: number): SchedulePoint[] {
  const { steps } = schedule;
  const count = Math.min(steps, most);
  const points = Array.from({ length: count }, (_, i): SchedulePoint => {
    const step = count === 1 ? 0 : Math.round((i * (steps - 1)) / (count - 1));
    const { factor, momentum } = schedule.at(step);
    return { step, learningRate: factor * learningRate, ...(momentum === null ? {} : { momentum }) };
  });
  const isLevel = (a: SchedulePoint | undefined, b: SchedulePoint | undefined): boolean =>
    a !== undefined && b !== undefined && a.learningRate === b.learningRate && a.momentum === b.momentum;
  return points.filter((point, i) => !(isLevel(points[i - 1], point) && isLevel(point, points[i + 1])));
}
