// The inner loops of batch norm with ReLU: rows of a piece of the channels in, sums or rows out.
#ifndef MANYHEADS_NORM_ROWS_H_
#define MANYHEADS_NORM_ROWS_H_

#include "gemm.h"
#include "rows.h"

namespace manyheads {

// Memory is what limits these functions. Wide pieces are gone through in the order in which they lie in memory, with
// coefficients and sums from the nearest cache; of narrow ones, such as a dense block's layers make, a constant number of
// channels at a time, whose coefficients and sums stay in registers from row to row.
inline constexpr int64_t kNarrow = 32;
inline constexpr int64_t kWidestNarrow = 96;

/** Calls `body(channel, channels)`: once for all channels, or for a constant number of them at a time. */
#define BY_CHANNELS(channels, body)                                   \
  if (channels % kNarrow == 0 && channels <= kWidestNarrow) {         \
    for (int64_t c = 0; c < channels; c += kNarrow) body(c, kNarrow); \
  } else {                                                            \
    body(0, channels);                                                \
  }

/** A piece of the input beside the part of the whole width that it stands for. */
struct Part {
  const float* x;
  /** Channels of the piece, and of the whole. */
  int64_t channels, width;
  int64_t rows;
  const float *mean, *scale, *beta;
  float floor;
};

ALWAYS_INLINE void AddMomentsOf(const Part& part, int64_t first, int64_t count, float* __restrict sums,
                                float* __restrict squares) {
  const float* __restrict x = part.x + first;
  const float* __restrict shift = part.mean + first;
  sums += first, squares += first;
  for (int64_t r = 0; r < part.rows; r++, x += part.channels) {
    for (int64_t c = 0; c < count; c++) {
      const float d = x[c] - shift[c];
      sums[c] += d;
      squares[c] += d * d;
    }
  }
}

/** Sums of d = x - mean and of d² over some rows are added to `sums` and `squares`. */
FOR_EACH_PROCESSOR
inline void AddMoments(const Part& part, float* sums, float* squares) {
#define BODY(first, count) AddMomentsOf(part, first, count, sums, squares)
  BY_CHANNELS(part.channels, BODY)
#undef BODY
}

ALWAYS_INLINE void ApplyTo(const Part& part, int64_t first, int64_t count, float* __restrict y) {
  const float* __restrict x = part.x + first;
  const float* __restrict mean = part.mean + first;
  const float* __restrict scale = part.scale + first;
  const float* __restrict beta = part.beta + first;
  const float floor = part.floor;
  y += first;
  for (int64_t r = 0; r < part.rows; r++, x += part.channels, y += part.width) {
    for (int64_t c = 0; c < count; c++) {
      const float value = (x[c] - mean[c]) * scale[c] + beta[c];
      y[c] = value < floor ? floor : value;
    }
  }
}

/** y = max(floor, (x - mean)·scale + beta). @param y where the piece begins in the output */
FOR_EACH_PROCESSOR
inline void Apply(const Part& part, float* y) {
#define BODY(first, count) ApplyTo(part, first, count, y)
  BY_CHANNELS(part.channels, BODY)
#undef BODY
}

ALWAYS_INLINE void AddGradientSumsOf(const Part& part, int64_t first, int64_t count, const float* __restrict dy,
                                     float* __restrict sums, float* __restrict products) {
  const float* __restrict x = part.x + first;
  const float* __restrict mean = part.mean + first;
  const float* __restrict scale = part.scale + first;
  const float* __restrict beta = part.beta + first;
  const float floor = part.floor;
  dy += first, sums += first, products += first;
  for (int64_t r = 0; r < part.rows; r++, x += part.channels, dy += part.width) {
    for (int64_t c = 0; c < count; c++) {
      const float centred = x[c] - mean[c];
      const float g = centred * scale[c] + beta[c] > floor ? dy[c] : 0.0f;
      sums[c] += g;
      products[c] += g * centred;
    }
  }
}

/** Adds up, over some rows, the gradient behind the ReLU, and the same times (x - mean). */
FOR_EACH_PROCESSOR
inline void AddGradientSums(const Part& part, const float* dy, float* sums, float* products) {
#define BODY(first, count) AddGradientSumsOf(part, first, count, dy, sums, products)
  BY_CHANNELS(part.channels, BODY)
#undef BODY
}

ALWAYS_INLINE void ApplyGradientTo(const Part& part, int64_t first, int64_t count, const float* __restrict dy,
                                   const float* __restrict offset, const float* __restrict slope,
                                   float* __restrict dx) {
  const float* __restrict x = part.x + first;
  const float* __restrict mean = part.mean + first;
  const float* __restrict scale = part.scale + first;
  const float* __restrict beta = part.beta + first;
  const float floor = part.floor;
  dy += first, offset += first, slope += first, dx += first;
  for (int64_t r = 0; r < part.rows; r++, x += part.channels, dy += part.width, dx += part.channels) {
    for (int64_t c = 0; c < count; c++) {
      const float centred = x[c] - mean[c];
      const float g = centred * scale[c] + beta[c] > floor ? dy[c] : 0.0f;
      dx[c] = scale[c] * (g - offset[c] - centred * slope[c]);
    }
  }
}

/** dx = scale·(g - offset - (x - mean)·slope), g the gradient behind the ReLU. */
FOR_EACH_PROCESSOR
inline void ApplyGradient(const Part& part, const float* dy, const float* offset, const float* slope, float* dx) {
#define BODY(first, count) ApplyGradientTo(part, first, count, dy, offset, slope, dx)
  BY_CHANNELS(part.channels, BODY)
#undef BODY
}

ALWAYS_INLINE void CorrectIn(const Part& part, int64_t first, int64_t count, const float* __restrict offset,
                             const float* __restrict slope, float* __restrict g) {
  const float* __restrict x = part.x + first;
  const float* __restrict mean = part.mean + first;
  const float* __restrict scale = part.scale + first;
  offset += first, slope += first, g += first;
  for (int64_t r = 0; r < part.rows; r++, x += part.channels, g += part.channels) {
    for (int64_t c = 0; c < count; c++) g[c] = scale[c] * (g[c] - offset[c] - (x[c] - mean[c]) * slope[c]);
  }
}

/** As ApplyGradient, where the gradient behind the ReLU lies already: g becomes dx. */
FOR_EACH_PROCESSOR
inline void Correct(const Part& part, const float* offset, const float* slope, float* g) {
#define BODY(first, count) CorrectIn(part, first, count, offset, slope, g)
  BY_CHANNELS(part.channels, BODY)
#undef BODY
}

}  // namespace manyheads

#endif  // MANYHEADS_NORM_ROWS_H_
