/** The end of a sweep as text: its best trials, what failed, and how to go on. */
import { formatLoss, formatNumberOf } from '../text/format.ts';
import { renderTable, type TextStyle } from '../text/text-table.ts';

export interface EndedSweep {
  readonly sweep: string;
  readonly status: string;
  readonly metric: string;
  readonly best: {
    readonly label: string;
    readonly metric: number;
    /** Of the trials that differ in seed or fold alone, the best of which this is. */
    readonly combination: {
      readonly label: string;
      readonly trials: number;
      readonly mean: number;
      readonly standardDeviation: number | null;
    } | null;
  } | null;
  readonly trials: readonly {
    readonly label: string;
    readonly status: string;
    readonly metric: number | null;
    readonly reason: string | null;
  }[];
}

function bestOf({ label, metric, combination }: NonNullable<EndedSweep['best']>): string {
  if (combination === null || combination.trials === 1) return `${formatLoss(metric)} with ${label}`;
  const { mean, standardDeviation, trials } = combination;
  const values = combination.label === '' ? 'all trials' : combination.label;
  return `${formatLoss(mean)} ± ${formatLoss(standardDeviation)} (mean of ${trials} trials) with ${values}`;
}

/** So many failures are shown. */
const ROWS = 10;

export function sweepResult({ sweep, status, metric, best, trials }: EndedSweep, style: TextStyle): string {
  const failed = trials.filter((trial) => trial.status === 'failed');
  const done = trials.filter((trial) => trial.status === 'done').length;
  const paused = trials.filter((trial) => trial.status === 'paused').length;
  const atRungs = paused === 0 ? '' : `, ${paused} stopped at a rung`;
  const lines = [
    `${formatNumberOf(trials.length, 'trial')}, ${done} done${atRungs}, ${failed.length} failed.`,
  ];
  if (status === 'budgetSpent') lines.push('The budget is spent; what was not begun was left out.');
  if (best) lines.push(`Best ${metric}: ${bestOf(best)}.`);
  if (failed.length > 0) {
    const rows = failed.slice(0, ROWS).map(({ label, reason }) => [label, (reason ?? '').split('\n')[0]!]);
    const columns = ['failed', 'why'].map((title) => ({ title, align: 'left' as const }));
    lines.push(
      '',
      renderTable({ columns, rows }, style),
      '',
      `To try them again:\n  npx run sweep ${sweep} --failed`,
    );
  }
  if (done > 1) lines.push('', `Side by side:\n  npx run compare ${sweep}`);
  if (best)
    lines.push(
      '',
      `The winning experiment, as a file that is ready to run:\n  npx run best ${sweep} > best.yaml`,
    );
  return lines.join('\n');
}
