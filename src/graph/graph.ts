/**
 * A graph as it grows: nodes are added in an order in which they could run. Two nodes that compute the same from the
 * same inputs are one.
 */
import { RunError } from '../errors.ts';
import type { Attributes } from './attributes.ts';
import { attributesKey } from './attributes.ts';
import {
  type ConstantValues,
  checkConstantSize,
  constantKey,
  encodeConstant,
  uniformValue,
} from './constants.ts';
import { cleanName, type GraphNode, type Ref, specOf } from './node.ts';
import { currentScope } from './scope.ts';
import { inferOutputs, type OpDefinition, typeAttributes } from './shapes/op.ts';
import { opTable } from './shapes/table.ts';
import { type Shape, sizeOf, type TensorSpec, type TensorType } from './types.ts';
import { xlaAttributes } from './xla.ts';

/** A node as it is asked for; what is left out follows from the rest. */
export interface NodeRequest {
  readonly op: string;
  readonly inputs?: readonly Ref[];
  readonly controls?: readonly GraphNode[];
  readonly attributes?: Attributes;
  /** Needed for an op that is not in the table. */
  readonly outputs?: readonly TensorSpec[];
  /** The whole name, without scopes; it must be free. */
  readonly name?: string;
  /** Where it does not follow from inputs and controls. */
  readonly guarded?: boolean;
}

export interface Graph {
  /** In the order in which they were added, which is one in which they can run. */
  readonly nodes: readonly GraphNode[];
  /** Stands before the names of all nodes that are added while it is set. */
  prefix: string;
  /** Nodes that are added while it is set are compiled with XLA, those of one name together; empty for none. */
  xlaScope: string;
  /** Adds a node. @throws RunError, naming op and scope, where its shapes cannot be known or do not fit */
  add(request: NodeRequest): GraphNode;
  /** Adds a constant. Equal ones are one node; one that repeats a single value is filled when it is needed. */
  constant(values: ConstantValues, spec: TensorSpec): Ref;
  /** Elements of a constant that was added. @throws RunError where the node is no constant */
  valuesOf(ref: Ref): readonly number[];
}

export function createGraph(): Graph {
  const nodes: GraphNode[] = [];
  const names = new Map<string, number>();
  const known = new Map<string, GraphNode>();
  const values = new Map<GraphNode, readonly number[]>();

  function freeName(wanted: string): string {
    const used = names.get(wanted);
    names.set(wanted, (used ?? 0) + 1);
    if (used === undefined) return wanted;
    return freeName(`${wanted}_${used}`);
  }

  function push(request: NodeRequest, attributes: Attributes, outputs: readonly TensorSpec[]): GraphNode {
    const { op, inputs = [], controls = [], name, guarded } = request;
    const scope = currentScope();
    if (name !== undefined && names.has(name)) throw new Error(`a node is already called ${name}`);
    const path = [graph.prefix, scope, op].filter((part) => part !== '').join('/');
    const definition: OpDefinition | undefined = opTable[op];
    const node: GraphNode = {
      id: nodes.length,
      name: freeName(name === undefined ? path : cleanName(name)),
      op,
      inputs,
      controls,
      attributes: { ...attributes, ...xlaAttributes(op, graph.xlaScope) },
      outputs,
      scope,
      guarded: guarded ?? (inputs.some((ref) => ref.node.guarded) || controls.some((each) => each.guarded)),
      sharesFeed:
        op === 'Placeholder' || (definition?.shares === true && inputs.some((ref) => ref.node.sharesFeed)),
      device: undefined,
    };
    nodes.push(node);
    return node;
  }

  const graph: Graph = {
    nodes,
    prefix: '',
    xlaScope: '',

    add(request) {
      const { op, inputs = [], controls = [], attributes: given = {}, outputs: stated } = request;
      if (stated !== undefined) return push(request, given, stated);
      const definition = opTable[op];
      if (definition === undefined) {
        throw new RunError(`the op ${op} was used in ${place()}, and its output's shape is not known`, {
          hint: 'Ops whose outputs depend on values cannot be recorded; the others are in src/graph/shapes.',
        });
      }
      try {
        const types = inputs.map((ref) => specOf(ref).dtype);
        const attributes = { ...given, ...typeAttributes(op, definition, types, given) };
        const key = `${op}|${inputs.map(({ node, output }) => `${node.id}:${output}`)}|${attributesKey(attributes)}`;
        const isPure = !definition.stateful && controls.length === 0 && request.name === undefined;
        const same = isPure ? known.get(key) : undefined;
        if (same !== undefined) return same;
        const outputs = inferOutputs(definition, {
          op,
          inputs: inputs.map((ref) => specOf(ref).shape),
          attributes,
          values: (input) => graph.valuesOf(inputs[input]!),
          variable: (input) => variableOf(inputs[input]!),
        });
        const node = push(request, attributes, outputs);
        if (isPure) known.set(key, node);
        return node;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        const hint = error instanceof RunError ? error.hint : undefined;
        throw new RunError(`${message}, in ${place()}`, {
          cause: error,
          ...(hint === undefined ? {} : { hint }),
        });
      }
    },

    constant(given, { shape, dtype }) {
      const uniform = uniformValue(given);
      if (uniform !== undefined) {
        const one = given.slice(0, 1) as ConstantValues;
        const sides = graph.constant(Int32Array.from(shape), { shape: [shape.length], dtype: 'int32' });
        return {
          node: graph.add({ op: 'Fill', inputs: [sides, graph.constant(one, { shape: [], dtype })] }),
          output: 0,
        };
      }
      const content = encodeConstant(given, dtype);
      const bytes =
        content instanceof Uint8Array ? content.length : content.reduce((sum, text) => sum + text.length, 0);
      checkConstantSize(shape, bytes, place());
      const key = constantKey(dtype, shape, content);
      const same = known.get(key);
      if (same !== undefined) return { node: same, output: 0 };
      const node = push({ op: 'Const' }, constantAttributes(shape, dtype, content), [{ shape, dtype }]);
      known.set(key, node);
      if (dtype !== 'string' && sizeOf(shape) < 4096) values.set(node, Array.from(given as Float32Array));
      return { node, output: 0 };
    },

    valuesOf({ node }) {
      const found = values.get(node);
      if (found !== undefined) return found;
      throw new RunError(
        `the op ${node.op} (${node.name}) gives a shape or an axis, which must be a constant`,
        {
          hint: 'Compute it in JavaScript.',
        },
      );
    },
  };
  return graph;
}

function constantAttributes(
  shape: Shape,
  dtype: TensorType,
  content: Uint8Array | readonly Uint8Array[],
): Attributes {
  return {
    dtype: { kind: 'type', value: dtype },
    value: { kind: 'tensor', value: { shape, dtype, content } },
  };
}

function variableOf({ node }: Ref): TensorSpec {
  const { shape, dtype } = node.attributes;
  if (node.op !== 'VarHandleOp' || shape?.kind !== 'shape' || dtype?.kind !== 'type') {
    throw new Error(`${node.op} (${node.name}) is not the handle of a variable`);
  }
  return { shape: shape.value, dtype: dtype.value };
}

function place(): string {
  const scope = currentScope();
  return scope === '' ? 'no scope' : `the scope ${scope}`;
}
