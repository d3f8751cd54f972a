/** How often a head is right where it says how sure it is: bins in, a Vega-Lite description out. */
import type { TopLevelSpec } from 'vega-lite';
import { formatCount, formatScore } from '../text/format.ts';
import { COLOURS } from './curve-layers.ts';

export interface DrawnBin {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  readonly confidence: number;
  readonly accuracy: number;
}

const SIZE = 420;

/** @param calibrationError of all rows; null where there is none */
export function reliabilitySpec(
  head: string,
  bins: readonly DrawnBin[],
  calibrationError: number | null,
): TopLevelSpec {
  const rows = bins.reduce((sum, bin) => sum + bin.rows, 0);
  const share = (title: string) => ({
    type: 'quantitative' as const,
    scale: { domain: [0, 1], nice: false },
    axis: { title, format: '.1f', tickCount: 6 },
  });
  const x = { ...share('probability of the most probable class'), field: 'from' };
  const values = bins.map((bin) => ({ ...bin, share: bin.rows / rows }));
  return {
    title: {
      text: `${head}: reliability`,
      subtitle: [
        `${formatCount(rows)} rows, calibration error ${formatScore(calibrationError)}.`,
        'Bars below the line: surer than right. Dots: mean probability of each bin.',
      ],
    },
    data: { values },
    vconcat: [
      {
        width: SIZE,
        height: SIZE,
        layer: [
          {
            mark: { type: 'bar', color: COLOURS.first, opacity: 0.75, stroke: 'white' },
            encoding: {
              x,
              x2: { field: 'to' },
              y: { ...share('share that is right'), field: 'accuracy' },
              y2: { datum: 0 },
            },
          },
          {
            data: { values: [{ x: 0, y: 0, x2: 1, y2: 1 }] },
            mark: { type: 'rule', strokeDash: [6, 4], color: COLOURS.rule },
            encoding: {
              x: { ...x, field: 'x' },
              x2: { field: 'x2' },
              y: { field: 'y', type: 'quantitative' },
              y2: { field: 'y2' },
            },
          },
          {
            mark: { type: 'circle', size: 40, color: COLOURS.second, opacity: 1 },
            encoding: { x: { ...x, field: 'confidence' }, y: { field: 'accuracy', type: 'quantitative' } },
          },
        ],
      },
      {
        width: SIZE,
        height: 70,
        mark: { type: 'bar', color: COLOURS.rule, stroke: 'white' },
        encoding: {
          x: { ...x, axis: null },
          x2: { field: 'to' },
          y: {
            field: 'share',
            type: 'quantitative',
            axis: { title: 'share of rows', format: '.0%', tickCount: 3 },
          },
          y2: { datum: 0 },
        },
      },
    ],
  };
}
