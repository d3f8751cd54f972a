// Sessions of saved models whose calls run in a thread of libuv's pool, past tfjs: names of a graph's outputs in and out.
import { tensorflowBinding } from './binding.ts';

/** A handle of the binding; the session is freed when nobody holds it. */
export interface Session {
  readonly session: unique symbol;
}

/** What an output of the graph is set to: its name, TensorFlow's number of the type, shape and elements. */
export type Fed = readonly [
  name: string,
  type: number,
  shape: readonly number[],
  values: Float32Array | Int32Array | Uint8Array,
];

/** src/native/session.h */
interface SessionBinding {
  openSession(folder: string): Session;
  runSession(session: Session, feeds: readonly Fed[], fetches: readonly string[]): Promise<ArrayBuffer[]>;
}

const sessions = (): SessionBinding => tensorflowBinding() as unknown as SessionBinding;

/** @param folder that holds `saved_model.pb` @throws Error with TensorFlow's message */
export function openSession(folder: string): Session {
  return sessions().openSession(folder);
}

/**
 * Runs what the fetched outputs need. The arrays are copied before this returns.
 * @param fetches names, as `predict/outputs/features:0`
 * @returns the elements of each, as bytes
 * @throws Error with TensorFlow's message
 */
export function runSession(
  session: Session,
  feeds: readonly Fed[],
  fetches: readonly string[],
): Promise<ArrayBuffer[]> {
  return sessions().runSession(session, feeds, fetches);
}
