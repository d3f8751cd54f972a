/** The runs of a folder as text: a row a run, oldest first. */
import { formatHash, formatLoss } from '../text/format.ts';
import { renderTable, type TextStyle } from '../text/text-table.ts';

/** What of a run's record is shown. */
export interface ListedRun {
  readonly runId: string;
  readonly status: string;
  readonly started: string;
  readonly planHash: string;
  readonly file: string;
  /** `path=value` arguments. */
  readonly overrides: readonly string[];
  /** Validation loss at its end. */
  readonly loss: number | null;
}

/** @returns lines without a newline at the end */
export function runsTable(runs: readonly ListedRun[], style: TextStyle): string {
  return renderTable(
    {
      columns: [
        { title: 'run', align: 'left' },
        { title: 'status', align: 'left' },
        { title: 'started (UTC)', align: 'left' },
        { title: 'plan', align: 'left' },
        { title: 'loss', align: 'right' },
        { title: 'file, with its arguments', align: 'left' },
      ],
      rows: runs.map(({ runId, status, started, planHash, loss, file, overrides }) => [
        runId,
        status,
        started.slice(0, 16).replace('T', ' '),
        formatHash(planHash),
        formatLoss(loss),
        [file, ...overrides].join(' '),
      ]),
    },
    style,
  );
}
