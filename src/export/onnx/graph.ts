/** An ONNX graph while it is written: nodes and constants, by names that are free. */
import type { Ops } from '../ops.ts';
import {
  type AttributeMessage,
  attributeTypes,
  type DataType,
  dataTypes,
  type NodeMessage,
  type TensorMessage,
} from './messages.ts';

/** Of a node: a whole number, a real one, a word, or whole numbers. */
export type AttributeValue =
  | { readonly i: number }
  | { readonly f: number }
  | { readonly s: string }
  | { readonly ints: readonly number[] };
export type Attributes = Readonly<Record<string, AttributeValue>>;

export interface OnnxGraph {
  readonly nodes: readonly NodeMessage[];
  readonly constants: readonly TensorMessage[];
  /** @param wanted what its output is to be called, where that is free @returns what it is called */
  node(op: string, inputs: readonly string[], attributes?: Attributes, wanted?: string): string;
  /** Gives a value the name of an output. */
  output(name: string, value: string): void;
  /** @returns name of the constant; equal ones without a name are written once */
  constant(values: Float32Array | BigInt64Array, shape: readonly number[], name?: string): string;
  /** Numbers of axes, sizes and the like. */
  numbers(...values: number[]): string;
}

/** @param reserved names of the input and the outputs */
export function createOnnxGraph(reserved: readonly string[]): OnnxGraph {
  const names = new Set(reserved);
  const nodes: NodeMessage[] = [];
  const constants: TensorMessage[] = [];
  const known = new Map<string, string>();

  function free(wanted: string): string {
    let name = wanted;
    for (let i = 2; names.has(name); i++) name = `${wanted}_${i}`;
    names.add(name);
    return name;
  }

  function add(op: string, inputs: readonly string[], attributes: Attributes, output: string): void {
    const attribute = Object.entries(attributes).map(
      ([name, value]): AttributeMessage => ({
        name,
        type: attributeTypes[Object.keys(value)[0] as keyof typeof attributeTypes],
        ...('s' in value ? { s: Buffer.from(value.s) } : value),
      }),
    );
    nodes.push({ op_type: op, name: output, input: inputs, output: [output], attribute });
  }

  const graph: OnnxGraph = {
    nodes,
    constants,
    node(op, inputs, attributes = {}, wanted = `inner/${op}`) {
      const output = free(wanted);
      add(op, inputs, attributes, output);
      return output;
    },
    output: (name, value) => add('Identity', [value], {}, name),
    constant(values, shape, name) {
      const type: DataType = values instanceof Float32Array ? 'float32' : 'int64';
      const content = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      const key = name === undefined ? `${type} ${shape} ${values}` : undefined;
      const before = key === undefined ? undefined : known.get(key);
      if (before !== undefined) return before;
      const own = free(name ?? 'inner/constant');
      constants.push({ name: own, dims: shape, data_type: dataTypes[type], raw_data: content });
      if (key !== undefined) known.set(key, own);
      return own;
    },
    numbers: (...values) => graph.constant(BigInt64Array.from(values, BigInt), [values.length]),
  };
  return graph;
}

/** The vector operations as nodes of this graph. */
export function onnxOps(graph: OnnxGraph): Ops {
  const { node, numbers } = graph;
  const axis = { i: 1 };
  return {
    constant: (values) => graph.constant(values, [values.length]),
    divide: (x, divisor) => node('Div', [x, divisor]),
    multiply: (a, b) => node('Mul', [a, b]),
    subtract: (a, b) => node('Sub', [a, b]),
    softmax: (x) => node('Softmax', [x], { axis }),
    sigmoid: (x) => node('Sigmoid', [x]),
    column: (x, index) => node('Slice', [x, numbers(index), numbers(index + 1), numbers(1)]),
    beside: (parts) => (parts.length === 1 ? parts[0]! : node('Concat', parts, { axis })),
    greater: (a, b) => node('Greater', [a, b]),
    atLeast: (a, b) => node('GreaterOrEqual', [a, b]),
    equal: (a, b) => node('Equal', [a, b]),
    choose: (condition, a, b) => node('Where', [condition, a, b]),
    sumsFromEnd: (x) => node('CumSum', [x, numbers(1)], { reverse: { i: 1 } }),
    count(condition) {
      const ones = node('Cast', [condition], { to: { i: dataTypes.int64 } });
      return node('ReduceSum', [ones, numbers(1)], { keepdims: { i: 1 } });
    },
    largest: (x) => node('ReduceMax', [x, numbers(1)], { keepdims: { i: 1 } }),
    whichIsLargest: (x) => node('ArgMax', [x], { axis, keepdims: { i: 1 } }),
    flat: (x) => node('Squeeze', [x, numbers(1)]),
  };
}
