/** Kernels in fewer bytes, as TensorFlow.js reads them: it makes float32 of them again when it loads the file. */
import { RunError } from '../../errors.ts';

/** In what kernels are kept. `uint8`: each as one of 256 steps between its smallest and its largest number. */
export type WeightType = 'float32' | 'float16' | 'uint8';

export interface Reduced {
  readonly quantization:
    | { readonly dtype: 'float16' }
    /** A value is its step times `scale`, plus `min`. */
    | { readonly dtype: 'uint8'; readonly scale: number; readonly min: number };
  readonly content: Uint8Array;
}

const STEPS = 255;

/** @throws RunError where a number is beyond what the type holds */
export function reduced(name: string, values: Float32Array, type: Exclude<WeightType, 'float32'>): Reduced {
  return type === 'float16' ? toHalves(name, values) : toSteps(values);
}

function toHalves(name: string, values: Float32Array): Reduced {
  const halves = Uint16Array.from(values, halfOf);
  const worst = halves.findIndex((half) => (half & 0x7c00) === 0x7c00);
  if (worst >= 0)
    throw new RunError(`${values[worst]} in ${name} is beyond what float16 holds`, {
      hint: 'Export to tfjs, which keeps float32.',
    });
  return { quantization: { dtype: 'float16' }, content: new Uint8Array(halves.buffer) };
}

/** The nearest half, of two the even one: IEEE 754, with its numbers below the normal ones. */
export function halfOf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  // The distance between halves around it: 2^-24 for the smallest, else 10 bits below its own.
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  // Math.log2 may be off by one step where a number is nearly a power of two.
  const exact = exponent > -14 && size < 2 ** exponent ? exponent - 1 : exponent;
  const steps = roundedToEven(size / 2 ** (exact - 10));
  if (exact === -14) return sign | steps;
  // A carry into the exponent is right as it is.
  const bits = ((exact + 15) << 10) + (steps - 1024);
  return sign | Math.min(bits, 0x7c00);
}

function roundedToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest === 0.5) return below + (below % 2);
  return rest < 0.5 ? below : below + 1;
}

/** With 0 among the steps, so that what is 0 stays 0. */
function toSteps(values: Float32Array): Reduced {
  let min = 0;
  let max = 0;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const scale = max === min ? 1 : (max - min) / STEPS;
  const zero = Math.round(-min / scale);
  const content = Uint8Array.from(values, (value) =>
    Math.min(STEPS, Math.max(0, Math.round(value / scale) + zero)),
  );
  return { quantization: { dtype: 'uint8', scale, min: -zero * scale }, content };
}
