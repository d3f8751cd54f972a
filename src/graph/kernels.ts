/** Kernels of tfjs-node that look at values, and so cannot be recorded as they are. */
import type { NodeBackend } from '../tensorflow/ops.ts';
import { tf } from '../tensorflow/tf.ts';

/** tfjs-node's reads the indices to check them; TensorFlow checks them again when it runs. */
export const gatherV2 = {
  kernelFunc({
    inputs,
    attrs,
    backend,
  }: {
    inputs: tf.NamedTensorInfoMap;
    attrs?: tf.NamedAttrMap;
    backend: unknown;
  }): tf.TensorInfo {
    const { binding, executeSingleOutput } = backend as NodeBackend;
    const { axis, batchDims } = attrs as { axis: number; batchDims: number };
    const attributes = [{ name: 'batch_dims', type: binding.TF_ATTR_INT, value: batchDims }];
    return tf.tidy(() =>
      executeSingleOutput.call(backend, 'GatherV2', attributes, [
        inputs.x!,
        inputs.indices!,
        tf.scalar(axis, 'int32'),
      ]),
    );
  },
};
