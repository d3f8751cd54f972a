// Compiled into the binding. A training step takes and frees gigabytes in large blocks; glibc gives each block back to
// the system at once and faults it in again in the next step. Measured on DenseNet121 at 100 pixels: a tenth of a step.
// Kept instead: freed blocks stay with the process. What the user has set by MALLOC_… or GLIBC_TUNABLES is left alone.
#include <cstdlib>
#ifdef __GLIBC__
#include <malloc.h>

namespace {

bool is_set(const char* name) { return std::getenv(name) != nullptr; }

__attribute__((constructor)) void keep_freed_memory() {
  if (is_set("GLIBC_TUNABLES") || is_set("MALLOC_MMAP_MAX_") || is_set("MALLOC_TRIM_THRESHOLD_")) return;
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, 2147483647);
  mallopt(M_TOP_PAD, 64 << 20);
}

}  // namespace
#endif
