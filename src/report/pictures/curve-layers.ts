/** Layers that pictures of a run's epochs are made of: lines, stages, axes. A history in, parts of Vega-Lite descriptions out. */
import type { TopLevelSpec } from 'vega-lite';
import type { EpochReport } from '../../train/events.ts';

export const WIDTH = 620;
export const COLOURS = { first: '#2f6db5', second: '#e07b1f', third: '#3c9a5f', rule: '#9a9a9a' } as const;
/** Up to here each epoch gets a point, so that a single one is seen too. */
const MOST_POINTS = 40;

interface Point {
  readonly epoch: number;
  readonly value: number;
  readonly series: string;
}

export interface Series {
  readonly name: string;
  readonly colour: string;
  /** Null where there is no value; the line has a gap there. */
  readonly at: (report: EpochReport) => number | null;
  readonly dashed?: boolean;
}

type Layers = Extract<TopLevelSpec, { layer: unknown }>['layer'];

/** One line a series, with its name in a legend beneath. */
export function seriesLayers(
  history: readonly EpochReport[],
  series: readonly Series[],
  title: string,
  isShare: boolean,
): Layers {
  const points: Point[] = series.flatMap(({ name, at }) =>
    history.flatMap((report) => {
      const value = at(report);
      return value === null ? [] : [{ epoch: report.runEpoch, value, series: name }];
    }),
  );
  const legend = {
    title: null,
    orient: 'bottom' as const,
    direction: 'horizontal' as const,
    symbolType: 'stroke',
    symbolStrokeWidth: 3,
    symbolSize: 400,
    labelLimit: 0,
  };
  const domain = series.map(({ name }) => name);
  const x = epochAxis(history);
  const y = {
    field: 'value',
    type: 'quantitative' as const,
    scale: isShare ? { domain: [0, 1] } : { zero: false, nice: true },
    axis: { title },
  };
  const color = {
    field: 'series',
    type: 'nominal' as const,
    scale: { domain, range: series.map(({ colour }) => colour) },
    legend,
  };
  const strokeDash = {
    field: 'series',
    type: 'nominal' as const,
    scale: { domain, range: series.map(({ dashed }) => (dashed ? [6, 4] : [1, 0])) },
    legend,
  };
  const dashed = new Set(series.filter((one) => one.dashed).map(({ name }) => name));
  const dots = points.filter((point) => history.length === 1 || !dashed.has(point.series));
  return [
    {
      data: { values: points },
      mark: { type: 'line', strokeWidth: 2 },
      encoding: { x, y, color, strokeDash },
    },
    {
      data: { values: history.length <= MOST_POINTS ? dots : [] },
      mark: { type: 'circle', size: 28, opacity: 1 },
      encoding: { x, y, color },
    },
  ];
}

/** Names of the stages above, and a line where one ends and the next begins. */
export function stageLayers(history: readonly EpochReport[]): Layers {
  const stages = stagesOf(history);
  if (stages.length === 0) return [];
  // A stage of few epochs has no room for a long name: what would run into the next is cut.
  const perEpoch = WIDTH / Math.max(1, history.length);
  const names = stages.map(({ name, first, last }) => ({
    epoch: first - 0.5,
    name: fittedName(name, (last - first + 1) * perEpoch),
  }));
  return [...boundaryLayer(history), namesLayer(names, epochAxis(history, false))];
}

/** A stage's name as far as it fits into so many pixels; nothing where it would be less than three letters. */
export function fittedName(name: string, pixels: number): string {
  const letters = Math.floor((pixels - 6) / 6.6);
  return name.length <= letters ? name : letters < 3 ? '' : `${name.slice(0, letters - 1)}…`;
}

/** Names above a plot, each where its stage begins. @param x the plot's axis of epochs, without labels */
export function namesLayer<X>(names: readonly { readonly epoch: number; readonly name: string }[], x: X) {
  return {
    data: { values: [...names] },
    mark: {
      type: 'text' as const,
      align: 'left' as const,
      baseline: 'bottom' as const,
      dx: 4,
      dy: -3,
      fontSize: 11,
      color: '#666',
      y: 0,
    },
    encoding: { x, text: { field: 'name', type: 'nominal' as const } },
  };
}

/** A line where one stage ends and the next begins. */
export function boundaryLayer(history: readonly EpochReport[]): Layers {
  const between = stagesOf(history).slice(1);
  if (between.length === 0) return [];
  return [
    {
      data: { values: between.map(({ first }) => ({ epoch: first - 0.5 })) },
      mark: { type: 'rule', strokeDash: [3, 3], color: COLOURS.rule },
      encoding: { x: epochAxis(history, false) },
    },
  ];
}

/** Half an epoch of room on both sides: a single epoch stands in the middle. */
export function epochAxis(history: readonly EpochReport[], isShown = true) {
  const first = history[0]?.runEpoch ?? 1;
  const last = history.at(-1)?.runEpoch ?? 1;
  return {
    field: 'epoch',
    type: 'quantitative' as const,
    scale: { domain: [first - 0.5, last + 0.5], nice: false, zero: false },
    axis: isShown ? { title: 'epoch of the run', tickMinStep: 1, format: 'd', grid: false } : {},
  };
}

/** A point for each epoch, where there are few of them. */
export function pointOf(
  history: readonly EpochReport[],
  color: string,
): { size: number; color: string } | false {
  return history.length <= MOST_POINTS ? { size: 28, color } : false;
}

function stagesOf(history: readonly EpochReport[]): { name: string; first: number; last: number }[] {
  const stages = new Map<number, { name: string; first: number; last: number }>();
  for (const { stage, stageName, runEpoch } of history) {
    const known = stages.get(stage);
    if (known) known.last = runEpoch;
    else stages.set(stage, { name: stageName, first: runEpoch, last: runEpoch });
  }
  return [...stages.values()];
}
