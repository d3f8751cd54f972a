/** A learning-rate range test as text and as a picture: losses by rate in. */
import type { TopLevelSpec } from 'vega-lite';
import type { RangePoint, RangeResult, RangeSuggestion } from '../../train/range-test.ts';
import { formatLearningRate, formatLoss, formatNumberOf } from '../text/format.ts';
import { type ChartStyle, lineChart } from '../text/line-chart.ts';
import { COLOURS, WIDTH } from './curve-layers.ts';
import { wholeDecades } from './decades.ts';
import { drawPng } from './draw.ts';

/** A range test of a stage. */
export interface DrawnTest extends RangeResult {
  readonly stage: string;
  readonly suggestion: RangeSuggestion | null;
}

/**
 * Losses that are shown: from the lowest up to twice the height of the fall, because the divergence after it is many
 * times as high.
 */
function shownLosses(points: readonly RangePoint[]): { readonly lowest: number; readonly highest: number } {
  const smoothed = points.map((point) => point.smoothed);
  const lowest = Math.min(...smoothed);
  const before = Math.max(...smoothed.slice(0, smoothed.indexOf(lowest) + 1));
  return { lowest, highest: before > lowest ? lowest + 2 * (before - lowest) : Math.max(...smoothed) };
}

/** @returns lines without a newline at the end: the smoothed loss over the logarithm of the rate */
export function lrFindChart({ points }: Pick<DrawnTest, 'points'>, style: ChartStyle): string {
  const rates = points.map(({ learningRate }) => learningRate);
  const [lowest, highest] = [Math.min(...rates), Math.max(...rates)];
  const shown = shownLosses(points);
  const decades = wholeDecades(lowest, highest).filter((rate) => rate >= lowest && rate <= highest);
  return lineChart(
    {
      points: points.map(({ learningRate, smoothed }) => ({
        x: Math.log10(learningRate),
        y: Math.min(smoothed, shown.highest),
      })),
      logarithmicFrom: null,
      fromZero: false,
      formatY: formatLoss,
      words: decades.map((rate) => ({ x: Math.log10(rate), text: formatLearningRate(rate) })),
    },
    style,
  )
    .map((line) => `  ${line}`)
    .join('\n');
}

/** @returns a PNG */
export async function lrFindPicture(test: DrawnTest): Promise<Buffer> {
  return drawPng(lrFindSpec(test));
}

export function lrFindSpec({ stage, points, diverged, suggestion }: DrawnTest): TopLevelSpec {
  const rates = points.map(({ learningRate }) => learningRate);
  const x = {
    field: 'learningRate',
    type: 'quantitative' as const,
    scale: { type: 'log' as const, domain: [Math.min(...rates), Math.max(...rates)], nice: false },
    axis: {
      title: 'learning rate',
      values: wholeDecades(Math.min(...rates), Math.max(...rates)).filter(
        (rate) => rate >= Math.min(...rates) && rate <= Math.max(...rates),
      ),
      labelExpr: "format(datum.value, '~e')",
    },
  };
  const { lowest, highest } = shownLosses(points);
  const domain = [Math.min(lowest, ...points.map(({ loss }) => loss)), highest];
  const drawn = points.map(({ learningRate, loss, smoothed }) => ({
    learningRate,
    loss: Math.min(loss, highest),
    smoothed: Math.min(smoothed, highest),
  }));
  const y = (field: string) => ({
    field,
    type: 'quantitative' as const,
    scale: { domain, zero: false },
    axis: { title: 'training loss' },
  });
  const marked =
    suggestion === null
      ? []
      : [
          {
            learningRate: suggestion.minimumOverTen,
            text: `minimum / 10: ${formatLearningRate(suggestion.minimumOverTen)}`,
            dy: 4,
          },
          {
            learningRate: suggestion.steepest,
            text: `steepest: ${formatLearningRate(suggestion.steepest)}`,
            dy: 20,
          },
        ];
  return {
    title: {
      text: `Learning-rate range test of stage ${stage}`,
      subtitle: [
        `${formatNumberOf(points.length, 'update')}${diverged ? ', until the loss diverged' : ''}.`,
        'Thin: loss of each update. Thick: its moving average. Far higher ones are cut off.',
      ],
    },
    width: WIDTH,
    height: 280,
    layer: [
      {
        data: { values: drawn },
        mark: { type: 'line', strokeWidth: 1, color: COLOURS.rule, opacity: 0.6 },
        encoding: { x, y: y('loss') },
      },
      {
        data: { values: drawn },
        mark: { type: 'line', strokeWidth: 2, color: COLOURS.first },
        encoding: { x, y: y('smoothed') },
      },
      {
        data: { values: marked },
        mark: { type: 'rule', strokeDash: [6, 4], color: COLOURS.second },
        encoding: { x },
      },
      ...marked.map((mark) => ({
        data: { values: [mark] },
        mark: {
          type: 'text' as const,
          align: 'left' as const,
          baseline: 'top' as const,
          dx: 5,
          dy: mark.dy,
          y: 0,
          fontSize: 11,
          color: '#333',
        },
        encoding: { x, text: { field: 'text', type: 'nominal' as const } },
      })),
    ],
  };
}
