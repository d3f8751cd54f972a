/**
 * A program that was saved, loaded into a TensorFlow session: named arrays in, named arrays out. Nothing of a call stays
 * but what it changed in the variables.
 */
import { RunError } from '../errors.ts';
import { tensorflowBinding } from '../tensorflow/binding.ts';
import {
  checkFeeds,
  explained,
  type Feed,
  feedValues,
  type LoadedSignature,
  type Port,
  readSignatures,
  type TensorValues,
} from './ports.ts';
import { type Shape, type TensorSpec, typeNumbers } from './types.ts';
import { groupOf, READ, WRITE } from './variable-access.ts';

export type { Feed, TensorValues } from './ports.ts';

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

/** @param folder as it was given to `save` */
export function loadProgram(folder: string): RunningProgram {
  const binding = tensorflowBinding();
  const loaded = readSignatures(folder);
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
      checkFeeds(name, inputs, feeds);
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
