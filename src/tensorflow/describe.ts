/** What TensorFlow is computing with, in words: for a run's record. */
import { nodeBackend } from './ops.ts';

/** @returns version of TensorFlow, and `cpu` or `gpu` */
export function describeTensorFlow(): { tensorflow: string; device: 'cpu' | 'gpu' } {
  const backend = nodeBackend();
  return { tensorflow: backend.binding.TF_Version, device: backend.isUsingGpuDevice ? 'gpu' : 'cpu' };
}
