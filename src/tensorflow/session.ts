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
  openSession(folder: string, config: Uint8Array): Session;
  runSession(session: Session, feeds: readonly Fed[], fetches: readonly string[]): Promise<ArrayBuffer[]>;
}

const sessions = (): SessionBinding => tensorflowBinding() as unknown as SessionBinding;

/**
 * A ConfigProto in bytes: graph_options (field 10) { rewrite_options (10) { disable_meta_optimizer (19): true } }, from
 * tensorflow/core/protobuf/config.proto and rewriter_config.proto.
 */
const asRecorded = Uint8Array.of(0x52, 5, 0x52, 3, 0x98, 0x01, 1);

/**
 * @param folder that holds `saved_model.pb`
 * @param isRewritten whether TensorFlow rewrites the graph (Grappler) at the first call of each signature. On a GPU that
 *   gives convolutions the layout that they are fast in. On a processor it takes a second or two for a large network, and
 *   gains nothing where kernels of our own do the work, 5 to 8 % elsewhere
 * @throws Error with TensorFlow's message
 */
export function openSession(folder: string, isRewritten: boolean): Session {
  return sessions().openSession(folder, isRewritten ? new Uint8Array(0) : asRecorded);
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
