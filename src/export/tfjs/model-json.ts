/**
 * A graph of TensorFlow's own ops as TensorFlow.js reads it: `model.json` and weights in files beside it, each small enough
 * for what browsers and their caches like. The layout: GraphModel of tfjs-converter 4.22, io/types of tfjs-core 4.22.
 */
import type { NodeMessage } from '../../graph/protobuf.ts';
import { PRODUCER } from '../../graph/saved-model.ts';
import { type TensorType, typeName } from '../../graph/types.ts';
import type { PlainModel } from '../savedmodel/write.ts';

/** Of a file of weights. */
export const SHARD_BYTES = 4 * 2 ** 20;

export interface TfjsFiles {
  readonly json: object;
  /** Files of weights by their names, in their order. */
  readonly shards: readonly (readonly [string, Uint8Array])[];
}

interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
}

/** What TensorFlow.js computes with: it has no integers but those of 32 bits. */
const dtypes: Partial<Record<TensorType, string>> = {
  float32: 'DT_FLOAT',
  int32: 'DT_INT32',
  uint8: 'DT_INT32',
  int64: 'DT_INT32',
  bool: 'DT_BOOL',
};

/** The value of a node's attribute, as src/graph/saved-model.ts writes it. */
interface AttributeMessage {
  readonly i?: number;
  readonly f?: number;
  readonly b?: boolean;
  readonly s?: Uint8Array;
  readonly type?: number;
  readonly shape?: { readonly dim: readonly { readonly size: number }[] };
  readonly list?: { readonly i: readonly number[] };
  readonly tensor?: {
    readonly dtype: number;
    readonly tensor_shape: { readonly dim: readonly { readonly size: number }[] };
    readonly tensor_content: Uint8Array;
  };
}

/** @param metadata kept in the file, for who has it alone */
export function tfjsFiles(
  { nodes, input, outputs }: PlainModel,
  generatedBy: string,
  metadata: Readonly<Record<string, unknown>>,
): TfjsFiles {
  const specs: WeightSpec[] = [];
  const bytes: Uint8Array[] = [];
  const node = nodes.map((message) => {
    if (message.op !== 'Const') return { ...message, attr: jsonAttributes(message) };
    const { spec, content } = weightOf(message);
    specs.push(spec);
    bytes.push(content);
    const dtype = spec.dtype === 'float32' ? dtypes.float32 : dtypes.int32;
    const dim = spec.shape.map((size) => ({ size: String(size) }));
    return {
      name: message.name,
      op: message.op,
      attr: { dtype: { type: dtype }, value: { tensor: { dtype, tensorShape: { dim } } } },
    };
  });
  const signature = {
    inputs: { [input.name]: portOf(input) },
    outputs: Object.fromEntries(outputs.map((port) => [port.name, portOf(port)])),
  };
  const shards = shardsOf(bytes);
  const json = {
    format: 'graph-model',
    generatedBy,
    convertedBy: generatedBy,
    modelTopology: { node, versions: { producer: PRODUCER, minConsumer: 0 } },
    signature,
    // By these names `predict` gives its outputs; in the order in which JavaScript has the keys of the signature.
    userDefinedMetadata: { ...metadata, signature, structuredOutputKeys: Object.keys(signature.outputs) },
    weightsManifest: [{ paths: shards.map(([name]) => name), weights: specs }],
  };
  return { json, shards };
}

function portOf({ node, dtype, shape }: PlainModel['input']): object {
  const dim = shape.map((size) => ({ size: String(size) }));
  return { name: `${node}:0`, dtype: dtypes[dtype], tensorShape: { dim } };
}

function weightOf(message: NodeMessage): { spec: WeightSpec; content: Uint8Array } {
  const { name } = message;
  const { dtype, tensor_shape, tensor_content } = (message.attr.value as AttributeMessage).tensor!;
  const shape = tensor_shape.dim.map(({ size }) => size);
  const { buffer, byteOffset, byteLength } = tensor_content;
  const type = typeName(dtype);
  if (type === 'int64') {
    const whole = Int32Array.from(new BigInt64Array(buffer, byteOffset, byteLength / 8), Number);
    return { spec: { name, shape, dtype: 'int32' }, content: new Uint8Array(whole.buffer) };
  }
  const spec = { name, shape, dtype: type === 'float32' ? type : ('int32' as const) };
  return { spec, content: tensor_content };
}

function jsonAttributes({ attr }: NodeMessage): Record<string, object> {
  return Object.fromEntries(
    Object.entries(attr as Readonly<Record<string, AttributeMessage>>).map(([key, value]) => [
      key,
      jsonAttribute(value),
    ]),
  );
}

/** Whole numbers are words in the JSON of protocol buffers, and bytes are base64. */
function jsonAttribute({ i, f, b, s, type, shape, list }: AttributeMessage): object {
  if (i !== undefined) return { i: String(i) };
  if (f !== undefined) return { f };
  if (b !== undefined) return { b };
  if (s !== undefined) return { s: Buffer.from(s).toString('base64') };
  if (type !== undefined) return { type: dtypes[typeName(type)]! };
  if (list !== undefined) return { list: { i: list.i.map(String) } };
  if (shape !== undefined) return { shape: { dim: shape.dim.map(({ size }) => ({ size: String(size) })) } };
  throw new Error('an attribute of a kind that no node of ours has');
}

function shardsOf(parts: readonly Uint8Array[]): (readonly [string, Uint8Array])[] {
  const all = Buffer.concat(parts);
  const count = Math.max(1, Math.ceil(all.length / SHARD_BYTES));
  return Array.from({ length: count }, (_, i) => [
    `group1-shard${i + 1}of${count}.bin`,
    all.subarray(i * SHARD_BYTES, (i + 1) * SHARD_BYTES),
  ]);
}
