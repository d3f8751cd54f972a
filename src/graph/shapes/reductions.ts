/** Ops that take elements together along axes. */
import type { Shape } from '../types.ts';
import { axisOf, sameAsFirst } from './broadcast.ts';
import { boolOr, type OpTable, op, type ShapeFunction } from './op.ts';

/** The axes in input 1 are gone, or of length 1 where `keep_dims` says so. */
const reduced: ShapeFunction = ({ op: name, inputs: [shape], values, attributes }) => {
  const axes = new Set(values(1).map((axis) => axisOf(name, axis, shape!.length)));
  if (boolOr(attributes, 'keep_dims', false)) return shape!.map((side, axis) => (axes.has(axis) ? 1 : side));
  return shape!.filter((_, axis) => !axes.has(axis));
};

const withoutAxis: ShapeFunction = ({ op: name, inputs: [shape], values }) => {
  const axis = axisOf(name, values(1)[0]!, shape!.length);
  return shape!.filter((_, i) => i !== axis);
};

const reduction = op('T, Tidx -> T', reduced, { shares: true });
const logical = op('bool, Tidx -> bool', reduced, { shares: true });
const position = op('T, Tidx -> output_type=int64', withoutAxis);
const running = op('T, Tidx -> T', sameAsFirst);

const scalar: Shape = [];

export const reductions = {
  All: logical,
  Any: logical,
  ArgMax: position,
  ArgMin: position,
  Bincount: op('int32, int32, T -> T', ({ values }) => [values(1)[0]!]),
  Cumprod: running,
  Cumsum: running,
  DenseBincount: op('Tidx, Tidx, T -> T', ({ inputs: [shape], values }) =>
    shape!.length === 2 ? [shape![0]!, values(1)[0]!] : [values(1)[0]!],
  ),
  EuclideanNorm: reduction,
  L2Loss: op('T -> T', () => scalar),
  Max: reduction,
  Mean: reduction,
  Min: reduction,
  Prod: reduction,
  Sum: reduction,
  UnsortedSegmentSum: op('T, Tindices, Tnumsegments -> T', ({ inputs: [data, segments], values }) => [
    values(2)[0]!,
    ...data!.slice(segments!.length),
  ]),
} satisfies OpTable;
