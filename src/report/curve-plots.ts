/** How numbers went over the epochs of a run: its history in, Vega-Lite descriptions out. */
import type { TopLevelSpec } from 'vega-lite';
import type { EpochReport } from '../train/events.ts';
import { formatCount, formatNumberOf, formatScore } from './format.ts';

const WIDTH = 620;
/** Up to here each epoch gets a point, so that a single one is seen too. */
const MOST_POINTS = 40;
/** Ratio of the highest to the lowest learning rate from which the axis is logarithmic. */
const FAR_APART = 5;
/** Logarithms of powers of ten are not always whole. */
const ROUNDING = 1e-9;
const COLOURS = { first: '#2f6db5', second: '#e07b1f', third: '#3c9a5f', rule: '#9a9a9a' } as const;

interface Point {
  readonly epoch: number;
  readonly value: number;
  readonly series: string;
}

interface Series {
  readonly name: string;
  readonly colour: string;
  /** Null where there is no value; the line has a gap there. */
  readonly at: (report: EpochReport) => number | null;
  readonly dashed?: boolean;
}

type Layers = Extract<TopLevelSpec, { layer: unknown }>['layer'];

/** Loss of training and validation, best epochs marked, and the learning rate beneath. */
export function lossSpec(history: readonly EpochReport[]): TopLevelSpec {
  const series: Series[] = [
    { name: 'training', colour: COLOURS.first, at: ({ training }) => training.loss },
    { name: 'validation', colour: COLOURS.second, at: ({ validation }) => validation.loss },
  ];
  const best = bestEpochs(history).map(({ runEpoch, validation }) => ({
    epoch: runEpoch,
    value: validation.loss,
  }));
  return {
    title: {
      text: 'Loss of training and validation',
      subtitle: `${formatNumberOf(history.length, 'epoch')}. A ring is the best epoch of its stage.`,
    },
    vconcat: [
      {
        width: WIDTH,
        height: 300,
        layer: [
          ...stageLayers(history),
          ...seriesLayers(history, series, 'loss', false),
          {
            data: { values: best },
            mark: { type: 'point', size: 170, strokeWidth: 2, color: COLOURS.second, filled: false },
            encoding: { x: epochAxis(history, false), y: { field: 'value', type: 'quantitative' } },
          },
        ],
      },
      {
        width: WIDTH,
        height: 90,
        data: {
          values: history.map(({ runEpoch, learningRate }) => ({ epoch: runEpoch, value: learningRate })),
        },
        layer: [
          ...boundaryLayer(history),
          {
            mark: {
              type: 'line',
              interpolate: 'step',
              color: COLOURS.third,
              point: pointOf(history, COLOURS.third),
            },
            encoding: {
              x: epochAxis(history),
              y: {
                field: 'value',
                type: 'quantitative',
                ...rateScale(history.map(({ learningRate }) => learningRate)),
              },
            },
          },
        ],
      },
    ],
    resolve: { legend: { color: 'independent', strokeDash: 'independent' } },
  };
}

/** Accuracy and balanced accuracy of one head on the validation rows, and what the most frequent class would get. */
export function headSpec(head: string, history: readonly EpochReport[]): TopLevelSpec {
  const of = ({ validation }: EpochReport) => validation.heads[head];
  const series: Series[] = [
    { name: 'accuracy', colour: COLOURS.first, at: (report) => of(report)?.accuracy ?? null },
    {
      name: 'balanced accuracy',
      colour: COLOURS.second,
      at: (report) => of(report)?.balancedAccuracy ?? null,
    },
    {
      name: 'majority baseline',
      colour: COLOURS.rule,
      at: (report) => of(report)?.majorityAccuracy ?? null,
      dashed: true,
    },
  ];
  const last = history.at(-1);
  const values = last && of(last);
  return {
    title: {
      text: `${head}: accuracy on the validation rows`,
      subtitle: values
        ? `Last epoch: accuracy ${formatScore(values.accuracy)}, balanced ${formatScore(values.balancedAccuracy)}, majority baseline ${formatScore(values.majorityAccuracy)}; ${formatCount(values.rows)} rows.`
        : 'No epoch has values for this head.',
    },
    width: WIDTH,
    height: 300,
    layer: [...stageLayers(history), ...seriesLayers(history, series, 'share of rows, mean recall', true)],
  };
}

/** One line a series, with its name in a legend beneath. */
function seriesLayers(
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

/** Whole powers of ten where the rates are far apart, else an axis from zero. */
function rateScale(rates: readonly number[]) {
  const lowest = Math.min(...rates);
  const highest = Math.max(...rates);
  const axis = { title: 'learning rate', labelExpr: "datum.value === 0 ? '0' : format(datum.value, '~e')" };
  if (!(lowest > 0 && highest / lowest >= FAR_APART)) {
    return { scale: { zero: true, nice: true }, axis: { ...axis, tickCount: 4 } };
  }
  const from = Math.floor(Math.log10(lowest) + ROUNDING);
  const to = Math.ceil(Math.log10(highest) - ROUNDING);
  const values = Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
  return { scale: { type: 'log' as const, domain: [10 ** from, 10 ** to] }, axis: { ...axis, values } };
}

/** Names of the stages above, and a line where one ends and the next begins. */
function stageLayers(history: readonly EpochReport[]): Layers {
  const stages = stagesOf(history);
  if (stages.length === 0) return [];
  // A stage of few epochs has no room for a long name: what would run into the next is cut.
  const perEpoch = WIDTH / Math.max(1, history.length);
  const names = stages.map(({ name, first, last }) => {
    const letters = Math.floor(((last - first + 1) * perEpoch - 6) / 6.6);
    return {
      epoch: first - 0.5,
      name: name.length <= letters ? name : letters < 3 ? '' : `${name.slice(0, letters - 1)}…`,
    };
  });
  return [
    ...boundaryLayer(history),
    {
      data: { values: names },
      mark: {
        type: 'text',
        align: 'left',
        baseline: 'bottom',
        dx: 4,
        dy: -3,
        fontSize: 11,
        color: '#666',
        y: 0,
      },
      encoding: { x: epochAxis(history, false), text: { field: 'name', type: 'nominal' } },
    },
  ];
}

function boundaryLayer(history: readonly EpochReport[]): Layers {
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
function epochAxis(history: readonly EpochReport[], isShown = true) {
  const first = history[0]?.runEpoch ?? 1;
  const last = history.at(-1)?.runEpoch ?? 1;
  return {
    field: 'epoch',
    type: 'quantitative' as const,
    scale: { domain: [first - 0.5, last + 0.5], nice: false, zero: false },
    axis: isShown ? { title: 'epoch of the run', tickMinStep: 1, format: 'd', grid: false } : {},
  };
}

function pointOf(history: readonly EpochReport[], color: string): { size: number; color: string } | false {
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

/** The last epoch of each stage that was the best when it ended. */
function bestEpochs(history: readonly EpochReport[]): EpochReport[] {
  return [...new Map(history.filter(({ best }) => best).map((report) => [report.stage, report])).values()];
}
