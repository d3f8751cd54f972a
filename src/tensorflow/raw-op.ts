/**
 * TensorFlow's own ops by name, where tfjs has no kernel for them. They run on whichever backend is current, so that
 * one that records sees them too. None has a gradient: the caller gives it with `tf.customGrad`.
 */
import { type NodeBackend, nodeBackend, type OpAttribute } from './ops.ts';
import { tf } from './tf.ts';

const { binding } = nodeBackend();

export const attribute = {
  type: (name: string, value: 'float32' | 'int32'): OpAttribute => ({
    name,
    type: binding.TF_ATTR_TYPE,
    value: value === 'float32' ? binding.TF_FLOAT : binding.TF_INT32,
  }),
  int: (name: string, value: number): OpAttribute => ({ name, type: binding.TF_ATTR_INT, value }),
  float: (name: string, value: number): OpAttribute => ({ name, type: binding.TF_ATTR_FLOAT, value }),
  bool: (name: string, value: boolean): OpAttribute => ({ name, type: binding.TF_ATTR_BOOL, value }),
  string: (name: string, value: string): OpAttribute => ({ name, type: binding.TF_ATTR_STRING, value }),
};

/**
 * @param op name of the op in TensorFlow 2.21
 * @param outputs how many outputs the op has, all of which are returned
 */
export function rawOp(
  op: string,
  attributes: OpAttribute[],
  inputs: readonly tf.Tensor[],
  outputs: number,
): tf.Tensor[] {
  const backend = tf.backend() as unknown as NodeBackend;
  return backend.executeMultipleOutputs(op, attributes, [...inputs], outputs);
}
