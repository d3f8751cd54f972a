/**
 * Values that are known while recording: their bytes as TensorFlow keeps them. Half precision and int64 have no place
 * in tfjs; a constant takes on the type of what it is computed with.
 */
import { createHash } from 'node:crypto';
import { RunError } from '../errors.ts';
import { type Shape, sizeOf, type TensorType } from './types.ts';

/** Largest constant that a graph may hold, bytes. What is larger belongs into a variable. */
export const LARGEST_CONSTANT_BYTES = 2 ** 20;
/** From how many elements on a constant of one and the same value is filled when it is needed. */
const FILL_FROM = 256;

/** What tfjs hands a backend. */
export type ConstantValues = Float32Array | Int32Array | Uint8Array | readonly Uint8Array[];

/**
 * Elements in the bytes that TensorFlow has for this type.
 * @throws RunError where the values cannot be of this type
 */
export function encodeConstant(
  values: ConstantValues,
  dtype: TensorType,
): Uint8Array | readonly Uint8Array[] {
  if (dtype === 'string') return values as readonly Uint8Array[];
  const numbers = values as Float32Array | Int32Array | Uint8Array;
  switch (dtype) {
    case 'float32':
    case 'complex64':
      return bytesOf(numbers instanceof Float32Array ? numbers : Float32Array.from(numbers));
    case 'float64':
      return bytesOf(Float64Array.from(numbers));
    case 'int32':
      return bytesOf(numbers instanceof Int32Array ? numbers : Int32Array.from(numbers));
    case 'bool':
    case 'uint8':
      return Uint8Array.from(numbers);
    case 'int64':
    case 'uint64':
      return bytesOf(BigInt64Array.from(numbers, (value) => BigInt(value)));
    case 'half':
      return bytesOf(Uint16Array.from(numbers, halfBits));
    case 'bfloat16':
      return bytesOf(Uint16Array.from(numbers, bfloat16Bits));
    default:
      throw new RunError(`a constant cannot be a ${dtype}`);
  }
}

/** The value, where all elements are the same and there are many; NaN and -0 are values like any other. */
export function uniformValue(values: ConstantValues): number | undefined {
  if (Array.isArray(values)) return undefined;
  const numbers = values as Float32Array | Int32Array | Uint8Array;
  if (numbers.length < FILL_FROM) return undefined;
  const first = numbers[0]!;
  return numbers.every((value) => Object.is(value, first)) ? first : undefined;
}

/** The same text for equal constants, and for no others. */
export function constantKey(
  dtype: TensorType,
  shape: Shape,
  content: Uint8Array | readonly Uint8Array[],
): string {
  const hash = createHash('sha256');
  if (content instanceof Uint8Array) hash.update(content);
  else for (const text of content) hash.update(`${text.length}:`).update(text);
  return `Const|${dtype}|${shape}|${hash.digest('base64')}`;
}

/** @throws RunError where a constant is too large to be one */
export function checkConstantSize(shape: Shape, bytes: number, scope: string): void {
  if (bytes <= LARGEST_CONSTANT_BYTES) return;
  throw new RunError(
    `a constant of shape [${shape}] (${sizeOf(shape)} elements, ${bytes} bytes) was used in ${scope}; a graph ` +
      `holds none over ${LARGEST_CONSTANT_BYTES} bytes`,
    { hint: 'Feed it, read it from a file, or keep it in a variable.' },
  );
}

function bytesOf(array: Float32Array | Float64Array | Int32Array | BigInt64Array | Uint16Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice();
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The 16 high bits of a float32, rounded to even. */
export function bfloat16Bits(value: number): number {
  float[0] = value;
  if (Number.isNaN(value)) return 0x7fc0;
  return (bits[0]! + 0x7fff + ((bits[0]! >>> 16) & 1)) >>> 16;
}

/** IEEE 754 binary16 of a number, rounded to even: 1 sign bit, 5 of exponent, 10 of fraction. */
export function halfBits(value: number): number {
  float[0] = value;
  const sign = (bits[0]! >>> 16) & 0x8000;
  const magnitude = Math.abs(float[0]!);
  if (Number.isNaN(magnitude)) return 0x7e00;
  // Halfway between the largest half, 65504, and the next power of two.
  if (magnitude >= 65520) return sign | 0x7c00;
  if (magnitude === 0) return sign;
  const exponent = Math.max(-14, Math.floor(Math.log2(magnitude)));
  const steps = roundToEven(magnitude / 2 ** (exponent - 10));
  // Below 2⁻¹⁴ the exponent's bits are 0; a fraction that rounds up carries into them by itself.
  return sign | (steps + ((exponent + 14) << 10));
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
