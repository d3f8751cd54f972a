/** A GraphDef of TensorFlow's own ops while it is written, for any number of images: nodes by names that are free. */
import type { Attribute, Attributes } from '../../graph/attributes.ts';
import { cleanName } from '../../graph/node.ts';
import type { NodeMessage } from '../../graph/protobuf.ts';
import { attributeMessage } from '../../graph/saved-model.ts';
import type { Shape, TensorType } from '../../graph/types.ts';
import type { Ops } from '../ops.ts';

export interface PlainGraph {
  readonly nodes: readonly NodeMessage[];
  /**
   * @param wanted what it is to be called, where that is free
   * @returns what it is called, which stands for its first output
   */
  node(op: string, inputs: readonly string[], attributes?: Attributes, wanted?: string): string;
  /** @returns name of the constant; equal ones without a name are written once */
  constant(values: Float32Array | BigInt64Array | Int32Array, shape: Shape, wanted?: string): string;
  /** Axes, sizes and the like: int32. */
  numbers(...values: number[]): string;
}

export const attribute = {
  type: (value: TensorType): Attribute => ({ kind: 'type', value }),
  int: (value: number): Attribute => ({ kind: 'int', value }),
  ints: (...value: number[]): Attribute => ({ kind: 'ints', value }),
  float: (value: number): Attribute => ({ kind: 'float', value }),
  flag: (value: boolean): Attribute => ({ kind: 'bool', value }),
  text: (value: string): Attribute => ({ kind: 'string', value }),
  shape: (...value: number[]): Attribute => ({ kind: 'shape', value }),
};

/** Types of most ops: what they compute with, and what axes are given in. */
export const float = { T: attribute.type('float32') };
export const byAxis = { ...float, Tidx: attribute.type('int32') };

export function createPlainGraph(): PlainGraph {
  const names = new Set<string>();
  const nodes: NodeMessage[] = [];
  const known = new Map<string, string>();

  function free(wanted: string): string {
    const clean = cleanName(wanted);
    let name = clean;
    for (let i = 2; names.has(name); i++) name = `${clean}_${i}`;
    names.add(name);
    return name;
  }

  const graph: PlainGraph = {
    nodes,
    node(op, inputs, attributes = {}, wanted = `inner/${op}`) {
      const name = free(wanted);
      const attr = Object.fromEntries(
        Object.entries(attributes).map(([key, value]) => [key, attributeMessage(value)]),
      );
      nodes.push({ name, op, input: inputs, attr });
      return name;
    },
    constant(values, shape, wanted) {
      const dtype =
        values instanceof Float32Array ? 'float32' : values instanceof Int32Array ? 'int32' : 'int64';
      const key = wanted === undefined ? `${dtype} ${shape} ${values}` : undefined;
      const before = key === undefined ? undefined : known.get(key);
      if (before !== undefined) return before;
      const content = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      const attributes = {
        dtype: attribute.type(dtype),
        value: { kind: 'tensor', value: { shape, dtype, content } },
      } as const;
      const name = graph.node('Const', [], attributes, wanted ?? 'inner/constant');
      if (key !== undefined) known.set(key, name);
      return name;
    },
    numbers: (...values) => graph.constant(Int32Array.from(values), [values.length]),
  };
  return graph;
}

/** The vector operations as nodes of this graph. */
export function plainOps(graph: PlainGraph): Ops {
  const { node, numbers } = graph;
  /** What is of int64; all else that is counted is float32. */
  const whole = new Set<string>();
  const asWhole = (name: string): string => {
    whole.add(name);
    return name;
  };
  const axis = (): string => graph.constant(Int32Array.of(1), []);
  const keep = { ...byAxis, keep_dims: attribute.flag(true) };
  const long = { T: attribute.type('int64') };
  return {
    constant(values) {
      const name = graph.constant(values, [values.length]);
      return values instanceof BigInt64Array ? asWhole(name) : name;
    },
    divide: (x, divisor) => node('RealDiv', [x, divisor], float),
    multiply: (a, b) => node('Mul', [a, b], float),
    subtract: (a, b) => node('Sub', [a, b], float),
    softmax: (x) => node('Softmax', [x], float),
    sigmoid: (x) => node('Sigmoid', [x], float),
    column: (x, index) =>
      node('Slice', [x, numbers(0, index), numbers(-1, 1)], { ...float, Index: attribute.type('int32') }),
    beside: (parts) =>
      parts.length === 1
        ? parts[0]!
        : node('ConcatV2', [...parts, axis()], { ...byAxis, N: attribute.int(parts.length) }),
    greater: (a, b) => node('Greater', [a, b], float),
    atLeast: (a, b) => node('GreaterEqual', [a, b], float),
    equal: (a, b) => node('Equal', [a, b], long),
    choose(condition, a, b) {
      if (!whole.has(a)) return node('SelectV2', [condition, a, b], float);
      return asWhole(node('SelectV2', [condition, a, b], long));
    },
    sumsFromEnd: (x) => node('Cumsum', [x, axis()], { ...byAxis, reverse: attribute.flag(true) }),
    count(condition) {
      const types = { SrcT: attribute.type('bool'), DstT: attribute.type('int64') };
      const ones = node('Cast', [condition], types);
      return asWhole(node('Sum', [ones, numbers(1)], { ...keep, ...long }));
    },
    largest: (x) => node('Max', [x, numbers(1)], keep),
    whichIsLargest(x) {
      const which = node('ArgMax', [x, axis()], { ...byAxis, output_type: attribute.type('int64') });
      return asWhole(node('ExpandDims', [which, axis()], { ...long, Tdim: attribute.type('int32') }));
    },
    flat: (x) => node('Squeeze', [x], { ...(whole.has(x) ? long : float), squeeze_dims: attribute.ints(1) }),
  };
}
