/** How many answers are wrong if only the surest are given: a curve in, a Vega-Lite description out. */
import type { TopLevelSpec } from 'vega-lite';
import { formatScore } from '../text/format.ts';
import { COLOURS, WIDTH } from './curve-layers.ts';

export interface DrawnCurve {
  readonly points: readonly {
    readonly coverage: number;
    readonly risk: number;
    readonly confidence: number;
  }[];
  readonly area: number | null;
}

export function coverageSpec(head: string, { points, area }: DrawnCurve): TopLevelSpec {
  const highest = Math.max(...points.map(({ risk }) => risk), 0.01);
  const x = {
    field: 'coverage',
    type: 'quantitative' as const,
    scale: { domain: [0, 1], nice: false },
    axis: { title: 'share of the rows that are answered, the surest first', format: '.0%', tickCount: 6 },
  };
  const share = (field: string, title: string, colour: string, domain: number[]) => ({
    field,
    type: 'quantitative' as const,
    scale: { domain, nice: false },
    axis: { title, titleColor: colour, format: '.2f', grid: field === 'risk' },
  });
  const line = (color: string, strokeDash: number[]) => ({
    type: 'line' as const,
    strokeWidth: 2,
    color,
    strokeDash,
  });
  return {
    title: {
      text: `${head}: wrong answers by coverage`,
      subtitle: `Mean over all coverages ${formatScore(area)}; lower is better. Dashed: the probability from which rows are answered.`,
    },
    data: { values: [...points] },
    width: WIDTH,
    height: 300,
    layer: [
      {
        mark: line(COLOURS.second, [1, 0]),
        encoding: { x, y: share('risk', 'share of wrong answers', COLOURS.second, [0, highest]) },
      },
      {
        mark: line(COLOURS.rule, [6, 4]),
        encoding: { x, y: share('confidence', 'least probability', COLOURS.rule, [0, 1]) },
      },
    ],
    resolve: { scale: { y: 'independent' } },
  };
}
