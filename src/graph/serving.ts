/**
 * A program that was saved, loaded for calls that do not hold JavaScript up: they run in a thread of libuv's pool, several
 * at once if need be. Where calls change variables, running.ts is the one to take.
 */
import { tensorflowBinding } from '../tensorflow/binding.ts';
import { type Fed, openSession, runSession } from '../tensorflow/session.ts';
import {
  arrayTypes,
  checkFeeds,
  explained,
  type Feed,
  feedValues,
  type LoadedSignature,
  type Port,
  readSignatures,
  type TensorValues,
} from './ports.ts';
import { typeNumbers } from './types.ts';
import { groupOf, WRITE } from './variable-access.ts';

export interface ServedProgram {
  /** Names of the signatures. */
  readonly signatures: readonly string[];
  /**
   * Runs a signature. The arrays are copied before this returns.
   * @throws RunError where a feed is missing or does not fit, or TensorFlow refuses
   */
  call(signature: string, feeds: Readonly<Record<string, Feed>>): Promise<Record<string, TensorValues>>;
  /** Sets all variables, by name. @throws RunError as `call` */
  write(values: ReadonlyMap<string, TensorValues>): Promise<void>;
}

/** @param folder as it was given to `save` @throws Error where TensorFlow cannot load it */
export function serveProgram(folder: string): ServedProgram {
  const loaded = readSignatures(folder);
  const session = openSession(folder, tensorflowBinding().isUsingGpuDevice());

  const run = async (
    name: string,
    feeds: Readonly<Record<string, Feed>>,
    outputsOf: (signature: LoadedSignature) => readonly Port[],
  ): Promise<TensorValues[]> => {
    const signature = loaded.get(name)!;
    const { inputs } = signature;
    checkFeeds(name, inputs, feeds);
    const fed = [...inputs].map(([input, port]): Fed => {
      const values = feedValues(name, port, feeds[input]!);
      return [port.at, typeNumbers[port.dtype], port.shape, values as Exclude<TensorValues, BigInt64Array>];
    });
    const outputs = outputsOf(signature);
    const names = outputs.map(({ at }) => at);
    const buffers = await runSession(session, fed, names).catch((error: unknown) => {
      throw explained(name, error);
    });
    return buffers.map((buffer, i) => {
      const Values = arrayTypes[outputs[i]!.dtype] as unknown as { new (bytes: ArrayBuffer): TensorValues };
      return new Values(buffer);
    });
  };

  return {
    signatures: [...loaded.keys()],

    async call(name, feeds) {
      const values = await run(name, feeds, ({ outputs }) => [...outputs.values()]);
      return Object.fromEntries(
        [...loaded.get(name)!.outputs.keys()].map((output, i) => [output, values[i]!]),
      );
    },

    async write(values) {
      const groups = new Set([...values.keys()].map(groupOf));
      await run(WRITE, Object.fromEntries(values), ({ outputs }) =>
        [...groups].map((group) => outputs.get(group)!),
      );
    },
  };
}
