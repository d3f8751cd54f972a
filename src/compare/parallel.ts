/** A comparison as lines through parallel axes: each value as a share of the height, from 0 at the bottom to 1. */
import { formatLoss, formatScore } from '../report/text/format.ts';
import { metricName } from '../sweep/search/metric.ts';
import { own } from '../words.ts';
import type { Row } from './rows.ts';
import type { Compared, ComparedAxis, Coordinate } from './trials.ts';

export interface ParallelAxis {
  readonly name: string;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

export interface ParallelLine {
  /** Index of its row. */
  readonly row: number;
  readonly label: string;
  readonly colour: string;
  /** By axis, the metric last; null where the axis takes no part. */
  readonly at: readonly (number | null)[];
}

/** Worst to best. */
const COLOURS = { worst: [176, 190, 205], best: [38, 104, 180] } as const;

export function parallelOf(
  { axes, metric }: Pick<Compared, 'axes' | 'metric'>,
  rows: readonly Row[],
): { parallel: ParallelAxis[]; lines: ParallelLine[] } {
  const done = rows.filter((row) => row.metric !== null);
  const means = done.map((row) => row.metric!.mean);
  const [lowest, highest] = [Math.min(...means), Math.max(...means)];
  const shareOf = (mean: number): number => (highest === lowest ? 0.5 : (mean - lowest) / (highest - lowest));
  const format = metric.name === 'loss' ? formatLoss : formatScore;
  const scales = axes.map(scaleOf);
  const ends = highest === lowest ? [lowest] : [lowest, (lowest + highest) / 2, highest];
  return {
    parallel: [
      ...axes.map(({ name }, i) => ({ name, ticks: scales[i]!.ticks })),
      { name: metricName(metric), ticks: ends.map((mean) => ({ at: shareOf(mean), text: format(mean) })) },
    ],
    lines: done
      .map((row, i): ParallelLine => {
        const share = shareOf(row.metric!.mean);
        const good = metric.direction === 'minimize' ? 1 - share : share;
        return {
          row: i,
          label: row.label,
          colour: `rgb(${COLOURS.worst.map((from, c) => Math.round(from + good * (COLOURS.best[c]! - from))).join(' ')})`,
          at: [
            ...axes.map(({ name }, a) =>
              own(row.point, name) === undefined ? null : scales[a]!.at(row.point[name]!),
            ),
            share,
          ],
        };
      })
      // The best is drawn last, above the others.
      .reverse(),
  };
}

function scaleOf({ labels, distribution }: ComparedAxis): {
  ticks: ParallelAxis['ticks'];
  at: (value: Coordinate) => number;
} {
  if (distribution === null) {
    const known = labels ?? [];
    const at = (value: Coordinate): number =>
      known.length < 2 ? 0.5 : known.indexOf(String(value)) / (known.length - 1);
    return { ticks: known.map((text) => ({ at: at(text), text })), at };
  }
  const { scale, from, to } = distribution;
  const on = (value: number): number => (scale === 'log' ? Math.log(value) : value);
  const at = (value: Coordinate): number => (on(Number(value)) - on(from)) / (on(to) - on(from));
  return { ticks: [from, to].map((end) => ({ at: at(end), text: String(end) })), at };
}
