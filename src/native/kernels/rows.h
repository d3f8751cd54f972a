// Work on the rows of matrices [R, C], divided among TensorFlow's own threads. What is summed over rows is summed by slabs
// whose number depends on R and C alone, so that a sum does not change with the number of threads.
#ifndef MANYHEADS_ROWS_H_
#define MANYHEADS_ROWS_H_

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "processors.h"
#include "tensorflow/core/framework/op_kernel.h"

namespace manyheads {

/** Bytes of a whole row's input that are gone through piece by piece: they stay in the cache. */
inline constexpr int64_t kTileBytes = 64 << 10;
/** Bytes of a slab, so that adding up the slabs costs little beside them, and most slabs that there are. */
inline constexpr int64_t kSlabBytes = 256 << 10;
inline constexpr int64_t kMaxSlabs = 64;

inline constexpr double kCyclesOfNanosecond = 4;

struct Slabs {
  int64_t count;
  int64_t rows;

  Slabs(int64_t total, int64_t channels) {
    const int64_t bytes = total * channels * static_cast<int64_t>(sizeof(float));
    const int64_t wanted = std::clamp<int64_t>(bytes / kSlabBytes, 1, std::min(kMaxSlabs, total));
    rows = (total + wanted - 1) / wanted;
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
  // It counts in cycles, and takes as many threads as have 100,000 of them each.
  workers->ParallelFor(count, std::max<int64_t>(1, static_cast<int64_t>(cost * kCyclesOfNanosecond)), work);
}

/** Rows of a tile for matrices that are `channels` wide. */
inline int64_t TileRows(int64_t channels) {
  return std::max<int64_t>(8, kTileBytes / (channels * static_cast<int64_t>(sizeof(float))));
}

/** sums += more. */
FOR_EACH_PROCESSOR
inline void AddTo(float* __restrict sums, const float* __restrict more, int64_t count) {
  for (int64_t i = 0; i < count; i++) sums[i] += more[i];
}

/** Two sums over all rows for each channel. */
struct SlabSums {
  std::vector<double> first, second;
};

/** @param partial [slabs, 2, C]: both sums of each slab, added up here in their order */
inline SlabSums AddUp(const std::vector<double>& partial, int64_t slabs, int64_t channels) {
  SlabSums total{std::vector<double>(channels, 0.0), std::vector<double>(channels, 0.0)};
  for (int64_t s = 0; s < slabs; s++) {
    const double* from = partial.data() + s * 2 * channels;
    for (int64_t c = 0; c < channels; c++) total.first[c] += from[c], total.second[c] += from[channels + c];
  }
  return total;
}

/**
 * Two sums over rows. Those of a tile are made in float, tiles and slabs are added up in double, in one order.
 * @param cost nanoseconds a value, about
 * @param add `add(first row, rows, sums, second sums)` adds some rows to float sums of all channels
 */
template <typename Add>
SlabSums SumSlabs(tensorflow::OpKernelContext* context, int64_t rows, int64_t channels, double cost, const Add& add) {
  const Slabs slabs(rows, channels);
  const int64_t tile = TileRows(channels);
  std::vector<double> partial(slabs.count * 2 * channels, 0.0);
  Divide(context, slabs.count, slabs.rows * channels * cost, [&](int64_t first, int64_t last) {
    std::vector<float> sums(2 * channels);
    for (int64_t s = first; s < last; s++) {
      const int64_t end = std::min(rows, (s + 1) * slabs.rows);
      double* into = partial.data() + s * 2 * channels;
      for (int64_t begin = s * slabs.rows; begin < end; begin += tile) {
        std::fill(sums.begin(), sums.end(), 0.0f);
        add(begin, std::min(tile, end - begin), sums.data(), sums.data() + channels);
        for (int64_t c = 0; c < 2 * channels; c++) into[c] += sums[c];
      }
    }
  });
  return AddUp(partial, slabs.count, channels);
}

}  // namespace manyheads

#endif  // MANYHEADS_ROWS_H_
