/** How far a window can be moved over an image: what convolution and pooling share. */
import type { Attributes } from '../attributes.ts';
import { intsOf, type ShapeContext, stringOf } from './op.ts';

/**
 * Positions of a window along one axis, as TensorFlow counts them for the paddings SAME and VALID:
 * https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2
 */
export function windows(side: number, window: number, stride: number, padding: string, dilation = 1): number {
  const reach = (window - 1) * dilation + 1;
  return padding === 'SAME' ? Math.ceil(side / stride) : Math.max(0, Math.ceil((side - reach + 1) / stride));
}

/** Padding before and after each axis, in pixels; undefined for SAME and VALID, which need no numbers. */
export function explicitPadding(op: string, attributes: Attributes): readonly number[] | undefined {
  if (stringOf(op, attributes, 'padding') !== 'EXPLICIT') return undefined;
  return intsOf(op, attributes, 'explicit_paddings');
}

/**
 * Sides of the output of a window that moves over all axes but the first and the last. The last axis is the channels'.
 * @param window sides of the window, one a moved axis
 */
export function slide(
  { op, inputs: [shape], attributes }: ShapeContext,
  window: readonly number[],
  dilationsName = 'dilations',
): number[] {
  const format = attributes.data_format;
  if (format?.kind === 'string' && !format.value.endsWith('C')) {
    throw new Error(`${op}: images with the channels first (${format.value}) are not supported`);
  }
  const strides = intsOf(op, attributes, 'strides');
  const dilations = attributes[dilationsName];
  const padding = stringOf(op, attributes, 'padding');
  const pads = explicitPadding(op, attributes);
  return window.map((side, i) => {
    const axis = i + 1;
    const extra = pads === undefined ? 0 : pads[2 * axis]! + pads[2 * axis + 1]!;
    const dilation = dilations?.kind === 'ints' ? dilations.value[axis]! : 1;
    return windows(shape![axis]! + extra, side, strides[axis]!, padding, dilation);
  });
}
