/** Small comparisons for tests: trials by the labels of their axes. */
import type { Compared, ComparedTrial } from '../../src/compare/trials.ts';

/** @param point label by axis; the metric is balanced accuracy over all heads */
export function trial(
  point: ComparedTrial['point'],
  metric: number | null,
  seed = 1,
  more: Partial<ComparedTrial> = {},
): ComparedTrial {
  const label = Object.values(point).join(' ');
  return {
    label,
    point,
    seed,
    status: 'done',
    reason: null,
    metrics: null,
    metric,
    curve: [],
    numerics: [1],
    ...more,
  };
}

export function compared(
  axes: Compared['axes'],
  trials: readonly ComparedTrial[],
  metric: Compared['metric'] = { name: 'balancedAccuracy', head: null, direction: 'maximize' },
): Compared {
  return { names: ['x'], metric, axes, trials, folder: null };
}

export const listAxis = (name: string, labels: readonly string[]): Compared['axes'][number] => ({
  name,
  labels,
  distribution: null,
});
