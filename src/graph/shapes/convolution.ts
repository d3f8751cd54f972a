/**
 * Convolutions and their gradients. Images are [batch, …sides, channels], kernels [...sides, inputs / groups, outputs];
 * TensorFlow finds the number of groups by comparing channels with the kernel's inputs.
 */
import { sameAs, sameAsFirst, shapeFromValue } from './broadcast.ts';
import { type OpTable, op, type ShapeFunction } from './op.ts';
import { slide } from './windows.ts';

const convolved: ShapeFunction = (context) => {
  const [image, kernel] = context.inputs;
  const inputs = kernel!.at(-2)!;
  const outputs = kernel!.at(-1)!;
  const groups = image!.at(-1)! / inputs;
  if (!Number.isInteger(groups) || outputs % groups !== 0) {
    throw new Error(
      `${context.op}: images [${image}] do not fit the kernel [${kernel}]: their channels must be a multiple of its ` +
        'inputs, and its outputs a multiple of the number of groups',
    );
  }
  return [image![0]!, ...slide(context, kernel!.slice(0, -2)), outputs];
};

const depthwise: ShapeFunction = (context) => {
  const [image, kernel] = context.inputs;
  return [image![0]!, ...slide(context, kernel!.slice(0, 2)), kernel![2]! * kernel![3]!];
};

const dilation: ShapeFunction = (context) => {
  const [image, kernel] = context.inputs;
  return [image![0]!, ...slide(context, kernel!.slice(0, 2), 'rates'), image![3]!];
};

export const convolution = {
  Conv2D: op('T, T -> T', convolved),
  Conv2DBackpropFilter: op('T, int32, T -> T', shapeFromValue(1)),
  Conv2DBackpropInput: op('int32, T, T -> T', shapeFromValue(0)),
  Conv3D: op('T, T -> T', convolved),
  Conv3DBackpropFilterV2: op('T, int32, T -> T', shapeFromValue(1)),
  Conv3DBackpropInputV2: op('Tshape, T, T -> T', shapeFromValue(0)),
  DepthwiseConv2dNative: op('T, T -> T', depthwise),
  DepthwiseConv2dNativeBackpropFilter: op('T, int32, T -> T', shapeFromValue(1)),
  DepthwiseConv2dNativeBackpropInput: op('int32, T, T -> T', shapeFromValue(0)),
  Dilation2D: op('T, T -> T', dilation),
  Dilation2DBackpropFilter: op('T, T, T -> T', sameAs(1)),
  Dilation2DBackpropInput: op('T, T, T -> T', sameAsFirst),
} satisfies OpTable;
