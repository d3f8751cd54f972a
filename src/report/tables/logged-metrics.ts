/** Metrics to the names and numbers that a tracker keeps. What cannot be told is left out. */
import type { HeadMetrics, Metrics } from '../../train/score/metrics.ts';

const EVERY_EPOCH = [
  'loss',
  'accuracy',
  'balancedAccuracy',
  'macroF1',
  'auc',
  'calibrationError',
  'meanAbsoluteError',
] as const satisfies readonly (keyof HeadMetrics)[];

/**
 * `<part>/loss`, `<part>/<head>/<metric>`, and the means over the heads as `<part>/<metric>`.
 * @param part `train` or `validation`
 */
export function epochMetrics(part: string, metrics: Metrics): Record<string, number> {
  const { majorityAccuracy: _, ...means } = metrics.mean;
  return named(part, metrics, means, EVERY_EPOCH);
}

/** Summary values for MLflow's table of runs: `validationBest/<head>/<metric>`, the majority baseline beside them. */
export function finalMetrics(metrics: Metrics): Record<string, number> {
  return named('validationBest', metrics, metrics.mean, [...EVERY_EPOCH, 'majorityAccuracy']);
}

function named(
  part: string,
  { loss, heads }: Metrics,
  means: Readonly<Record<string, number | null>>,
  keys: readonly ((typeof EVERY_EPOCH)[number] | 'majorityAccuracy')[],
): Record<string, number> {
  const values: [string, number | null][] = [
    [`${part}/loss`, loss],
    ...Object.entries(means).map(([key, value]): [string, number | null] => [`${part}/${key}`, value]),
    ...Object.entries(heads).flatMap(([head, metrics]) =>
      keys.map((key): [string, number | null] => [`${part}/${head}/${key}`, metrics[key]]),
    ),
  ];
  return Object.fromEntries(values.filter((entry): entry is [string, number] => entry[1] !== null));
}
