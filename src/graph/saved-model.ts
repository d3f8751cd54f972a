/** Nodes and signatures in, the bytes of a `saved_model.pb` out. Only nodes that a signature needs are written. */
import type { Attribute } from './attributes.ts';
import { type GraphNode, inputName, type Ref, specOf } from './node.ts';
import {
  encodeSavedModel,
  type NodeMessage,
  type ShapeMessage,
  type SignatureMessage,
  type TensorInfoMessage,
} from './protobuf.ts';
import { type Shape, typeNumbers } from './types.ts';

/** Version of the graph's format that TensorFlow 2.21.0 writes. */
export const PRODUCER = 2474;

/** What can be run: fed and fetched outputs of nodes, by name. */
export interface Signature {
  readonly inputs: ReadonlyMap<string, Ref>;
  readonly outputs: ReadonlyMap<string, Ref>;
}

/** Bytes of the file, and how many nodes are in it. */
export function writeSavedModel(signatures: ReadonlyMap<string, Signature>): {
  bytes: Uint8Array;
  nodes: number;
} {
  const needed = reachable(
    [...signatures.values()].flatMap(({ inputs, outputs }) => [...inputs.values(), ...outputs.values()]),
  );
  const bytes = encodeSavedModel({
    saved_model_schema_version: 1,
    meta_graphs: [
      {
        meta_info_def: { meta_graph_version: '1', tags: ['serve'] },
        graph_def: { node: needed.map(nodeMessage), versions: { producer: PRODUCER } },
        signature_def: Object.fromEntries(
          [...signatures].map(([name, signature]) => [name, signatureMessage(name, signature)]),
        ),
      },
    ],
  });
  return { bytes, nodes: needed.length };
}

/** The nodes that these outputs need, in the order in which they were recorded. */
export function reachable(outputs: readonly Ref[]): GraphNode[] {
  const found = new Set<GraphNode>();
  const open = outputs.map(({ node }) => node);
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (found.has(node)) continue;
    found.add(node);
    open.push(...node.inputs.map((ref) => ref.node), ...node.controls);
  }
  return [...found].sort((a, b) => a.id - b.id);
}

function nodeMessage({ name, op, inputs, controls, attributes, device }: GraphNode): NodeMessage {
  return {
    name,
    op,
    input: [...inputs.map(inputName), ...controls.map((node) => `^${node.name}`)],
    ...(device === undefined ? {} : { device }),
    attr: Object.fromEntries(
      Object.entries(attributes).map(([key, value]) => [key, attributeMessage(value)]),
    ),
  };
}

/** As a node's message has it. */
export function attributeMessage({ kind, value }: Attribute): object {
  switch (kind) {
    case 'int':
      return { i: value };
    case 'ints':
      return { list: { i: value } };
    case 'float':
      return { f: value };
    case 'floats':
      return { list: { f: value } };
    case 'bool':
      return { b: value };
    case 'string':
      return { s: Buffer.from(value) };
    case 'type':
      return { type: typeNumbers[value] };
    case 'shape':
      return { shape: shapeMessage(value) };
    case 'tensor': {
      const { shape, dtype, content } = value;
      const elements = content instanceof Uint8Array ? { tensor_content: content } : { string_val: content };
      return { tensor: { dtype: typeNumbers[dtype], tensor_shape: shapeMessage(shape), ...elements } };
    }
  }
}

/** A side of -1 is one that is not known. */
export function shapeMessage(shape: Shape): ShapeMessage {
  return { dim: shape.map((size) => ({ size })) };
}

function signatureMessage(name: string, { inputs, outputs }: Signature): SignatureMessage {
  return { inputs: infoMessages(inputs), outputs: infoMessages(outputs), method_name: name };
}

function infoMessages(refs: ReadonlyMap<string, Ref>): Record<string, TensorInfoMessage> {
  return Object.fromEntries(
    [...refs].map(([name, ref]) => {
      const { shape, dtype } = specOf(ref);
      const info = {
        name: `${ref.node.name}:${ref.output}`,
        dtype: typeNumbers[dtype],
        tensor_shape: shapeMessage(shape),
      };
      return [name, info];
    }),
  );
}
