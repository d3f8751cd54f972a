/** Kernels of our own that stand in for TensorFlow's: src/native. They are compiled into the binding. */
import { nodeBackend } from '../tensorflow/ops.ts';
import type { Narrowing } from './narrow.ts';

/** Can they be used? They are for float32 and the CPU. */
export function hasOwnKernels(narrowing: Narrowing | undefined): boolean {
  return narrowing === undefined && !nodeBackend().isUsingGpuDevice;
}
