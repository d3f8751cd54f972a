// Sessions of saved models: session.h. TensorFlow's C API: tensorflow/c/c_api.h.
#include "session.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tensorflow/c/c_api.h"

namespace manyheads {
namespace {

struct StatusDeleter {
  void operator()(TF_Status* status) const { TF_DeleteStatus(status); }
};
using Status = std::unique_ptr<TF_Status, StatusDeleter>;

struct TensorDeleter {
  void operator()(TF_Tensor* tensor) const { TF_DeleteTensor(tensor); }
};
using Tensor = std::unique_ptr<TF_Tensor, TensorDeleter>;

struct BufferDeleter {
  void operator()(TF_Buffer* buffer) const { TF_DeleteBuffer(buffer); }
};
using Buffer = std::unique_ptr<TF_Buffer, BufferDeleter>;

/** Of one tensor. */
constexpr size_t kMostBytes = size_t{1} << 40;

/** Tells our handles from others that a caller may have. Drawn once. */
constexpr napi_type_tag kSessionTag = {0x6d1c0f4a5b7e4921, 0x9a83d2e6c7f10b54};

bool IsOk(const Status& status) { return TF_GetCode(status.get()) == TF_OK; }

/** A graph and the session that it is loaded into. */
class Session {
 public:
  /** @returns nullptr where the status is not OK */
  static std::shared_ptr<Session> Open(const std::string& folder, const uint8_t* config, size_t config_bytes,
                                       const Status& status) {
    auto opened = std::make_shared<Session>();
    const std::unique_ptr<TF_SessionOptions, void (*)(TF_SessionOptions*)> options(TF_NewSessionOptions(),
                                                                                   TF_DeleteSessionOptions);
    TF_SetConfig(options.get(), config, config_bytes, status.get());
    if (!IsOk(status)) return nullptr;
    const char* tags[] = {"serve"};
    const Buffer meta_graph(TF_NewBuffer());
    opened->session_ = TF_LoadSessionFromSavedModel(options.get(), nullptr, folder.c_str(), tags, 1, opened->graph_,
                                                    meta_graph.get(), status.get());
    return IsOk(status) ? opened : nullptr;
  }

  Session() : graph_(TF_NewGraph()) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  ~Session() {
    const Status status(TF_NewStatus());
    if (session_ != nullptr) TF_DeleteSession(session_, status.get());
    TF_DeleteGraph(graph_);
  }

  /** @param name as `node:0` @returns false where there is no such node */
  bool Find(const std::string& name, TF_Output* output) const {
    const size_t colon = name.rfind(':');
    const std::string node = name.substr(0, colon);
    output->oper = TF_GraphOperationByName(graph_, node.c_str());
    const long index = colon == std::string::npos ? 0 : std::strtol(name.c_str() + colon + 1, nullptr, 10);
    if (output->oper == nullptr || index < 0 || index >= TF_OperationNumOutputs(output->oper)) return false;
    output->index = static_cast<int>(index);
    return true;
  }

  TF_Session* get() const { return session_; }

 private:
  TF_Graph* const graph_;
  TF_Session* session_ = nullptr;
};

/** One call of a session: its promise, what goes in and what comes out. */
class Call {
 public:
  explicit Call(std::shared_ptr<Session> session) : session_(std::move(session)) {}

  bool Feed(const std::string& name, Tensor tensor) {
    TF_Output input;
    if (!session_->Find(name, &input)) return false;
    inputs_.push_back(input);
    fed_.push_back(std::move(tensor));
    return true;
  }

  bool Fetch(const std::string& name) {
    TF_Output output;
    if (!session_->Find(name, &output)) return false;
    outputs_.push_back(output);
    return true;
  }

  /** Hands the call to the pool. @returns its promise */
  static napi_value Start(napi_env env, std::unique_ptr<Call> call) {
    napi_value name, promise;
    napi_create_promise(env, &call->answer_, &promise);
    napi_create_string_latin1(env, "manyheads.runSession", NAPI_AUTO_LENGTH, &name);
    napi_create_async_work(env, nullptr, name, RunInPool, Answer, call.get(), &call->work_);
    napi_queue_async_work(env, call.release()->work_);
    return promise;
  }

 private:
  const std::shared_ptr<Session> session_;
  const Status status_{TF_NewStatus()};
  std::vector<TF_Output> inputs_, outputs_;
  std::vector<Tensor> fed_, found_;
  napi_async_work work_ = nullptr;
  napi_deferred answer_ = nullptr;

  static void RunInPool(napi_env, void* data) {
    Call* call = static_cast<Call*>(data);
    std::vector<TF_Tensor*> fed, found(call->outputs_.size(), nullptr);
    for (const Tensor& tensor : call->fed_) fed.push_back(tensor.get());
    TF_SessionRun(call->session_->get(), nullptr, call->inputs_.data(), fed.data(), static_cast<int>(fed.size()),
                  call->outputs_.data(), found.data(), static_cast<int>(found.size()), nullptr, 0, nullptr,
                  call->status_.get());
    for (TF_Tensor* tensor : found) call->found_.emplace_back(tensor);
  }

  static void Answer(napi_env env, napi_status, void* data) {
    const std::unique_ptr<Call> call(static_cast<Call*>(data));
    napi_value result;
    if (IsOk(call->status_) && call->Results(env, &result)) {
      napi_resolve_deferred(env, call->answer_, result);
    } else {
      const char* said = IsOk(call->status_) ? "no memory for the results" : TF_Message(call->status_.get());
      napi_value message;
      napi_create_string_utf8(env, said, NAPI_AUTO_LENGTH, &message);
      napi_create_error(env, nullptr, message, &result);
      napi_reject_deferred(env, call->answer_, result);
    }
    napi_delete_async_work(env, call->work_);
  }

  bool Results(napi_env env, napi_value* result) const {
    if (napi_create_array_with_length(env, found_.size(), result) != napi_ok) return false;
    for (size_t i = 0; i < found_.size(); i++) {
      const size_t bytes = TF_TensorByteSize(found_[i].get());
      void* memory = nullptr;
      napi_value buffer;
      if (napi_create_arraybuffer(env, bytes, &memory, &buffer) != napi_ok) return false;
      if (bytes > 0) std::memcpy(memory, TF_TensorData(found_[i].get()), bytes);
      if (napi_set_element(env, *result, static_cast<uint32_t>(i), buffer) != napi_ok) return false;
    }
    return true;
  }
};

bool ReadText(napi_env env, napi_value value, std::string* text) {
  size_t length = 0;
  if (napi_get_value_string_utf8(env, value, nullptr, 0, &length) != napi_ok) return false;
  text->resize(length);
  return napi_get_value_string_utf8(env, value, &(*text)[0], length + 1, nullptr) == napi_ok;
}

bool ReadItems(napi_env env, napi_value list, std::vector<napi_value>* items) {
  uint32_t length = 0;
  if (napi_get_array_length(env, list, &length) != napi_ok) return false;
  items->resize(length);
  for (uint32_t i = 0; i < length; i++) {
    if (napi_get_element(env, list, i, &(*items)[i]) != napi_ok) return false;
  }
  return true;
}

/** Copies the values. @returns nullptr where their bytes are not those of the type and the shape */
Tensor ReadTensor(napi_env env, napi_value type, napi_value shape, napi_value values) {
  int32_t dtype = 0;
  std::vector<napi_value> sides;
  if (napi_get_value_int32(env, type, &dtype) != napi_ok || !ReadItems(env, shape, &sides)) return nullptr;
  const size_t element = TF_DataTypeSize(static_cast<TF_DataType>(dtype));
  std::vector<int64_t> dims(sides.size());
  size_t bytes = element;
  for (size_t i = 0; i < sides.size(); i++) {
    if (napi_get_value_int64(env, sides[i], &dims[i]) != napi_ok || dims[i] < 0) return nullptr;
    // Far below where the product would begin anew.
    if (dims[i] > 0 && bytes > kMostBytes / static_cast<size_t>(dims[i])) return nullptr;
    bytes *= static_cast<size_t>(dims[i]);
  }
  napi_typedarray_type kind;
  napi_value buffer;
  size_t length = 0, offset = 0;
  void* data = nullptr;
  if (napi_get_typedarray_info(env, values, &kind, &length, &data, &buffer, &offset) != napi_ok) return nullptr;
  const bool is_wide = kind == napi_float32_array || kind == napi_int32_array || kind == napi_uint32_array;
  const bool is_byte = kind == napi_uint8_array || kind == napi_int8_array || kind == napi_uint8_clamped_array;
  const size_t given = length * (is_wide ? 4 : is_byte ? 1 : 0);
  if (element == 0 || given != bytes) return nullptr;
  Tensor tensor(TF_AllocateTensor(static_cast<TF_DataType>(dtype), dims.data(), static_cast<int>(dims.size()), bytes));
  if (tensor != nullptr && bytes > 0) std::memcpy(TF_TensorData(tensor.get()), data, bytes);
  return tensor;
}

napi_value Refuse(napi_env env, const std::string& message) {
  napi_throw_error(env, nullptr, message.c_str());
  return nullptr;
}

napi_value OpenSession(napi_env env, napi_callback_info info) {
  size_t count = 2, length = 0, offset = 0;
  napi_value arguments[2], buffer;
  napi_typedarray_type kind;
  void* config = nullptr;
  std::string folder;
  if (napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr) != napi_ok || count != 2 ||
      !ReadText(env, arguments[0], &folder) ||
      napi_get_typedarray_info(env, arguments[1], &kind, &length, &config, &buffer, &offset) != napi_ok ||
      kind != napi_uint8_array) {
    return Refuse(env, "expected openSession(folder, config)");
  }
  const Status status(TF_NewStatus());
  auto session = Session::Open(folder, static_cast<const uint8_t*>(config), length, status);
  if (session == nullptr) return Refuse(env, TF_Message(status.get()));
  auto* held = new std::shared_ptr<Session>(std::move(session));
  const auto release = [](napi_env, void* data, void*) { delete static_cast<std::shared_ptr<Session>*>(data); };
  napi_value result;
  if (napi_create_external(env, held, release, nullptr, &result) != napi_ok) {
    delete held;
    return Refuse(env, "no memory for the session");
  }
  if (napi_type_tag_object(env, result, &kSessionTag) != napi_ok) return Refuse(env, "no memory for the session");
  return result;
}

napi_value RunSession(napi_env env, napi_callback_info info) {
  const char* usage = "expected runSession(session, [[name, type, shape, values], …], [name, …])";
  size_t count = 3;
  napi_value arguments[3];
  void* held = nullptr;
  bool is_ours = false;
  std::vector<napi_value> feeds, fetches;
  if (napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr) != napi_ok || count != 3 ||
      napi_check_object_type_tag(env, arguments[0], &kSessionTag, &is_ours) != napi_ok || !is_ours ||
      napi_get_value_external(env, arguments[0], &held) != napi_ok || held == nullptr ||
      !ReadItems(env, arguments[1], &feeds) || !ReadItems(env, arguments[2], &fetches)) {
    return Refuse(env, usage);
  }
  auto call = std::make_unique<Call>(*static_cast<std::shared_ptr<Session>*>(held));
  for (const napi_value feed : feeds) {
    std::vector<napi_value> parts;
    std::string name;
    if (!ReadItems(env, feed, &parts) || parts.size() != 4 || !ReadText(env, parts[0], &name))
      return Refuse(env, usage);
    Tensor tensor = ReadTensor(env, parts[1], parts[2], parts[3]);
    if (tensor == nullptr) return Refuse(env, "the values for " + name + " are not those of its type and shape");
    if (!call->Feed(name, std::move(tensor))) return Refuse(env, "the graph has no " + name);
  }
  for (const napi_value fetch : fetches) {
    std::string name;
    if (!ReadText(env, fetch, &name)) return Refuse(env, usage);
    if (!call->Fetch(name)) return Refuse(env, "the graph has no " + name);
  }
  return Call::Start(env, std::move(call));
}

void AddFunction(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

}  // namespace

void AddSessions(napi_env env, napi_value exports) {
  AddFunction(env, exports, "openSession", OpenSession);
  AddFunction(env, exports, "runSession", RunSession);
}

}  // namespace manyheads
