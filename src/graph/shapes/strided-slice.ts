/** Shape of TensorFlow's StridedSlice: https://www.tensorflow.org/api_docs/python/tf/strided_slice */
import { intOr, type ShapeFunction } from './op.ts';

/** Bit i of a mask speaks of entry i of begin, end and strides; an ellipsis stands for all axes that are not named. */
export const stridedSlice: ShapeFunction = ({ inputs: [shape], values, attributes }) => {
  const begin = values(1);
  const end = values(2);
  const strides = values(3);
  const mask = (name: string) => intOr(attributes, `${name}_mask`, 0);
  const isIn = (name: string, entry: number) => ((mask(name) >> entry) & 1) === 1;
  const isNew = (entry: number) => isIn('new_axis', entry);
  const named = begin.filter((_, entry) => !isNew(entry) && !isIn('ellipsis', entry)).length;
  const result: number[] = [];
  let axis = 0;
  for (let entry = 0; entry < begin.length; entry++) {
    if (isIn('ellipsis', entry)) {
      const unnamed = shape!.length - named;
      result.push(...shape!.slice(axis, axis + unnamed));
      axis += unnamed;
      continue;
    }
    if (isNew(entry)) {
      result.push(1);
      continue;
    }
    const side = shape![axis++]!;
    if (isIn('shrink_axis', entry)) continue;
    const stride = strides[entry]!;
    const lowest = stride > 0 ? 0 : -1;
    const highest = stride > 0 ? side : side - 1;
    const clamp = (at: number) => Math.min(highest, Math.max(lowest, at < 0 ? at + side : at));
    const from = isIn('begin', entry) ? (stride > 0 ? lowest : highest) : clamp(begin[entry]!);
    const to = isIn('end', entry) ? (stride > 0 ? highest : lowest) : clamp(end[entry]!);
    result.push(Math.max(0, Math.ceil((to - from) / stride)));
  }
  return [...result, ...shape!.slice(axis)];
};
