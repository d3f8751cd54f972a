/** Runs one TensorFlow op at once, past tfjs: what it answers is what a shape function is compared with. */
import type { Attribute, Attributes } from '../../src/graph/attributes.ts';
import { sizeOf, type TensorSpec, type TensorType, typeName, typeNumbers } from '../../src/graph/types.ts';
import { nodeBackend } from '../../src/tensorflow/ops.ts';

/** An input: its shape and type, and its elements where they matter. */
export interface Input extends TensorSpec {
  readonly values?: readonly number[];
  readonly texts?: readonly string[];
  /** A resource: what the variable holds. */
  readonly variable?: TensorSpec;
}

const { binding } = nodeBackend();

const attributeTypes: Partial<Record<Attribute['kind'], number>> = {
  int: binding.TF_ATTR_INT,
  ints: binding.TF_ATTR_INT,
  float: binding.TF_ATTR_FLOAT,
  floats: binding.TF_ATTR_FLOAT,
  bool: binding.TF_ATTR_BOOL,
  string: binding.TF_ATTR_STRING,
  type: binding.TF_ATTR_TYPE,
  shape: binding.TF_ATTR_SHAPE,
};

function execute(op: string, attributes: Attributes, inputs: readonly number[], outputs: number) {
  const listed = Object.entries(attributes).map(([name, { kind, value }]) => ({
    name,
    type: attributeTypes[kind]!,
    value: (kind === 'type' ? typeNumbers[value] : value) as number,
  }));
  return binding.executeOp(op, listed, [...inputs], outputs);
}

function create(shape: readonly number[], dtype: TensorType, values: ArrayLike<number>): number {
  const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array, uint8: Uint8Array };
  const direct = arrays[dtype as keyof typeof arrays];
  if (direct !== undefined) return binding.createTensor([...shape], typeNumbers[dtype], direct.from(values));
  if (dtype === 'complex64') {
    const part = create(shape, 'float32', values);
    return execute('Complex', {}, [part, part], 1)[0]!.id;
  }
  const source = dtype === 'int64' || dtype === 'uint64' ? 'int32' : 'float32';
  const types: Attributes = { SrcT: { kind: 'type', value: source }, DstT: { kind: 'type', value: dtype } };
  return execute('Cast', types, [create(shape, source, values)], 1)[0]!.id;
}

let variables = 0;

function createInput({ shape, dtype, values, texts, variable }: Input): number {
  if (texts !== undefined) {
    const bytes = texts.map((text) => Buffer.from(text)) as unknown as Uint8Array;
    return binding.createTensor([...shape], binding.TF_STRING, bytes);
  }
  if (variable !== undefined) {
    const handle = execute('VarHandleOp', handleAttributes(variable, `eager-op-${variables++}`), [], 1)[0]!
      .id;
    const value = create(variable.shape, variable.dtype, new Array(sizeOf(variable.shape)).fill(0.5));
    execute('AssignVariableOp', { dtype: { kind: 'type', value: variable.dtype } }, [handle, value], 0);
    return handle;
  }
  return create(shape, dtype, values ?? Array.from({ length: sizeOf(shape) }, (_, i) => 0.25 + (i % 7) / 16));
}

export function handleAttributes({ shape, dtype }: TensorSpec, name: string): Attributes {
  return {
    dtype: { kind: 'type', value: dtype },
    shape: { kind: 'shape', value: shape },
    shared_name: { kind: 'string', value: name },
    container: { kind: 'string', value: '' },
  };
}

/** Shapes and types of the outputs, as TensorFlow has them. */
export function outputsOf(
  op: string,
  attributes: Attributes,
  inputs: readonly Input[],
  outputs: number,
): TensorSpec[] {
  return execute(op, attributes, inputs.map(createInput), outputs).map(({ id, shape, dtype }) => {
    binding.deleteTensor(id);
    return { shape, dtype: typeName(dtype) };
  });
}
