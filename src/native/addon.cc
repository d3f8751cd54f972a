// What Node sees of the binding: tfjs's own functions, and beside them two that work in a thread of libuv's pool.
//
//   decodeJpeg(from: string | Uint8Array, side: number, fit: 0 stretch | 1 crop | 2 pad, file: number, offset: number):
//     Promise<true | ArrayBuffer | string | null>, of a path or of a file's bytes
//   digestFile(path: string): Promise<string | null>
//
// See decode-jpeg.h and digest-file.h for when they answer null; the first does so also where writing fails, and answers
// with what is wrong where that is known. For a file of -1 it answers with the pixels. Sessions: session.h.
#include <node_api.h>
#include <unistd.h>

#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "images/decode-jpeg.h"
#include "images/digest-file.h"
#include "session.h"

// The compiler is told to give tfjs's registration this name in place of the one that Node calls (binding.ts).
#undef napi_register_module_v1
extern "C" napi_value tfjs_register_module(napi_env env, napi_value exports);

namespace manyheads {
namespace {

/** Pixels: many times what is ever trained on, and a square of them still has a size that can be asked for. */
constexpr int kMostSide = 1 << 14;

/** One call: a promise, and what has to be done to keep it. */
class Job {
 public:
  explicit Job(std::string path) : path_(std::move(path)) {}
  virtual ~Job() = default;

  /** Hands a job to the pool. @returns its promise */
  static napi_value Start(napi_env env, const char* title, std::unique_ptr<Job> job) {
    napi_value name, promise;
    napi_create_promise(env, &job->answer_, &promise);
    napi_create_string_latin1(env, title, NAPI_AUTO_LENGTH, &name);
    napi_create_async_work(env, nullptr, name, RunInPool, Answer, job.get(), &job->work_);
    napi_queue_async_work(env, job.release()->work_);
    return promise;
  }

 protected:
  const std::string path_;

  /** In a thread of the pool. */
  virtual bool Run() = 0;
  /** After Run has returned true, in JavaScript's thread. */
  virtual napi_value Result(napi_env env) = 0;

 private:
  napi_async_work work_ = nullptr;
  napi_deferred answer_ = nullptr;
  bool is_done_ = false;

  static void RunInPool(napi_env, void* data) {
    Job* job = static_cast<Job*>(data);
    try {
      job->is_done_ = job->Run();
    } catch (const std::exception&) {
      // Memory ran out, or a file says that it is longer than a vector can be.
      job->is_done_ = false;
    }
  }

  static void Answer(napi_env env, napi_status, void* data) {
    const std::unique_ptr<Job> job(static_cast<Job*>(data));
    napi_value result;
    if (job->is_done_) {
      result = job->Result(env);
    } else {
      napi_get_null(env, &result);
    }
    napi_resolve_deferred(env, job->answer_, result);
    napi_delete_async_work(env, job->work_);
  }
};

/** Decodes a file, or `bytes` where there are any, into a place of an open file or into memory. */
class DecodeJob : public Job {
 public:
  DecodeJob(std::string path, std::vector<uint8_t> bytes, int side, Fit fit, int file, int64_t offset)
      : Job(std::move(path)), bytes_(std::move(bytes)), side_(side), fit_(fit), file_(file), offset_(offset) {}

 protected:
  bool Run() override {
    square_.resize(static_cast<size_t>(side_) * side_ * 3);
    const bool is_decoded = bytes_.empty() ? DecodeJpegFile(path_, side_, fit_, square_.data(), &complaint_)
                                           : DecodeJpeg(bytes_, side_, fit_, square_.data(), &complaint_);
    if (!is_decoded) return !complaint_.empty();
    if (file_ < 0) return true;
    for (size_t done = 0; done < square_.size();) {
      const ssize_t count =
          pwrite(file_, square_.data() + done, square_.size() - done, offset_ + static_cast<int64_t>(done));
      if (count <= 0) return false;
      done += count;
    }
    return true;
  }

  napi_value Result(napi_env env) override {
    napi_value result;
    if (!complaint_.empty()) {
      napi_create_string_latin1(env, complaint_.data(), complaint_.size(), &result);
      return result;
    }
    if (file_ >= 0) {
      napi_get_boolean(env, true, &result);
      return result;
    }
    void* pixels = nullptr;
    if (napi_create_arraybuffer(env, square_.size(), &pixels, &result) != napi_ok) {
      napi_get_null(env, &result);
      return result;
    }
    std::memcpy(pixels, square_.data(), square_.size());
    return result;
  }

 private:
  const std::vector<uint8_t> bytes_;
  const int side_;
  const Fit fit_;
  const int file_;
  const int64_t offset_;
  std::vector<uint8_t> square_;
  std::string complaint_;
};

class DigestJob : public Job {
 public:
  using Job::Job;

 protected:
  bool Run() override { return DigestOf(path_, &digest_); }

  napi_value Result(napi_env env) override {
    napi_value result;
    napi_create_string_latin1(env, digest_.data(), digest_.size(), &result);
    return result;
  }

 private:
  std::string digest_;
};

bool ReadString(napi_env env, napi_value value, std::string* text) {
  size_t length = 0;
  if (napi_get_value_string_utf8(env, value, nullptr, 0, &length) != napi_ok) return false;
  text->resize(length);
  return napi_get_value_string_utf8(env, value, &(*text)[0], length + 1, nullptr) == napi_ok;
}

/** A copy: what JavaScript has may be written to, or moved, while a thread reads. @returns false for what is no Uint8Array */
bool ReadBytes(napi_env env, napi_value value, std::vector<uint8_t>* bytes) {
  bool is_array = false;
  napi_typedarray_type type;
  size_t length = 0;
  void* data = nullptr;
  if (napi_is_typedarray(env, value, &is_array) != napi_ok || !is_array ||
      napi_get_typedarray_info(env, value, &type, &length, &data, nullptr, nullptr) != napi_ok ||
      type != napi_uint8_array)
    return false;
  const uint8_t* begin = static_cast<const uint8_t*>(data);
  bytes->assign(begin, begin + length);
  return true;
}

napi_value DecodeJpegOf(napi_env env, napi_callback_info info) {
  size_t count = 5;
  napi_value arguments[5];
  std::string path;
  std::vector<uint8_t> bytes;
  int32_t side = 0, fit = 0, file = 0;
  int64_t offset = 0;
  if (napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr) != napi_ok || count != 5 ||
      !(ReadBytes(env, arguments[0], &bytes) || ReadString(env, arguments[0], &path)) ||
      napi_get_value_int32(env, arguments[1], &side) != napi_ok || side < 1 || side > kMostSide ||
      napi_get_value_int32(env, arguments[2], &fit) != napi_ok || fit < 0 || fit > 2 ||
      napi_get_value_int32(env, arguments[3], &file) != napi_ok ||
      napi_get_value_int64(env, arguments[4], &offset) != napi_ok || offset < 0) {
    napi_throw_type_error(env, nullptr, "expected decodeJpeg(path or bytes, side, fit, file, offset)");
    return nullptr;
  }
  auto job = std::make_unique<DecodeJob>(std::move(path), std::move(bytes), side, static_cast<Fit>(fit), file, offset);
  return Job::Start(env, "manyheads.decodeJpeg", std::move(job));
}

napi_value DigestFile(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  std::string path;
  if (napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr) != napi_ok || count != 1 ||
      !ReadString(env, argument, &path)) {
    napi_throw_type_error(env, nullptr, "expected digestFile(path)");
    return nullptr;
  }
  return Job::Start(env, "manyheads.digestFile", std::make_unique<DigestJob>(std::move(path)));
}

void Add(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

}  // namespace
}  // namespace manyheads

extern "C" NAPI_MODULE_EXPORT napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  exports = tfjs_register_module(env, exports);
  if (exports == nullptr) return nullptr;
  manyheads::Add(env, exports, "decodeJpeg", manyheads::DecodeJpegOf);
  manyheads::Add(env, exports, "digestFile", manyheads::DigestFile);
  manyheads::AddSessions(env, exports);
  return exports;
}
