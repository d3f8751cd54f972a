/** The runs of a folder as text: a row a run, oldest first. */
import { formatHash, formatLoss } from '../text/format.ts';
import { renderTable, type TextStyle } from '../text/text-table.ts';

/** What of a run's record is shown. */
export interface ListedRun {
  readonly runId: string;
  readonly status: string;
  /** The machine that it is running on, where that is another one. */
  readonly elsewhere: string | null;
  readonly started: string;
  readonly planHash: string;
  /** Of its numbers; 1 alone where it is left out. */
  readonly numerics?: readonly number[];
  readonly file: string;
  /** `path=value` arguments. */
  readonly overrides: readonly string[];
  /** Validation loss at its end. */
  readonly loss: number | null;
}

/** @returns lines without a newline at the end */
export function runsTable(runs: readonly ListedRun[], style: TextStyle): string {
  const numericsOf = ({ numerics = [1] }: ListedRun): string => numerics.join(', ');
  // Said where numbers of the list should not be compared without a thought.
  const isMixed = new Set(runs.map(numericsOf)).size > 1;
  return renderTable(
    {
      columns: [
        { title: 'run', align: 'left' },
        { title: 'status', align: 'left' },
        { title: 'started (UTC)', align: 'left' },
        { title: 'plan', align: 'left' },
        ...(isMixed ? [{ title: 'numerics', align: 'left' as const }] : []),
        { title: 'loss', align: 'right' },
        { title: 'file, with its arguments', align: 'left' },
      ],
      rows: runs.map((run) => [
        run.runId,
        run.elsewhere === null ? run.status : `${run.status} on ${run.elsewhere}`,
        run.started.slice(0, 16).replace('T', ' '),
        formatHash(run.planHash),
        ...(isMixed ? [numericsOf(run)] : []),
        formatLoss(run.loss),
        [run.file, ...run.overrides].join(' '),
      ]),
    },
    style,
  );
}
