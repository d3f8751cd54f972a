/** How numbers went over the epochs of a run: its history in, Vega-Lite descriptions out. */
import type { TopLevelSpec } from 'vega-lite';
import type { EpochReport } from '../../train/events.ts';
import { own } from '../../words.ts';
import { formatCount, formatNumberOf, formatScore } from '../text/format.ts';
import {
  boundaryLayer,
  COLOURS,
  epochAxis,
  pointOf,
  type Series,
  seriesLayers,
  stageLayers,
  WIDTH,
} from './curve-layers.ts';
import { wholeDecades } from './decades.ts';

/** Ratio of the highest to the lowest learning rate from which the axis is logarithmic. */
const FAR_APART = 5;

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
  const of = ({ validation }: EpochReport) => own(validation.heads, head);
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

/** Whole powers of ten where the rates are far apart, else an axis from zero. */
function rateScale(rates: readonly number[]) {
  const lowest = Math.min(...rates);
  const highest = Math.max(...rates);
  const axis = { title: 'learning rate', labelExpr: "datum.value === 0 ? '0' : format(datum.value, '~e')" };
  if (!(lowest > 0 && highest / lowest >= FAR_APART)) {
    return { scale: { zero: true, nice: true }, axis: { ...axis, tickCount: 4 } };
  }
  const values = wholeDecades(lowest, highest);
  return { scale: { type: 'log' as const, domain: [values[0]!, values.at(-1)!] }, axis: { ...axis, values } };
}

/** The last epoch of each stage that was the best when it ended. */
function bestEpochs(history: readonly EpochReport[]): EpochReport[] {
  return [...new Map(history.filter(({ best }) => best).map((report) => [report.stage, report])).values()];
}
