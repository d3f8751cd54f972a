// What Node sees of the binding: tfjs's own functions, and beside them
//
//   decodeJpeg(path: string, side: number, fit: 0 stretch | 1 crop | 2 pad): Promise<Uint8Array | null>
//
// in a thread of libuv's pool. See decode-jpeg.h for when it answers null.
#include <node_api.h>

#include <new>
#include <string>

#include "decode-jpeg.h"

// The compiler is told to give tfjs's registration this name in place of the one that Node calls (binding.ts).
#undef napi_register_module_v1
extern "C" napi_value tfjs_register_module(napi_env env, napi_value exports);

namespace manyheads {
namespace {

struct Job {
  napi_async_work work;
  napi_deferred answer;
  /** Holds the memory of `square` until the answer is given. */
  napi_ref buffer;
  std::string path;
  int side;
  Fit fit;
  uint8_t* square;
  bool decoded;
};

void Run(napi_env, void* data) {
  Job* job = static_cast<Job*>(data);
  try {
    job->decoded = DecodeJpegFile(job->path, job->side, job->fit, job->square);
  } catch (const std::bad_alloc&) {
    job->decoded = false;
  }
}

void Answer(napi_env env, napi_status, void* data) {
  Job* job = static_cast<Job*>(data);
  napi_value result;
  if (job->decoded) {
    napi_value buffer;
    napi_get_reference_value(env, job->buffer, &buffer);
    const size_t length = static_cast<size_t>(job->side) * job->side * 3;
    napi_create_typedarray(env, napi_uint8_array, length, buffer, 0, &result);
  } else {
    napi_get_null(env, &result);
  }
  napi_resolve_deferred(env, job->answer, result);
  napi_delete_reference(env, job->buffer);
  napi_delete_async_work(env, job->work);
  delete job;
}

napi_value DecodeJpeg(napi_env env, napi_callback_info info) {
  size_t count = 3, length = 0;
  napi_value arguments[3];
  int32_t side = 0, fit = 0;
  if (napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr) != napi_ok || count != 3 ||
      napi_get_value_string_utf8(env, arguments[0], nullptr, 0, &length) != napi_ok ||
      napi_get_value_int32(env, arguments[1], &side) != napi_ok || side < 1 ||
      napi_get_value_int32(env, arguments[2], &fit) != napi_ok || fit < 0 || fit > 2) {
    napi_throw_type_error(env, nullptr, "expected decodeJpeg(path, side, fit)");
    return nullptr;
  }
  Job* job = new Job{};
  job->path.resize(length);
  napi_get_value_string_utf8(env, arguments[0], &job->path[0], length + 1, nullptr);
  job->side = side;
  job->fit = static_cast<Fit>(fit);
  napi_value buffer, name, promise;
  void* memory = nullptr;
  if (napi_create_arraybuffer(env, static_cast<size_t>(side) * side * 3, &memory, &buffer) != napi_ok) {
    delete job;
    return nullptr;
  }
  job->square = static_cast<uint8_t*>(memory);
  napi_create_reference(env, buffer, 1, &job->buffer);
  napi_create_promise(env, &job->answer, &promise);
  napi_create_string_latin1(env, "manyheads.decodeJpeg", NAPI_AUTO_LENGTH, &name);
  napi_create_async_work(env, nullptr, name, Run, Answer, job, &job->work);
  napi_queue_async_work(env, job->work);
  return promise;
}

}  // namespace
}  // namespace manyheads

extern "C" NAPI_MODULE_EXPORT napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  exports = tfjs_register_module(env, exports);
  if (exports == nullptr) return nullptr;
  napi_value decode;
  napi_create_function(env, "decodeJpeg", NAPI_AUTO_LENGTH, manyheads::DecodeJpeg, nullptr, &decode);
  napi_set_named_property(env, exports, "decodeJpeg", decode);
  return exports;
}
