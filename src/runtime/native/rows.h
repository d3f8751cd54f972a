// Work on the rows of matrices [R, C], divided among TensorFlow's own threads. What is summed over rows is summed by slabs
// whose number depends on R alone, so that a sum does not change with the number of threads.
#ifndef MANYHEADS_ROWS_H_
#define MANYHEADS_ROWS_H_

#include <algorithm>
#include <cstdint>
#include <functional>

#include "tensorflow/core/framework/op_kernel.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
// One function compiled for each of these; the loader picks what the processor has.
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

namespace manyheads {

/** Channels that one inner loop handles: their coefficients and sums stay in registers from row to row. */
constexpr int64_t kBlock = 16;
/** Bytes of one input that a loop goes through before it turns to the next block of channels: they stay in the cache. */
constexpr int64_t kTileBytes = 32 << 10;
/** Most slabs that a sum over rows is divided into. */
constexpr int64_t kMaxSlabs = 64;

struct Slabs {
  int64_t count;
  int64_t rows;

  explicit Slabs(int64_t total)
      : count(std::max<int64_t>(1, std::min(kMaxSlabs, total / 16))), rows((total + count - 1) / count) {
    count = (total + rows - 1) / rows;
  }
};

/**
 * Calls `work(first, last)` for ranges that cover [0, count).
 * @param cost nanoseconds that one unit takes, about
 */
inline void Divide(tensorflow::OpKernelContext* context, int64_t count, double cost,
                   const std::function<void(int64_t, int64_t)>& work) {
  auto* workers = context->device()->tensorflow_cpu_worker_threads()->workers;
  // Too little to be worth waking a thread for.
  if (count * cost < 20'000) return work(0, count);
  workers->ParallelFor(count, static_cast<int64_t>(cost), work);
}

/** Rows of a tile for matrices that are `channels` wide. */
inline int64_t TileRows(int64_t channels) {
  return std::max<int64_t>(8, kTileBytes / (channels * static_cast<int64_t>(sizeof(float))));
}

}  // namespace manyheads

#endif  // MANYHEADS_ROWS_H_
