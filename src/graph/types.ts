/**
 * TensorFlow's element types by name, and the tfjs type that stands for each in JavaScript. Numbers: the enum DataType
 * of tensorflow/core/framework/types.proto.
 */
import type { tf } from '../tensorflow/tf.ts';

export const typeNumbers = {
  float32: 1,
  float64: 2,
  int32: 3,
  uint8: 4,
  string: 7,
  complex64: 8,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  half: 19,
  resource: 20,
  uint64: 23,
} as const;

export type TensorType = keyof typeof typeNumbers;

export type Shape = readonly number[];

/** What is known of a tensor before it exists. */
export interface TensorSpec {
  readonly shape: Shape;
  readonly dtype: TensorType;
}

const namesByNumber = new Map(
  Object.entries(typeNumbers).map(([name, number]) => [number as number, name as TensorType]),
);

/** @throws Error for a type that this room does not know */
export function typeName(number: number): TensorType {
  const name = namesByNumber.get(number);
  if (name === undefined) throw new Error(`TensorFlow's type number ${number} is not known here`);
  return name;
}

export function isTensorType(name: string): name is TensorType {
  return name in typeNumbers;
}

/** The tfjs type of a recorded tensor. tfjs knows five; the others go by the nearest, as in tfjs-node. */
export function tfjsType(dtype: TensorType): tf.DataType {
  switch (dtype) {
    case 'float32':
    case 'float64':
    case 'half':
    case 'bfloat16':
      return 'float32';
    case 'int32':
    case 'uint8':
    case 'int64':
    case 'uint64':
      return 'int32';
    case 'string':
    case 'resource':
      return 'string';
    default:
      return dtype;
  }
}

/** Number of elements. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, side) => product * side, 1);
}
