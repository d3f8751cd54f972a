/** A node of a graph that TensorFlow has not seen yet, and the edges between nodes. */
import type { Attributes } from './attributes.ts';
import type { TensorSpec } from './types.ts';

export interface GraphNode {
  /** Number of the node, in the order in which they were recorded. */
  readonly id: number;
  /** As TensorFlow will know it: `train0/stage0/conv2_block1_1_conv/Conv2D`. */
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly Ref[];
  /** Nodes that must have run before this one. */
  readonly controls: readonly GraphNode[];
  readonly attributes: Attributes;
  readonly outputs: readonly TensorSpec[];
  /** Layer that it was recorded for. */
  readonly scope: string;
  /** Does it run only where a guard's condition holds? */
  readonly guarded: boolean;
  /** May an output be the memory of a fed array, which belongs to JavaScript? */
  readonly sharesFeed: boolean;
  /** TensorFlow's name of a device, as `/device:CPU:0`; undefined where TensorFlow chooses. */
  readonly device: string | undefined;
}

/** One output of a node. */
export interface Ref {
  readonly node: GraphNode;
  readonly output: number;
}

export function specOf({ node, output }: Ref): TensorSpec {
  return node.outputs[output]!;
}

/** `name` or `name:1`, as a node's input is written. */
export function inputName({ node, output }: Ref): string {
  return output === 0 ? node.name : `${node.name}:${output}`;
}

/** A name that TensorFlow takes for a node, or for a part of one. */
export function cleanName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_./-]/g, '_');
}
