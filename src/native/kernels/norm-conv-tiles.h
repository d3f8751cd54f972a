// A tile of rows through batch norm, ReLU and a convolution of 1×1, forward and backward, while it lies in the cache.
// Templates over the vector. Letters: R rows of a tile, C channels in, K of them in a block, O channels out.
#ifndef MANYHEADS_NORM_CONV_TILES_H_
#define MANYHEADS_NORM_CONV_TILES_H_

#include "gemm.h"
#include "norm-rows.h"

namespace manyheads {

/** z = max(floor, norm(x))·kernel for the rows of a tile. */
struct ForwardTile {
  /** Side by side, each as wide as its piece; `width` is the length of a row of `y`. */
  const Part* parts;
  int64_t pieces;
  int64_t in, out;
  /** [C, O] */
  const float* kernel;
  /** Scratch, [R, width]. */
  float* y;
  /** [R, O] */
  float* z;
};

/** What a block of channels of a tile adds to the sums, and the gradient behind the ReLU. */
struct BackwardTile {
  /** From the block's first channel on; `channels` is the length of a row of x, `width` one of `y` and `dy`: K. */
  Part part;
  int64_t out;
  /** [R, O] */
  const float* dz;
  /** The kernel's part, [O, K]. */
  const float* turned;
  /** Scratch, [R, K] each. */
  float *y, *dy;
  /** The gradient behind the ReLU, rows as x has them. */
  float* g;
  /** [K, O] */
  float* dkernel;
  /** [K], of g and of g·(x - mean). */
  float *sums, *products;
};

template <typename V>
ALWAYS_INLINE void ForwardWith(const ForwardTile& tile) {
  float* y = tile.y;
  for (int64_t p = 0; p < tile.pieces; y += tile.parts[p++].channels) {
#define BODY(first, count) ApplyTo(tile.parts[p], first, count, y)
    BY_CHANNELS(tile.parts[p].channels, BODY)
#undef BODY
  }
  Multiply<V>({tile.y, tile.parts->width, 1}, tile.kernel, tile.out, tile.parts->rows, tile.out, tile.in, tile.z,
              tile.out, false);
}

template <typename V>
ALWAYS_INLINE void BackwardWith(const BackwardTile& tile) {
  const Part& part = tile.part;
  const int64_t width = part.width;
  Multiply<V>({tile.dz, tile.out, 1}, tile.turned, width, part.rows, width, tile.out, tile.dy, width, false);
  constexpr int64_t kWidth = kLanes<V>;
  const V zero{}, floor = zero + part.floor;
  for (int64_t c = 0; c < width; c += 2 * kWidth) {
    V mean[2], scale[2], beta[2], sum[2], product[2];
#pragma GCC unroll 2
    for (int i = 0; i < 2; i++) {
      const int64_t at = c + i * kWidth;
      mean[i] = At<V>(part.mean + at), scale[i] = At<V>(part.scale + at), beta[i] = At<V>(part.beta + at);
      sum[i] = At<V>(tile.sums + at), product[i] = At<V>(tile.products + at);
    }
    const float *x = part.x + c, *dy = tile.dy + c;
    float *y = tile.y + c, *g = tile.g + c;
    for (int64_t r = 0; r < part.rows; r++, x += part.channels, g += part.channels, y += width, dy += width) {
#pragma GCC unroll 2
      for (int i = 0; i < 2; i++) {
        const V centred = At<V>(x + i * kWidth) - mean[i];
        const V value = centred * scale[i] + beta[i];
        const V back = At<V>(dy + i * kWidth), gradient = value > floor ? back : zero;
        At<V>(y + i * kWidth) = value < floor ? floor : value;
        At<V>(g + i * kWidth) = gradient;
        sum[i] += gradient;
        product[i] += gradient * centred;
      }
    }
#pragma GCC unroll 2
    for (int i = 0; i < 2; i++) {
      At<V>(tile.sums + c + i * kWidth) = sum[i], At<V>(tile.products + c + i * kWidth) = product[i];
    }
  }
  Multiply<V>({tile.y, 1, width}, tile.dz, tile.out, width, tile.out, part.rows, tile.dkernel, tile.out, true);
}

}  // namespace manyheads

#endif  // MANYHEADS_NORM_CONV_TILES_H_
