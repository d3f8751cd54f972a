/** The signatures by which the values of variables come in and go out. */
import type { Variable } from './effects.ts';
import type { Graph } from './graph.ts';
import type { GraphNode, Ref } from './node.ts';
import type { Signature } from './saved-model.ts';
import type { TensorSpec, TensorType } from './types.ts';

/** Inputs are values, outputs say that each was written, or each group of them; any part of both can be used. */
export const WRITE = 'write_variables';
/** Outputs are values. */
export const READ = 'read_variables';

/**
 * Variables with the same first part of the name, as `weights/`, are a group. Each thing fetched costs TensorFlow half a
 * millisecond of preparation, so that a whole group is fetched as one.
 */
export function groupOf(name: string): string {
  return `${name.split('/')[0]}/*`;
}

/** Types that JavaScript's arrays and the binding do not have, and what stands for them outside the graph. */
const outside: Partial<Record<TensorType, TensorType>> = {
  half: 'float32',
  bfloat16: 'float32',
  float64: 'float32',
};

/**
 * @returns the signatures by name. The nodes' names are short on purpose: the binding splits a list of names into
 *   strings that are each as long as the list
 */
export function addVariableAccess(graph: Graph, variables: readonly Variable[]): Map<string, Signature> {
  const written = graph.constant(Int32Array.of(1), { shape: [], dtype: 'int32' });
  const inputs = new Map<string, Ref>();
  const done = new Map<string, Ref>();
  const values = new Map<string, Ref>();
  const groups = new Map<string, GraphNode[]>();
  for (const [i, variable] of variables.entries()) {
    const { name, shape, dtype } = variable;
    const handle = { node: variable.handle, output: 0 };
    const fed: TensorSpec = { shape, dtype: outside[dtype] ?? dtype };
    const attribute = { dtype: { kind: 'type', value: fed.dtype } } as const;
    const value = single({
      op: 'Placeholder',
      attributes: { ...attribute, shape: { kind: 'shape', value: shape } },
      outputs: [fed],
      name: `p${i}`,
    });
    // A fed array belongs to JavaScript; TensorFlow would keep it as the variable, and later change it in place.
    const copy = fed.dtype === dtype ? single({ op: 'DeepCopy', inputs: [value] }) : cast(value, dtype);
    const assign = graph.add({ op: 'AssignVariableOp', inputs: [handle, copy] });
    inputs.set(name, value);
    done.set(name, single({ op: 'Identity', inputs: [written], controls: [assign], name: `w${i}` }));
    groups.set(groupOf(name), [...(groups.get(groupOf(name)) ?? []), assign]);
    const read = single({
      op: 'ReadVariableOp',
      inputs: [handle],
      attributes: { dtype: { kind: 'type', value: dtype } },
      name: `r${i}`,
    });
    // The binding cannot read bytes, but for those of type bool.
    const readable = dtype === 'uint8' ? 'int32' : fed.dtype;
    values.set(name, readable === dtype ? read : cast(read, readable));
  }
  for (const [i, [group, assigns]] of [...groups].entries()) {
    done.set(group, single({ op: 'Identity', inputs: [written], controls: assigns, name: `g${i}` }));
  }
  return new Map([
    [WRITE, { inputs, outputs: done }],
    [READ, { inputs: new Map(), outputs: values }],
  ]);

  function single(request: Parameters<Graph['add']>[0]): Ref {
    return { node: graph.add(request), output: 0 };
  }

  function cast(ref: Ref, dtype: TensorType): Ref {
    const attributes = {
      DstT: { kind: 'type', value: dtype },
      Truncate: { kind: 'bool', value: false },
    } as const;
    return single({ op: 'Cast', inputs: [ref], attributes });
  }
}
