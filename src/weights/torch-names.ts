/** PyTorch's names and layouts to those here: `layer1.0.conv1.weight` is `layer1.0.conv1/kernel` with other axes. */

import { own } from '../words.ts';
import type { FileTensor } from './tensor.ts';

const renamed: Readonly<Record<string, readonly string[]>> = {
  weight: ['gamma'],
  bias: ['beta', 'bias'],
  running_mean: ['moving_mean'],
  running_var: ['moving_variance'],
};

/** Axes of a kernel there in the order of here, by the number of axes: [outputs, inputs, height, width], [outputs, inputs]. */
const kernelAxes: Readonly<Record<number, readonly number[]>> = { 2: [1, 0], 4: [2, 3, 1, 0] };

/** A tensor of PyTorch as a weight of here. */
export function fromTorch(name: string, shape: readonly number[], read: () => Float32Array): FileTensor {
  const dot = name.lastIndexOf('.');
  const [module, kind] = [name.slice(0, dot), name.slice(dot + 1)];
  const axes = kind === 'weight' ? kernelAxes[shape.length] : undefined;
  if (axes === undefined) {
    const targets = (own(renamed, kind) ?? []).map((weight) => `${module}/${weight}`);
    return { name, targets, shape, read };
  }
  return {
    name,
    targets: [`${module}/kernel`],
    shape: axes.map((axis) => shape[axis]!),
    read: () => transpose(read(), shape, axes),
  };
}

/** @param axes for each axis of the result, the axis of the values */
export function transpose(
  values: Float32Array,
  shape: readonly number[],
  axes: readonly number[],
): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, side) => product * side, 1));
  const sides = axes.map((axis) => shape[axis]!);
  const steps = axes.map((axis) => strides[axis]!);
  const result = new Float32Array(values.length);
  const at = new Array<number>(axes.length).fill(0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = values[from]!;
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      at[axis]! += 1;
      if (at[axis]! < sides[axis]!) break;
      from -= steps[axis]! * sides[axis]!;
      at[axis] = 0;
    }
  }
  return result;
}
