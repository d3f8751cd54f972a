/** The plan of a sweep as text: a row a trial, what all of it costs, and what is done already. */

import { own } from '../../words.ts';
import { formatBytes, formatCount, formatDuration, formatHash, formatNumberOf } from '../text/format.ts';
import { renderTable, type TextStyle } from '../text/text-table.ts';

/** What of a planned trial is shown. */
export interface ListedTrial {
  readonly hash: string;
  /** Label by the name of the axis; an axis that takes no part is left out. */
  readonly point: Readonly<Record<string, string | number>>;
  readonly status: string;
  readonly epochs: number;
  readonly estimatedSeconds: number | null;
  readonly peakMemoryBytes: number;
}

export interface ListedSweep {
  readonly name: string;
  readonly hash: string;
  /** Names of the axes in the order of the file. */
  readonly axes: readonly string[];
  /** May be made while they are read. */
  readonly trials: Iterable<ListedTrial> & { readonly length: number };
  /** Trials that will be chosen from the results of others, at most. */
  readonly toCome: number;
  readonly duplicates: number;
  /** Epochs at which trials stop, of which one in `reduction` goes on, and the epochs of the sweep at least and at most. */
  readonly rungs: {
    readonly epochs: readonly number[];
    readonly reduction: number;
    readonly range: readonly [number, number];
  } | null;
  readonly total: {
    /** Of what is left to do, as all that follows. */
    readonly trials: number;
    readonly epochs: number;
    /** One after the other. */
    readonly seconds: number | null;
    readonly peakMemoryBytes: number;
  };
  /** What is left to do less than if each trial trained all of its stages. */
  readonly shared: { readonly epochs: number; readonly seconds: number | null };
}

/** So many rows are shown unless all are asked for. */
const ROWS = 40;

/** @returns lines without a newline at the end */
export function sweepTable(sweep: ListedSweep, all: boolean, style: TextStyle): string {
  const { axes, trials, toCome, total, duplicates } = sweep;
  const shown = firstOf(trials, all ? trials.length : ROWS);
  const table = renderTable(
    {
      columns: [
        { title: 'trial', align: 'left' },
        ...axes.map((title) => ({ title, align: 'left' as const })),
        { title: 'epochs', align: 'right' },
        { title: 'time', align: 'right' },
        { title: 'memory', align: 'right' },
        { title: 'status', align: 'left' },
      ],
      rows: shown.map(({ hash, point, epochs, estimatedSeconds, peakMemoryBytes, status }) => [
        formatHash(hash),
        ...axes.map((axis) => String(own(point, axis) ?? '')),
        formatCount(epochs),
        estimatedSeconds === null ? 'unknown' : formatDuration(estimatedSeconds),
        formatBytes(peakMemoryBytes),
        status,
      ]),
    },
    style,
  );
  const hidden = trials.length - shown.length;
  const done = trials.length + toCome - total.trials;
  const time =
    total.seconds === null
      ? 'time unknown: no run has finished on this machine yet'
      : `at most ${formatDuration(total.seconds)} one after the other on this machine`;
  return [
    table,
    ...(hidden > 0 ? [`… and ${formatCount(hidden)} more; --all shows them`] : []),
    ...(toCome > 0
      ? [`… and ${formatNumberOf(toCome, 'more trial')}, each chosen from the results before it`]
      : []),
    '',
    `${sweep.name} (${formatHash(sweep.hash)}): ${formatNumberOf(trials.length + toCome, 'trial')}, ${formatCount(done)} done`,
    ...(duplicates > 0
      ? [`${formatNumberOf(duplicates, 'combination')} came to a trial that was there already`]
      : []),
    ...rungLines(sweep),
    ...sharedLines(sweep),
    ...(toCome > 0 ? ['each trial that is yet to be chosen counts like the dearest of these'] : []),
    `left to do: ${toCome > 0 ? 'about' : 'at most'} ${formatNumberOf(total.epochs, 'epoch')}, ${time}, up to ${formatBytes(total.peakMemoryBytes)} a trial`,
  ].join('\n');
}

function firstOf<T>(items: Iterable<T>, count: number): T[] {
  const first: T[] = [];
  for (const item of items) {
    if (first.length >= count) break;
    first.push(item);
  }
  return first;
}

/** Time is known for whole trials only, so that a share of it takes all epochs for equally long. */
function rungLines({ rungs, trials }: ListedSweep): string[] {
  if (rungs === null) return [];
  const { epochs, reduction, range } = rungs;
  let whole = 0;
  let seconds: number | null = 0;
  for (const { epochs: own, estimatedSeconds } of trials) {
    whole += own;
    seconds = seconds === null || estimatedSeconds === null ? null : seconds + estimatedSeconds;
  }
  const [fewest, most] = range.map((own) =>
    seconds === null ? null : formatDuration((seconds * own) / whole),
  );
  const time = seconds === null ? '' : `; about ${fewest} to ${most} if all epochs take equally long`;
  return [
    `rungs: trials stop after the epochs ${epochs.map(formatCount).join(', ')}; the best 1 of ${reduction} at each go on`,
    `the whole sweep: ${formatCount(range[0])} to ${formatCount(range[1])} of the ${formatNumberOf(whole, 'epoch')} that all trials have${time}`,
  ];
}

function sharedLines({ shared: { epochs, seconds } }: ListedSweep): string[] {
  if (epochs === 0) return [];
  const time = seconds === null ? '' : ` and ${formatDuration(seconds)}`;
  return [
    `stages that trials begin with in common are trained once, which saves ${formatNumberOf(epochs, 'epoch')}${time}`,
  ];
}
