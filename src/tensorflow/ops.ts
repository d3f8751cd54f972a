// TensorFlow's own operations, by name, past tfjs's kernels. Names and attributes: the op definitions of TensorFlow 2.21,
// https://www.tensorflow.org/api_docs/python/tf/raw_ops
import type { TFEOpAttr, TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js';
import { tf } from './tf.ts';

/** An attribute of an op: its name, its kind (`binding.TF_ATTR_TYPE`, ...), its value. */
export type OpAttribute = TFEOpAttr;

/** A 64-bit integer on the host, which some ops take where tfjs has no tensor of that type. */
export interface Int64Input {
  readonly dtype: 'int64';
  readonly value: number;
}

/** The part of a backend that runs TensorFlow ops, or records them. */
export interface NodeBackend {
  /** Constants of the C API (`TF_FLOAT`, `TF_ATTR_TYPE`, ...), tensors and saved models by number. */
  readonly binding: TFJSBinding;
  readonly isGPUPackage: boolean;
  /** Does TensorFlow run on a GPU? */
  readonly isUsingGpuDevice: boolean;
  /** Runs an op with one output. */
  executeSingleOutput(name: string, attributes: OpAttribute[], inputs: OpInput[]): tf.Tensor;
  /** Runs an op with `outputs` outputs. */
  executeMultipleOutputs(
    name: string,
    attributes: OpAttribute[],
    inputs: OpInput[],
    outputs: number,
  ): tf.Tensor[];
  /** TensorFlow's number of a tfjs type, as `binding.TF_FLOAT` of `'float32'`. */
  getDTypeInteger(dtype: tf.DataType): number;
  /** Number of tensors that TensorFlow holds for us. */
  getNumOfTFTensors(): number;
}

export type OpInput = tf.TensorInfo | Int64Input;

/**
 * The backend that is current: tfjs-node's own, which runs ops, or the one that records them.
 * @throws Error where another is current, which knows no TensorFlow ops
 */
export function nodeBackend(): NodeBackend {
  const backend = tf.backend() as unknown as Partial<NodeBackend>;
  if (backend.executeMultipleOutputs === undefined) {
    throw new Error(`the current backend "${tf.getBackend()}" does not run TensorFlow's own ops`);
  }
  return backend as NodeBackend;
}
