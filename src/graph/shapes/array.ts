/** Ops that move elements without changing them. */
import { type Shape, sizeOf } from '../types.ts';
import { axisOf, broadcast, sameAsFirst, shapeFromValue } from './broadcast.ts';
import { intOf, intOr, type OpTable, op, type ShapeFunction } from './op.ts';
import { stridedSlice } from './strided-slice.ts';

const SHARES = { shares: true };

const reshaped: ShapeFunction = ({ op: name, inputs: [shape], values }) => {
  const wanted = values(1);
  // The length of a file is not known before it is read.
  if (shape!.includes(-1)) return wanted;
  const known = sizeOf(wanted.filter((side) => side !== -1));
  const result = wanted.map((side) => (side === -1 ? sizeOf(shape!) / known : side));
  if (sizeOf(result) !== sizeOf(shape!)) throw new Error(`${name}: [${shape}] cannot become [${wanted}]`);
  return result;
};

const squeezed: ShapeFunction = ({ op: name, inputs: [shape], attributes }) => {
  const listed = attributes.squeeze_dims;
  const axes = listed?.kind === 'ints' ? listed.value.map((axis) => axisOf(name, axis, shape!.length)) : [];
  return shape!.filter((side, axis) => (axes.length === 0 ? side !== 1 : !axes.includes(axis)));
};

const concatenated: ShapeFunction = ({ op: name, inputs, values }) => {
  const shapes = inputs.slice(0, -1);
  const axis = axisOf(name, values(shapes.length)[0]!, shapes[0]!.length);
  return replace(
    shapes[0]!,
    axis,
    shapes.reduce((sum, shape) => sum + shape[axis]!, 0),
  );
};

const splitBySizes: ShapeFunction = ({ op: name, inputs: [shape], values }) => {
  const axis = axisOf(name, values(2)[0]!, shape!.length);
  const sizes = values(1);
  const rest = shape![axis]! - sizes.filter((size) => size !== -1).reduce((sum, size) => sum + size, 0);
  return sizes.map((size) => replace(shape!, axis, size === -1 ? rest : size));
};

const splitEvenly: ShapeFunction = ({ op: name, inputs: [, shape], values, attributes }) => {
  const axis = axisOf(name, values(0)[0]!, shape!.length);
  const many = intOf(name, attributes, 'num_split');
  return Array.from({ length: many }, () => replace(shape!, axis, shape![axis]! / many));
};

const packed: ShapeFunction = ({ op: name, inputs: [shape], attributes }) => {
  const axis = axisOf(name, intOr(attributes, 'axis', 0), shape!.length + 1);
  return shape!.toSpliced(axis, 0, intOf(name, attributes, 'N'));
};

const unpacked: ShapeFunction = ({ op: name, inputs: [shape], attributes }) => {
  const axis = axisOf(name, intOr(attributes, 'axis', 0), shape!.length);
  return Array.from({ length: intOf(name, attributes, 'num') }, () => shape!.toSpliced(axis, 1));
};

const padded: ShapeFunction = ({ inputs: [shape], values }) => {
  const pads = values(1);
  return shape!.map((side, axis) => side + pads[2 * axis]! + pads[2 * axis + 1]!);
};

const sliced: ShapeFunction = ({ inputs: [shape], values }) => {
  const begin = values(1);
  return values(2).map((size, axis) => (size === -1 ? shape![axis]! - begin[axis]! : size));
};

const spaceToBatch: ShapeFunction = ({ inputs: [shape], values }) => {
  const block = values(1);
  const pads = values(2);
  const sides = block.map((step, i) => (shape![i + 1]! + pads[2 * i]! + pads[2 * i + 1]!) / step);
  return [shape![0]! * sizeOf(block), ...sides, ...shape!.slice(1 + block.length)];
};

const batchToSpace: ShapeFunction = ({ inputs: [shape], values }) => {
  const block = values(1);
  const crops = values(2);
  const sides = block.map((step, i) => shape![i + 1]! * step - crops[2 * i]! - crops[2 * i + 1]!);
  return [shape![0]! / sizeOf(block), ...sides, ...shape!.slice(1 + block.length)];
};

const depthToSpace: ShapeFunction = ({ op: name, inputs: [shape], attributes }) => {
  const step = intOf(name, attributes, 'block_size');
  const [batch, height, width, channels] = shape as [number, number, number, number];
  return [batch, height * step, width * step, channels / step ** 2];
};

const spaceToDepth: ShapeFunction = ({ op: name, inputs: [shape], attributes }) => {
  const step = intOf(name, attributes, 'block_size');
  const [batch, height, width, channels] = shape as [number, number, number, number];
  return [batch, height / step, width / step, channels * step ** 2];
};

export const array = {
  BatchToSpaceND: op('T, Tblock_shape, Tcrops -> T', batchToSpace),
  BroadcastArgs: op('T, T -> T', ({ inputs: [a, b] }) => [Math.max(a![0]!, b![0]!)]),
  BroadcastTo: op(
    'T, Tidx -> T',
    ({ op: name, inputs: [shape], values }) => broadcast(name, [shape!, values(1)]),
    SHARES,
  ),
  ConcatV2: op('N*T, Tidx -> T', concatenated, SHARES),
  DepthToSpace: op('T -> T', depthToSpace),
  Diag: op('T -> T', ({ inputs: [shape] }) => [...shape!, ...shape!]),
  ExpandDims: op(
    'T, Tdim -> T',
    ({ op: name, inputs: [shape], values }) =>
      shape!.toSpliced(axisOf(name, values(1)[0]!, shape!.length + 1), 0, 1),
    SHARES,
  ),
  Fill: op('index_type, T -> T', shapeFromValue(0)),
  LinSpace: op('T, T, Tidx -> T', ({ values }) => [values(2)[0]!]),
  MirrorPad: op('T, Tpaddings -> T', padded, SHARES),
  OneHot: op('TI, int32, T, T -> T', ({ op: name, inputs: [shape], values, attributes }) => {
    const axis = intOr(attributes, 'axis', -1);
    return shape!.toSpliced(axisOf(name, axis, shape!.length + 1), 0, values(1)[0]!);
  }),
  Pack: op('N*T -> T', packed, SHARES),
  Pad: op('T, Tpaddings -> T', padded, SHARES),
  PadV2: op('T, Tpaddings, T -> T', padded, SHARES),
  Range: op('Tidx, Tidx, Tidx -> Tidx', ({ values }) => [
    Math.max(0, Math.ceil((values(1)[0]! - values(0)[0]!) / values(2)[0]!)),
  ]),
  Reshape: op('T, Tshape -> T', reshaped, SHARES),
  ReverseV2: op('T, Tidx -> T', sameAsFirst, SHARES),
  Slice: op('T, Index, Index -> T', sliced, SHARES),
  SpaceToBatchND: op('T, Tblock_shape, Tpaddings -> T', spaceToBatch),
  SpaceToDepth: op('T -> T', spaceToDepth),
  Split: op('int32, T -> num_split*T', splitEvenly, SHARES),
  SplitV: op('T, Tlen, int32 -> num_split*T', splitBySizes, SHARES),
  Squeeze: op('T -> T', squeezed, SHARES),
  StridedSlice: op('T, Index, Index, Index -> T', stridedSlice, SHARES),
  Tile: op(
    'T, Tmultiples -> T',
    ({ inputs: [shape], values }) => {
      const times = values(1);
      return shape!.map((side, axis) => side * times[axis]!);
    },
    SHARES,
  ),
  Transpose: op(
    'T, Tperm -> T',
    ({ inputs: [shape], values }) => values(1).map((axis) => shape![axis]!),
    SHARES,
  ),
  Unpack: op('T -> num*T', unpacked, SHARES),
} satisfies OpTable;

function replace(shape: Shape, axis: number, side: number): Shape {
  return shape.with(axis, side);
}
