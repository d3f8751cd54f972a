// Sessions of saved models whose calls run in a thread of libuv's pool, so that JavaScript goes on meanwhile:
//
//   openSession(folder: string, config: Uint8Array): Session      config: bytes of a tensorflow.ConfigProto, or none
//   runSession(session: Session, feeds: [name: string, type: number, shape: number[], values: TypedArray][],
//              fetches: string[]): Promise<ArrayBuffer[]>
//
// Names are those of a node's output, as `predict/inputs/images:0`. Feeds are copied before the call returns. A session lives
// as long as JavaScript or a call holds it. What TensorFlow refuses is an exception of openSession, and a rejection of the
// promise with TensorFlow's message.
#ifndef MANYHEADS_SESSION_H_
#define MANYHEADS_SESSION_H_

#include <node_api.h>

namespace manyheads {

/** Adds both functions to what the binding exports. */
void AddSessions(napi_env env, napi_value exports);

}  // namespace manyheads

#endif  // MANYHEADS_SESSION_H_
