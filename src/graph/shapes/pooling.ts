/** Pooling over windows, and its gradients. Images are [batch, …sides, channels]. */
import { sameAsFirst, shapeFromValue } from './broadcast.ts';
import { intsOf, type OpTable, op, type ShapeFunction } from './op.ts';
import { slide } from './windows.ts';

const pooled: ShapeFunction = (context) => {
  const [image] = context.inputs;
  const window = intsOf(context.op, context.attributes, 'ksize').slice(1, -1);
  return [image![0]!, ...slide(context, window), image!.at(-1)!];
};

export const pooling = {
  AvgPool: op('T -> T', pooled),
  AvgPool3D: op('T -> T', pooled),
  AvgPool3DGrad: op('int32, T -> T', shapeFromValue(0)),
  AvgPoolGrad: op('int32, T -> T', shapeFromValue(0)),
  MaxPool: op('T -> T', pooled),
  MaxPool3D: op('T -> T', pooled),
  MaxPool3DGrad: op('TInput, TInput, T -> T', sameAsFirst),
  MaxPoolGrad: op('T, T, T -> T', sameAsFirst),
} satisfies OpTable;
