/** Ops that pick elements, or put them, by their positions. */
import { axisOf, sameAsFirst, shapeFromValue } from './broadcast.ts';
import { intOr, type OpTable, op, type ShapeFunction } from './op.ts';

const gathered: ShapeFunction = ({ op: name, inputs: [shape, indices], values, attributes }) => {
  const axis = axisOf(name, values(2)[0]!, shape!.length);
  const batch = intOr(attributes, 'batch_dims', 0);
  return [...shape!.slice(0, axis), ...indices!.slice(batch), ...shape!.slice(axis + 1)];
};

/** The last axis of the indices says where; the rest of the tensor is taken whole. */
const gatheredAt: ShapeFunction = ({ inputs: [shape, indices] }) => [
  ...indices!.slice(0, -1),
  ...shape!.slice(indices!.at(-1)!),
];

const largest: ShapeFunction = ({ inputs: [shape], values }) => {
  const top = [...shape!.slice(0, -1), values(1)[0]!];
  return [top, top];
};

export const gather = {
  GatherNd: op('Tparams, Tindices -> Tparams', gatheredAt),
  GatherV2: op('Tparams, Tindices, Taxis -> Tparams', gathered),
  ScatterNd: op('Tindices, T, Tindices -> T', shapeFromValue(2)),
  SparseToDense: op('Tindices, Tindices, T, T -> T', shapeFromValue(1)),
  TensorScatterUpdate: op('T, Tindices, T -> T', sameAsFirst),
  TopKV2: op('T, int32 -> T, index_type=int32', largest),
} satisfies OpTable;
