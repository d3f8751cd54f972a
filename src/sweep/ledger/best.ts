/** The winner of a sweep, as an experiment that can be run. */
import { join } from 'node:path';
import { stringify } from 'yaml';
import { readDocument } from '../../file/read.ts';
import { formatLoss } from '../../report/text/format.ts';
import { variantsOf } from '../../schema/variants.ts';
import { isBetter, metricName } from '../search/metric.ts';
import { escaped, overridesOf } from './freeze.ts';
import { begunTrials, readSweep, readTrialResult, readTrials, type TrialResult } from './ledger.ts';

/** Results in the order of the plan. */
export function resultsOf(sweepFolder: string): TrialResult[] {
  const begun = begunTrials(sweepFolder);
  return readTrials(sweepFolder).flatMap(({ hash }) => {
    const result = begun.has(hash.slice(0, 16)) ? readTrialResult(sweepFolder, hash) : undefined;
    return result === undefined ? [] : [result];
  });
}

/** The best result by the sweep's metric. @returns undefined where no trial is done */
export function bestResult(sweepFolder: string): TrialResult | undefined {
  const { metric } = readSweep(sweepFolder);
  const [first, ...others] = resultsOf(sweepFolder);
  return (
    first && others.reduce((best, one) => (isBetter(metric, one.metric, best.metric) ? one : best), first)
  );
}

/** @returns undefined where no trial is done */
export function bestExperiment(sweepFolder: string): { text: string; result: TrialResult } | undefined {
  const sweep = readSweep(sweepFolder);
  const result = bestResult(sweepFolder);
  if (result === undefined) return undefined;
  const { document } = readDocument(join(sweepFolder, 'base.yaml'), {
    overrides: overridesOf(result),
    environment: {},
    variantAt: variantsOf('experiment'),
  });
  const head = `# The best trial of ${sweep.id}: ${metricName(sweep.metric)} ${formatLoss(result.metric)}.
# ${result.label}
# Trial ${result.trial}, run ${result.runId}.
`;
  return { text: (head + stringify(escaped(document.value))).trimEnd(), result };
}
