// Kernels of 3×3 to and from the 16 places in which F(2×2, 3×3) multiplies. Letters as in winograd.cc.
#ifndef MANYHEADS_WINOGRAD_KERNELS_H_
#define MANYHEADS_WINOGRAD_KERNELS_H_

#include "rows.h"
#include "winograd-tiles.h"

namespace manyheads {

/** GgGᵀ of some pairs of channels: kernel [3, 3, I, O] to [X, I, O]. */
FOR_EACH_PROCESSOR
inline void TransformKernel(const float* __restrict kernel, int64_t pairs, int64_t plane, int64_t first, int64_t last,
                            float* __restrict u) {
  for (int64_t p = first; p < last; p++) {
    float half[4][3];
#pragma GCC unroll 3
    for (int j = 0; j < 3; j++) {
      const float g0 = kernel[j * pairs + p], g1 = kernel[(3 + j) * pairs + p], g2 = kernel[(6 + j) * pairs + p];
      half[0][j] = g0, half[1][j] = 0.5f * (g0 + g1 + g2), half[2][j] = 0.5f * (g0 - g1 + g2), half[3][j] = g2;
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
      u[i * 4 * plane + p] = half[i][0];
      u[(i * 4 + 1) * plane + p] = 0.5f * (half[i][0] + half[i][1] + half[i][2]);
      u[(i * 4 + 2) * plane + p] = 0.5f * (half[i][0] - half[i][1] + half[i][2]);
      u[(i * 4 + 3) * plane + p] = half[i][2];
    }
  }
}

/**
 * The transformed kernel for the gradient of x: turned by half a circle, which swaps places 0 and 3, and [X, O, I].
 * For the channels in from `first` to `last`, multiples of 8.
 */
inline void TurnKernel(const float* u, int64_t in, int64_t out, int64_t first, int64_t last, float* turned) {
  constexpr int kSwapped[4] = {3, 1, 2, 0};
  constexpr int64_t kSide = 8;
  for (int place = 0; place < kPlaces; place++) {
    const float* from = u + (kSwapped[place / 4] * 4 + kSwapped[place % 4]) * PlaneOf(in, out);
    float* to = turned + place * PlaneOf(in, out);
    // By squares that stay in the cache; both numbers of channels are multiples of 32.
    for (int64_t o = 0; o < out; o += kSide) {
      for (int64_t i = first; i < last; i += kSide) {
        for (int64_t a = o; a < o + kSide; a++) {
          for (int64_t b = i; b < i + kSide; b++) to[a * in + b] = from[b * out + a];
        }
      }
    }
  }
}

/** Gᵀ du G of some pairs of channels: [X, I, O] to the gradient of the kernel, [3, 3, I, O]. */
FOR_EACH_PROCESSOR
inline void TransformKernelGradient(const float* __restrict du, int64_t pairs, int64_t plane, int64_t first,
                                    int64_t last, float* __restrict dkernel) {
  for (int64_t p = first; p < last; p++) {
    float half[3][4];
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) {
      const float u0 = du[j * plane + p], u1 = du[(4 + j) * plane + p], u2 = du[(8 + j) * plane + p],
                  u3 = du[(12 + j) * plane + p];
      half[0][j] = u0 + 0.5f * (u1 + u2), half[1][j] = 0.5f * (u1 - u2), half[2][j] = 0.5f * (u1 + u2) + u3;
    }
#pragma GCC unroll 3
    for (int i = 0; i < 3; i++) {
      dkernel[(i * 3) * pairs + p] = half[i][0] + 0.5f * (half[i][1] + half[i][2]);
      dkernel[(i * 3 + 1) * pairs + p] = 0.5f * (half[i][1] - half[i][2]);
      dkernel[(i * 3 + 2) * pairs + p] = 0.5f * (half[i][1] + half[i][2]) + half[i][3];
    }
  }
}

}  // namespace manyheads

#endif  // MANYHEADS_WINOGRAD_KERNELS_H_
