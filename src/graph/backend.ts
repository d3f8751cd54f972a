/**
 * The tfjs backend `graph`: it runs nothing. Every op that a kernel of tfjs-node hands it becomes a node of the graph
 * that is being recorded, with a tensor that has a shape and no values.
 */
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js';
import { RunError } from '../errors.ts';
import type { OpAttribute, OpInput } from '../tensorflow/ops.ts';
import { tf } from '../tensorflow/tf.ts';
import { type Attributes, attributeFrom } from './attributes.ts';
import type { ConstantValues } from './constants.ts';
import type { Graph } from './graph.ts';
import { gatherV2 } from './kernels.ts';
import { type Ref, specOf } from './node.ts';
import type { OpDefinition } from './shapes/op.ts';
import { opTable } from './shapes/table.ts';
import { isTensorType, type TensorType, tfjsType } from './types.ts';

const NAME = 'graph';
const RUNNING = 'tensorflow';

/** What stands behind a tensor: a constant that may not be needed, or an output of a node. */
interface Entry {
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
  readonly values: ConstantValues | undefined;
  /** Of a constant: the node for each type that it was needed in. */
  readonly refs: Map<TensorType, Ref>;
  readonly ref: Ref | undefined;
  references: number;
}

// The class of tfjs-node's own backend, taken from it so that tfjs is only ever loaded by src/tensorflow/tf.ts.
const Running = tf.findBackend(RUNNING).constructor as typeof NodeJSKernelBackend;

class RecordingBackend extends Running {
  /** The graph that is being recorded. */
  graph: Graph | undefined;
  readonly #entries: tf.DataStorage<Entry>;

  constructor(running: NodeJSKernelBackend) {
    super(running.binding, running.isGPUPackage ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node');
    this.#entries = new tf.DataStorage(this, tf.engine());
  }

  override executeSingleOutput(op: string, attributes: OpAttribute[], inputs: OpInput[]): tf.Tensor {
    return this.executeMultipleOutputs(op, attributes, inputs, 1)[0]!;
  }

  override executeMultipleOutputs(
    op: string,
    attributes: OpAttribute[],
    inputs: OpInput[],
    outputs: number,
  ): tf.Tensor[] {
    const given: Attributes = Object.fromEntries(attributes.map((each) => [each.name, attributeFrom(each)]));
    const refs = this.#refs(op, inputs, given);
    const node = this.#current(op).add({ op, attributes: given, inputs: refs });
    // tfjs reshapes to the shape that a tensor has, a hundred times in a network.
    const isSame = op === 'Reshape' && specOf(refs[0]!).shape.join() === node.outputs[0]!.shape.join();
    if (isSame) return [this.tensorOf(refs[0]!)];
    return node.outputs.slice(0, outputs).map((_, output) => this.tensorOf({ node, output }));
  }

  /** A tensor that stands for an output of a node. */
  tensorOf(ref: Ref): tf.Tensor {
    const { shape, dtype } = specOf(ref);
    const dataId = {};
    const type = tfjsType(dtype);
    this.#entries.set(dataId, { shape, dtype: type, values: undefined, refs: new Map(), ref, references: 1 });
    return tf.engine().makeTensorFromTensorInfo({ dataId, shape: [...shape], dtype: type }, this);
  }

  /** The output of a node that a tensor stands for; a constant's node is added when it is first asked for. */
  refOf(tensor: tf.TensorInfo, wanted?: TensorType): Ref {
    if ('isDisposed' in tensor && tensor.isDisposed === true) {
      throw new RunError(`a tensor of shape [${tensor.shape}] was used after it was disposed`, {
        hint: 'Call tf.keep on what is carried out of tf.tidy or out of a function whose gradient is taken.',
      });
    }
    const entry = this.#entries.get(tensor.dataId);
    if (entry.ref !== undefined) return this.#reshaped(entry.ref, tensor);
    const natural = tensor.dtype as TensorType;
    const dtype = wanted !== undefined && tfjsType(wanted) === natural ? wanted : natural;
    const spec = { shape: tensor.shape, dtype };
    const known = entry.refs.get(dtype);
    if (known !== undefined && specOf(known).shape.join() === spec.shape.join()) return known;
    const ref = this.#current('Const').constant(entry.values!, spec);
    entry.refs.set(dtype, ref);
    return ref;
  }

  /** Some kernels of tfjs give a tensor another shape and leave its data as they are. */
  #reshaped(ref: Ref, { shape }: tf.TensorInfo): Ref {
    const own = specOf(ref).shape;
    if (own.includes(-1) || own.join() === shape.join()) return ref;
    const graph = this.#current('Reshape');
    const sides = graph.constant(Int32Array.from(shape), { shape: [shape.length], dtype: 'int32' });
    return { node: graph.add({ op: 'Reshape', inputs: [ref, sides] }), output: 0 };
  }

  /** Inputs as nodes. Constants come last, since they take on the type that the others have. */
  #refs(op: string, inputs: OpInput[], given: Attributes): Ref[] {
    const definition = opTable[op];
    const roles = definition === undefined ? [] : inputTypes(definition, given);
    const types = new Map<string, TensorType>();
    const isConstant = inputs.map(
      (input) => 'dataId' in input && this.#entries.get(input.dataId).ref === undefined,
    );
    const refs = inputs.map((input, i) => {
      if (isConstant[i] || !('dataId' in input)) return undefined;
      const ref = this.refOf(input);
      if (roles[i] !== undefined && !types.has(roles[i])) types.set(roles[i], specOf(ref).dtype);
      return ref;
    });
    return inputs.map((input, i) => {
      if (refs[i] !== undefined) return refs[i];
      if (!('dataId' in input)) return this.#int64(input.value);
      const role = roles[i];
      return this.refOf(input, role === undefined ? undefined : isTensorType(role) ? role : types.get(role));
    });
  }

  #int64(value: number): Ref {
    return this.#current('Const').constant(Int32Array.of(value), { shape: [], dtype: 'int64' });
  }

  #current(op: string): Graph {
    if (this.graph !== undefined) return this.graph;
    throw new RunError(`the op ${op} was called on the backend "${NAME}" while nothing was being recorded`);
  }

  override readSync(dataId: object): Float32Array {
    const { values, ref } = this.#entries.get(dataId);
    if (values !== undefined) return values as Float32Array;
    const { node } = ref!;
    throw new RunError(
      `a value of the op ${node.op} was asked for in the scope ${node.scope === '' ? '(none)' : node.scope}, ` +
        `while the graph was being recorded: ${node.name} has no value yet`,
      {
        hint: 'Leave dataSync, arraySync, data and array out of what is recorded, and return the tensor instead.',
      },
    );
  }

  override async read(dataId: object): Promise<Float32Array> {
    return this.readSync(dataId);
  }

  override write(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): object {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(
    dataId: object,
    values: tf.backend_util.BackendValues,
    shape: number[],
    dtype: tf.DataType,
    references: number,
  ): void {
    this.#entries.set(dataId, {
      shape,
      dtype,
      values: values as ConstantValues,
      refs: new Map(),
      ref: undefined,
      references,
    });
  }

  override disposeData(dataId: object, force = false): boolean {
    if (!this.#entries.has(dataId)) return true;
    const entry = this.#entries.get(dataId);
    entry.references--;
    if (!force && entry.references > 0) return false;
    this.#entries.delete(dataId);
    return true;
  }

  override refCount(dataId: object): number {
    return this.#entries.has(dataId) ? this.#entries.get(dataId).references : 0;
  }

  override incRef(dataId: object): void {
    this.#entries.get(dataId).references++;
  }

  override numDataIds(): number {
    return this.#entries.numDataIds();
  }
}

/** For each input: its type, or the attribute that holds it. */
function inputTypes({ inputs }: OpDefinition, given: Attributes): string[] {
  return inputs.flatMap(({ type, count }) => {
    const many = count === undefined ? undefined : given[count];
    return new Array<string>(many?.kind === 'int' ? many.value : 1).fill(type);
  });
}

let registered: RecordingBackend | undefined;

function recordingBackend(): RecordingBackend {
  if (registered !== undefined) return registered;
  const running = tf.findBackend(RUNNING) as unknown as NodeJSKernelBackend;
  const backend = new RecordingBackend(running);
  tf.registerBackend(NAME, () => backend as unknown as tf.KernelBackend, 0);
  for (const kernel of tf.getKernelsForBackend(RUNNING)) {
    tf.registerKernel({
      ...kernel,
      ...(kernel.kernelName === 'GatherV2' ? gatherV2 : {}),
      backendName: NAME,
    });
  }
  registered = backend;
  return backend;
}

/** What is needed to go from tensors to nodes and back while recording. */
export interface Recording {
  tensorOf(ref: Ref): tf.Tensor;
  /** @param wanted type of a constant, where tfjs knows it by the same name as its own */
  refOf(tensor: tf.TensorInfo, wanted?: TensorType): Ref;
}

/**
 * Records what `compute` calls, as nodes of `graph`. Nothing is computed, and no tensor is left behind.
 * @throws RunError naming op and scope: a value was read, an op's shape is not known, a constant is too large
 */
export function record<T>(graph: Graph, compute: (recording: Recording) => T): T {
  const backend = recordingBackend();
  if (backend.graph !== undefined) throw new Error('a recording cannot be made inside another');
  const before = tf.getBackend();
  backend.graph = graph;
  try {
    // Resolves at once for a backend that needs no preparation.
    void tf.setBackend(NAME);
    let result: T | undefined;
    tf.tidy(() => {
      result = compute({
        tensorOf: (ref) => backend.tensorOf(ref),
        refOf: (tensor, wanted) => backend.refOf(tensor, wanted),
      });
    });
    return result as T;
  } finally {
    backend.graph = undefined;
    void tf.setBackend(before);
  }
}
