/**
 * A program that was saved, loaded into a TensorFlow session: named arrays in, named arrays out. Nothing of a call stays
 * but what it changed in the variables.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunError } from '../errors.ts';
import { nodeBackend } from '../tensorflow/ops.ts';
import { decodeSignatures, type TensorInfoMessage } from './protobuf.ts';
import { type Shape, sizeOf, type TensorSpec, type TensorType, typeName, typeNumbers } from './types.ts';
import { groupOf, READ, WRITE } from './variable-access.ts';

export type TensorValues = Float32Array | Int32Array | Uint8Array | BigInt64Array;

/** What an input can be fed: its elements, or the number that a scalar is. */
export type Feed = TensorValues | number;

export interface VariableValue {
  readonly shape: Shape;
  readonly values: TensorValues;
}

export interface RunningProgram {
  /** Names of the signatures that can be called. */
  readonly signatures: readonly string[];
  /** Variables by name; half precision is given and taken as float32. */
  readonly variables: ReadonlyMap<string, TensorSpec>;
  /**
   * Runs a signature. The arrays are not kept and not changed.
   * @param feeds one for each input
   * @returns the elements of each output
   * @throws RunError where a feed is missing or does not fit, or TensorFlow refuses
   */
  call(signature: string, feeds?: Readonly<Record<string, Feed>>): Record<string, TensorValues>;
  /** Sets variables; those that are not named stay. @throws RunError as `call` */
  writeVariables(values: ReadonlyMap<string, TensorValues | VariableValue>): void;
  /**
   * Copies of the values of these variables, or of all. TensorFlow prepares a call for each different list of names, so
   * few lists should be used.
   */
  readVariables(names?: readonly string[]): Map<string, VariableValue>;
  /** Frees the session and its variables. */
  dispose(): void;
}

interface Port extends TensorSpec {
  /** Node and output, as `train0/inputs/rows:0`. */
  readonly at: string;
}

interface LoadedSignature {
  readonly inputs: ReadonlyMap<string, Port>;
  readonly outputs: ReadonlyMap<string, Port>;
}

/** @param folder as it was given to `save` */
export function loadProgram(folder: string): RunningProgram {
  const { binding } = nodeBackend();
  const loaded = new Map(
    Object.entries(decodeSignatures(readFileSync(join(folder, 'saved_model.pb')))).map(
      ([name, { inputs, outputs }]): [string, LoadedSignature] => [
        name,
        { inputs: ports(inputs), outputs: ports(outputs) },
      ],
    ),
  );
  const session = binding.loadSavedModel(folder, 'serve');
  let isDisposed = false;

  function signatureOf(name: string): LoadedSignature {
    const signature = loaded.get(name);
    if (isDisposed) throw new Error('this program was disposed');
    if (signature !== undefined) return signature;
    throw new RunError(`there is no signature ${name}; there are ${[...loaded.keys()].join(', ')}`);
  }

  /** Runs what the outputs need. @returns the elements of each output, in their order */
  function run(title: string, feeds: readonly [Port, Feed][], outputs: readonly Port[]): TensorValues[] {
    const inputIds: number[] = [];
    let outputIds: number[] = [];
    try {
      for (const [port, feed] of feeds) {
        const values = feedValues(title, port, feed);
        inputIds.push(binding.createTensor([...port.shape], typeNumbers[port.dtype], values as Float32Array));
      }
      const results = binding.runSavedModel(
        session,
        inputIds,
        feeds.map(([{ at }]) => at).join(','),
        outputs.map(({ at }) => at).join(','),
      );
      outputIds = results.map(({ id }) => id);
      return outputIds.map((id) => binding.tensorDataSync(id) as TensorValues);
    } catch (error) {
      if (error instanceof RunError) throw error;
      throw explained(title, error);
    } finally {
      for (const id of [...inputIds, ...outputIds]) binding.deleteTensor(id);
    }
  }

  const writable = loaded.get(WRITE)!.inputs;
  const groups = byGroup(writable.keys());

  return {
    signatures: [...loaded.keys()].filter((name) => name !== READ && name !== WRITE),
    variables: writable,

    call(name, feeds = {}) {
      const { inputs, outputs } = signatureOf(name);
      const unknown = Object.keys(feeds).filter((input) => !inputs.has(input));
      const missing = [...inputs.keys()].filter((input) => !(input in feeds));
      if (unknown.length > 0 || missing.length > 0) {
        const given = `got ${Object.keys(feeds).join(', ') || 'none'}`;
        throw new RunError(
          `the signature ${name} takes ${[...inputs.keys()].join(', ') || 'no inputs'}; ${given}`,
        );
      }
      const values = run(
        name,
        [...inputs].map(([input, port]) => [port, feeds[input]!]),
        [...outputs.values()],
      );
      return Object.fromEntries([...outputs.keys()].map((output, i) => [output, values[i]!]));
    },

    writeVariables(values) {
      const { inputs, outputs } = signatureOf(WRITE);
      checkNames(values.keys(), inputs);
      const feeds = [...values].map(([name, value]): [Port, Feed] => [
        inputs.get(name)!,
        'shape' in value ? value.values : value,
      ]);
      if (feeds.length === 0) return;
      const written = [...byGroup(values.keys())].flatMap(([group, names]) =>
        names.length === groups.get(group)!.length ? [group] : names,
      );
      run(
        WRITE,
        feeds,
        written.map((name) => outputs.get(name)!),
      );
    },

    readVariables(names = [...writable.keys()]) {
      const { outputs } = signatureOf(READ);
      checkNames(names, outputs);
      const values =
        names.length === 0
          ? []
          : run(
              READ,
              [],
              names.map((name) => outputs.get(name)!),
            );
      return new Map(
        names.map((name, i) => {
          const { shape, dtype } = writable.get(name)!;
          return [
            name,
            { shape, values: dtype === 'uint8' ? Uint8Array.from(values[i] as Int32Array) : values[i]! },
          ];
        }),
      );
    },

    dispose() {
      if (isDisposed) return;
      isDisposed = true;
      binding.deleteSavedModel(session);
    },
  };
}

function ports(infos: Readonly<Record<string, TensorInfoMessage>>): Map<string, Port> {
  return new Map(
    Object.entries(infos).map(([name, { name: at, dtype, tensor_shape }]) => [
      name,
      { at, dtype: typeName(dtype), shape: (tensor_shape.dim ?? []).map(({ size }) => size) },
    ]),
  );
}

function byGroup(names: Iterable<string>): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const group = groups.get(groupOf(name));
    if (group === undefined) groups.set(groupOf(name), [name]);
    else group.push(name);
  }
  return groups;
}

function checkNames(names: Iterable<string>, known: ReadonlyMap<string, unknown>): void {
  const unknown = [...names].filter((name) => !known.has(name));
  if (unknown.length > 0) throw new RunError(`the program has no variable ${unknown.join(', ')}`);
}

/** The array that the binding takes for a tensor of this type. It is handed over without a copy. */
function feedValues(title: string, { at, shape, dtype }: Port, feed: Feed): TensorValues {
  if (typeof feed === 'number') return feedValues(title, { at, shape, dtype }, scalarValues(dtype, feed));
  const isFitting = feed instanceof arrayTypes[dtype]! && feed.length === sizeOf(shape);
  if (!isFitting) {
    throw new RunError(
      `${title}: ${at} takes ${sizeOf(shape)} elements of type ${dtype} as ${arrayTypes[dtype]?.name}, got ` +
        `${feed.constructor.name} of ${feed.length}`,
    );
  }
  // The binding takes 64-bit integers as pairs of 32 bits, low half first.
  if (feed instanceof BigInt64Array) return new Int32Array(feed.buffer, feed.byteOffset, feed.length * 2);
  return feed;
}

const arrayTypes: Partial<
  Record<TensorType, { new (values: number[]): TensorValues; readonly name: string }>
> = {
  float32: Float32Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
  int64: BigInt64Array as unknown as new (values: number[]) => BigInt64Array,
};

function scalarValues(dtype: TensorType, value: number): TensorValues {
  if (dtype === 'int64') return BigInt64Array.of(BigInt(value));
  return new arrayTypes[dtype]!([value]);
}

function explained(title: string, error: unknown): RunError {
  const message = error instanceof Error ? error.message : String(error);
  const isUnset = /uninitialized|Error while reading resource variable/i.test(message);
  const hint = isUnset ? { hint: 'Write all variables that the signature reads first.' } : {};
  return new RunError(`the signature ${title} failed: ${message}`, { cause: error, ...hint });
}
