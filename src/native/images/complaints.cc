#include "complaints.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <mutex>

namespace manyheads {
namespace {

/** More than this of what is said about one picture is not kept. */
constexpr size_t kMostKept = 1000;

thread_local std::string* listener = nullptr;

/** What `fopencookie` calls for all that is written. @returns bytes that were written, 0 where that failed */
ssize_t Write(void*, const char* text, size_t count) {
  if (listener != nullptr) {
    listener->append(text, std::min(count, kMostKept - std::min(kMostKept, listener->size())));
    return static_cast<ssize_t>(count);
  }
  for (size_t done = 0; done < count;) {
    const ssize_t written = write(STDERR_FILENO, text + done, count - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return static_cast<ssize_t>(done);
    done += written;
  }
  return static_cast<ssize_t>(count);
}

/** glibc's manual, "Standard Streams": they are variables, and can be set like any other. */
void ReplaceStandardError() {
  cookie_io_functions_t functions = {};
  functions.write = Write;
  FILE* stream = fopencookie(nullptr, "w", functions);
  if (stream == nullptr) return;
  setvbuf(stream, nullptr, _IONBF, 0);
  stderr = stream;
}

}  // namespace

Complaints::Complaints(std::string* said) {
  static std::once_flag once;
  std::call_once(once, ReplaceStandardError);
  listener = said;
}

Complaints::~Complaints() { listener = nullptr; }

}  // namespace manyheads
