/** Vega-Lite descriptions of a comparison's charts; colours of text and lines come from the page. */
import type { TopLevelSpec } from 'vega-lite';
import { own } from '../words.ts';
import type { Row } from './rows.ts';
import { summarise } from './statistics.ts';
import type { ComparedAxis, CurvePoint } from './trials.ts';

const BLUE = '#4a86cc';
const ORANGE = '#e8771f';
const config: NonNullable<TopLevelSpec['config']> = {
  background: 'transparent',
  view: { stroke: null },
  font: 'system-ui, DejaVu Sans, sans-serif',
  axis: { labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal' },
};

/** One line a run over its epochs; those of the first row stand out. */
export function curveSpec(rows: readonly Row[], of: 'loss' | 'balancedAccuracy'): TopLevelSpec {
  let count = 0;
  const values = rows.flatMap((row, i) =>
    [...row.done, ...row.missing].flatMap((trial) => {
      const run = count++;
      return trial.curve.flatMap((point: CurvePoint) =>
        point[of] === null
          ? []
          : [{ run, label: trial.label, best: i === 0, epoch: point.epoch, value: point[of] }],
      );
    }),
  );
  return {
    width: 'container',
    height: 260,
    autosize: { type: 'fit', contains: 'padding' },
    config,
    data: { values },
    params: [
      { name: 'pointed', select: { type: 'point', on: 'pointerover', clear: 'pointerout', fields: ['run'] } },
    ],
    mark: { type: 'line', point: { size: 34 }, tooltip: true },
    encoding: {
      x: {
        field: 'epoch',
        type: 'quantitative',
        axis: { title: 'epoch', tickMinStep: 1, format: 'd', grid: false },
      },
      y: {
        field: 'value',
        type: 'quantitative',
        scale: { zero: false },
        axis: { title: of === 'loss' ? 'validation loss' : 'mean balanced accuracy', tickCount: 5 },
      },
      detail: { field: 'run', type: 'nominal' },
      order: { field: 'epoch', type: 'quantitative' },
      color: { condition: { test: 'datum.best', value: ORANGE }, value: BLUE },
      opacity: {
        condition: [
          { param: 'pointed', empty: false, value: 1 },
          { test: 'datum.best', value: 1 },
        ],
        value: 0.45,
      },
      strokeWidth: {
        condition: [
          { param: 'pointed', empty: false, value: 4 },
          { test: 'datum.best', value: 2.5 },
        ],
        value: 1.3,
      },
      tooltip: [
        { field: 'label', type: 'nominal', title: 'run' },
        { field: 'epoch', type: 'quantitative' },
        { field: 'value', type: 'quantitative', format: '.4f', title: of },
      ],
    },
  };
}

/** Metric by the values of one axis, over all the others. */
export function effectSpec(
  { name, labels, distribution }: ComparedAxis,
  rows: readonly Row[],
  metric: string,
): TopLevelSpec {
  const points = rows.flatMap(({ point, metric: summary, label }) =>
    summary === null || own(point, name) === undefined
      ? []
      : [{ at: point[name]!, value: summary.mean, label }],
  );
  const means = (labels ?? []).flatMap((at) => {
    const values = points.filter((point) => String(point.at) === at).map(({ value }) => value);
    if (values.length === 0) return [];
    const { mean, spread } = summarise(values);
    return [{ at, value: mean, low: mean - (spread ?? 0), high: mean + (spread ?? 0) }];
  });
  const x =
    distribution === null
      ? {
          field: 'at',
          type: 'nominal' as const,
          scale: { domain: [...(labels ?? [])] },
          axis: { title: name, labelAngle: 0, titleLimit: 260 },
        }
      : {
          field: 'at',
          type: 'quantitative' as const,
          scale: distribution.scale === 'log' ? { type: 'log' as const } : { zero: false },
          axis: { title: name, grid: false },
        };
  const y = {
    field: 'value',
    type: 'quantitative' as const,
    scale: { zero: false },
    axis: { title: metric, tickCount: 5 },
  };
  const tooltip = [
    { field: 'label', type: 'nominal' as const, title: 'combination' },
    { field: 'value', type: 'quantitative' as const, format: '.4f', title: metric },
  ];
  return {
    width: 'container',
    height: 220,
    autosize: { type: 'fit', contains: 'padding' },
    config,
    layer: [
      {
        data: { values: points },
        mark: { type: 'circle', size: 36, opacity: 0.5, color: BLUE },
        encoding: { x, y, tooltip },
      },
      ...(means.length === 0
        ? []
        : [
            {
              data: { values: means },
              mark: { type: 'rule' as const, strokeWidth: 2.5, color: ORANGE },
              encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
            },
            {
              data: { values: means },
              mark: { type: 'point' as const, filled: true, opacity: 1, size: 110, color: ORANGE },
              encoding: { x, y },
            },
          ]),
    ],
  };
}
