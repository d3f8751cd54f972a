/** Attributes of a node: what a kernel of tfjs-node states for an op, kept by kind, so that it can be compared and written. */
import { nodeBackend, type OpAttribute } from '../tensorflow/ops.ts';
import type { Shape, TensorType } from './types.ts';
import { typeName } from './types.ts';

export type Attribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'type'; readonly value: TensorType }
  | { readonly kind: 'shape'; readonly value: Shape }
  | { readonly kind: 'tensor'; readonly value: ConstantTensor };

/** The value of a `Const` node. */
export interface ConstantTensor {
  readonly shape: Shape;
  readonly dtype: TensorType;
  /** Little-endian elements; for strings, the strings. */
  readonly content: Uint8Array | readonly Uint8Array[];
}

export type Attributes = Readonly<Record<string, Attribute>>;

/** @throws Error for a kind of attribute that no kernel of tfjs-node uses */
export function attributeFrom({ name, type, value }: OpAttribute): Attribute {
  const { binding } = nodeBackend();
  const list = Array.isArray(value);
  switch (type) {
    case binding.TF_ATTR_INT:
      return list ? { kind: 'ints', value } : { kind: 'int', value: value as number };
    case binding.TF_ATTR_FLOAT:
      return list ? { kind: 'floats', value } : { kind: 'float', value: value as number };
    case binding.TF_ATTR_BOOL:
      return { kind: 'bool', value: value as boolean };
    case binding.TF_ATTR_STRING:
      return { kind: 'string', value: value as string };
    case binding.TF_ATTR_TYPE:
      return { kind: 'type', value: typeName(value as number) };
    case binding.TF_ATTR_SHAPE:
      return { kind: 'shape', value: value as number[] };
    default:
      throw new Error(`attribute "${name}" is of a kind that is not known here: ${type}`);
  }
}

/** The same text for equal attributes, and for no others. */
export function attributesKey(attributes: Attributes): string {
  return Object.keys(attributes)
    .sort()
    .map((name) => {
      const { kind, value } = attributes[name]!;
      if (kind === 'tensor') throw new Error('constants are compared by their content');
      return `${name}=${kind}:${kind === 'string' ? JSON.stringify(value) : String(value)}`;
    })
    .join(';');
}
