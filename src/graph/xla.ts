/**
 * Which nodes TensorFlow compiles with XLA: those of a signature that asks for it, as far as XLA can compile them. Nodes of
 * one name in `_XlaScope` may become one compiled piece; what XLA has no kernel for (our own ops, resampled images) stays
 * outside, which `_XlaMustCompile` on a function of the whole step would refuse.
 * https://github.com/tensorflow/tensorflow/blob/v2.21.0/tensorflow/compiler/jit/mark_for_compilation_pass.cc
 */
import type { Attributes } from './attributes.ts';

/** @param scope empty for nodes that are not to be compiled */
export function xlaAttributes(op: string, scope: string): Attributes {
  // XLA draws other numbers from the same seed.
  if (scope === '' || op.includes('Random')) return {};
  return { _XlaCompile: { kind: 'bool', value: true }, _XlaScope: { kind: 'string', value: scope } };
}
