/** The learning rates of a run before it starts, as text and as a picture. */
import type { TopLevelSpec } from 'vega-lite';
import type { Plan } from '../../plan/plan.ts';
import { formatLearningRate, formatNumberOf } from '../text/format.ts';
import { type ChartStyle, lineChart } from '../text/line-chart.ts';
import { COLOURS, fittedName, namesLayer, WIDTH } from './curve-layers.ts';
import { wholeDecades } from './decades.ts';
import { drawPng } from './draw.ts';
import { logarithmicFrom, moves, type StageCurve, scheduleCurve } from './schedule-curve.ts';

/** @returns lines without a newline at the end; undefined where the rate is always the same or not known */
export function scheduleChart(plan: Plan, style: ChartStyle): string | undefined {
  const curves = scheduleCurve(plan);
  if (curves === undefined || !moves(curves)) return undefined;
  return lineChart(
    {
      points: curves.flatMap(({ points }) =>
        points.map(({ epoch, learningRate }) => ({ x: epoch, y: learningRate })),
      ),
      logarithmicFrom: logarithmicFrom(curves),
      formatY: formatLearningRate,
      words: curves.map(({ begin, stage }) => ({ x: begin, text: stage })),
    },
    style,
  )
    .map((line) => `  ${line}`)
    .join('\n');
}

/** @returns a PNG; undefined where the steps of a stage are not known, without the table */
export async function schedulePicture(plan: Plan): Promise<Buffer | undefined> {
  const curves = scheduleCurve(plan);
  return curves === undefined ? undefined : drawPng(scheduleSpec(curves));
}

/** Learning rate over the epochs, and beneath it the momentum where a policy moves it. */
export function scheduleSpec(curves: readonly StageCurve[]): TopLevelSpec {
  const points = curves.flatMap(({ stage, points: ofStage }) =>
    ofStage.map((point) => ({ ...point, stage })),
  );
  const end = curves.at(-1)!.end;
  const from = logarithmicFrom(curves);
  const x = (title: string | null) => ({
    field: 'epoch',
    type: 'quantitative' as const,
    scale: { domain: [0, end], nice: false },
    axis: { title, grid: false, tickMinStep: 1, format: 'd' },
  });
  const rates = points.map(({ learningRate }) => learningRate);
  const decades = from === null ? null : wholeDecades(from, Math.max(...rates));
  const scale =
    decades === null
      ? { zero: true, nice: true }
      : { type: 'log' as const, domain: [decades[0]!, decades.at(-1)!], clamp: true };
  const boundaries = {
    data: { values: curves.slice(1).map(({ begin }) => ({ epoch: begin })) },
    mark: { type: 'rule' as const, strokeDash: [3, 3], color: COLOURS.rule },
    encoding: { x: x(null) },
  };
  const names = curves.map(({ stage, begin, end: last }) => ({
    epoch: begin,
    name: fittedName(stage, ((last - begin) / end) * WIDTH),
  }));
  const line = (color: string) => ({ type: 'line' as const, strokeWidth: 2, color });
  const moved = points.filter(({ momentum }) => momentum !== null);
  return {
    title: {
      text: 'Learning rate of every step',
      subtitle: `${formatNumberOf(curves.length, 'stage')}, ${formatNumberOf(end, 'epoch')}, where no stage ends early and no plateau lowers it.`,
    },
    vconcat: [
      {
        width: WIDTH,
        height: 240,
        layer: [
          boundaries,
          namesLayer(names, x(null)),
          {
            data: { values: points },
            mark: line(COLOURS.third),
            encoding: {
              x: x(moved.length > 0 ? null : 'epochs of the run'),
              y: {
                field: 'learningRate',
                type: 'quantitative',
                scale,
                axis: {
                  title: 'learning rate',
                  ...(decades === null ? { tickCount: 5 } : { values: decades }),
                  labelExpr: "datum.value === 0 ? '0' : format(datum.value, '~e')",
                },
              },
              detail: { field: 'stage', type: 'nominal' },
            },
          },
        ],
      },
      ...(moved.length === 0
        ? []
        : [
            {
              width: WIDTH,
              height: 90,
              layer: [
                boundaries,
                {
                  data: { values: moved },
                  mark: line(COLOURS.first),
                  encoding: {
                    x: x('epochs of the run'),
                    y: {
                      field: 'momentum',
                      type: 'quantitative' as const,
                      scale: { zero: false, nice: true },
                      axis: { title: 'momentum', tickCount: 4 },
                    },
                    detail: { field: 'stage', type: 'nominal' as const },
                  },
                },
              ],
            },
          ]),
    ],
  };
}
