// vectors.h for each length of vector. Matrices as in ../kernels/gemm.h.
#include "vectors.h"

#include <algorithm>
#include <cmath>

#include "../kernels/gemm.h"
#include "step.h"

namespace manyheads {
namespace {

template <typename V>
ALWAYS_INLINE V Splat(float value) {
  return V{} + value;
}

/** Keeps what is not a number. */
template <typename V>
ALWAYS_INLINE V Relu(V x) {
  const V zero{};
  return x < zero ? zero : x;
}

/**
 * So many rows of a panel ahead are asked for. Where a call has few rows, as that of one image, weights come from memory once
 * and are hardly computed with: without it a core reads two thirds as much in the same time.
 */
constexpr int64_t kAhead = 32;

/** Two vectors of columns for `kRows` rows. @tparam kFirst is it the first time that this panel is read? */
template <typename V, int kRows, bool kFirst>
ALWAYS_INLINE void MultiplyColumns(const Product& p, const float* a, const float* b, const float* bias,
                                   const float* other, int64_t other_row, float* c, int64_t c_row) {
  constexpr int64_t kWidth = kLanes<V>;
  V left[kRows], right[kRows];
  const V first = bias == nullptr ? V{} : At<V>(bias), second = bias == nullptr ? V{} : At<V>(bias + kWidth);
#pragma GCC unroll 16
  for (int i = 0; i < kRows; i++) left[i] = first, right[i] = second;
  const int64_t a_row = p.a_row, depth = p.depth;
  for (int64_t k = 0; k < depth; k++, b += kPanel) {
    if (kFirst) {
      // Beyond the last panel lie other weights, and beyond all of them nothing is read.
      __builtin_prefetch(b + kAhead * kPanel, 0, 2);
      __builtin_prefetch(b + kAhead * kPanel + kPanel / 2, 0, 2);
    }
    const V b_left = At<V>(b), b_right = At<V>(b + kWidth);
#pragma GCC unroll 16
    for (int i = 0; i < kRows; i++) {
      const float value = a[i * a_row + k];
      left[i] += value * b_left;
      right[i] += value * b_right;
    }
  }
  if (other != nullptr) {
#pragma GCC unroll 16
    for (int i = 0; i < kRows; i++) {
      left[i] += At<V>(other + i * other_row);
      right[i] += At<V>(other + i * other_row + kWidth);
    }
  }
  if (p.relu) {
#pragma GCC unroll 16
    for (int i = 0; i < kRows; i++) left[i] = Relu(left[i]), right[i] = Relu(right[i]);
  }
#pragma GCC unroll 16
  for (int i = 0; i < kRows; i++) {
    At<V>(c + i * c_row) = left[i];
    At<V>(c + i * c_row + kWidth) = right[i];
  }
}

/** One panel for `kRows` rows. @param columns of the panel that there are */
template <typename V, int kRows, bool kFirst>
ALWAYS_INLINE void MultiplyRows(const Product& p, int64_t row, int64_t column, const float* b) {
  const int64_t columns = std::min(kPanel, p.columns - column);
  const float* a = p.a + row * p.a_row;
  const float* bias = p.bias == nullptr ? nullptr : p.bias + column;
  const float* other = p.other == nullptr ? nullptr : p.other + row * p.other_row + column;
  float* c = p.c + row * p.c_row + column;
  if (columns == kPanel) {
    for (int64_t j = 0; j < kPanel; j += 2 * kLanes<V>) {
      MultiplyColumns<V, kRows, kFirst>(p, a, b + j, bias == nullptr ? nullptr : bias + j,
                                        other == nullptr ? nullptr : other + j, p.other_row, c + j, p.c_row);
    }
    return;
  }
  // Zeros where no column is, and nothing written there.
  alignas(64) float whole[kRows * kPanel], more[kRows * kPanel] = {};
  if (other != nullptr) {
    for (int i = 0; i < kRows; i++) {
      for (int64_t j = 0; j < columns; j++) more[i * kPanel + j] = other[i * p.other_row + j];
    }
  }
  for (int64_t j = 0; j < kPanel; j += 2 * kLanes<V>) {
    MultiplyColumns<V, kRows, kFirst>(p, a, b + j, bias == nullptr ? nullptr : bias + j, more + j, kPanel, whole + j,
                                      kPanel);
  }
  for (int i = 0; i < kRows; i++) {
    for (int64_t j = 0; j < columns; j++) c[i * p.c_row + j] = whole[i * kPanel + j];
  }
}

template <typename V, int kRows, bool kFirst>
ALWAYS_INLINE void MultiplyAsMany(const Product& p, int64_t row, int64_t rows, int64_t column, const float* b) {
  if (rows == kRows) {
    MultiplyRows<V, kRows, kFirst>(p, row, column, b);
  } else if constexpr (kRows > 1) {
    MultiplyAsMany<V, kRows - 1, kFirst>(p, row, rows, column, b);
  }
}

template <typename V>
ALWAYS_INLINE void MultiplyWith(const Product& p) {
  constexpr int64_t kMost = kBlockRows<V>;
  const float* b = p.b;
  for (int64_t column = 0; column < p.columns; column += kPanel, b += p.depth * kPanel) {
    int64_t row = 0;
    for (int64_t blocks = (p.rows + kMost - 1) / kMost; blocks > 0; blocks--) {
      const int64_t rows = (p.rows - row + blocks - 1) / blocks;
      if (row == 0) {
        MultiplyAsMany<V, kBlockRows<V>, true>(p, row, rows, column, b);
      } else {
        MultiplyAsMany<V, kBlockRows<V>, false>(p, row, rows, column, b);
      }
      row += rows;
    }
  }
}

template <typename V>
ALWAYS_INLINE void TransformWith(const TiledImages& images, const Tiles& tiles, const float* zeros) {
  TransformTiles<V>(images.size, images.in, images.in_stride, tiles.channels, tiles.first, tiles.count, zeros,
                    tiles.values, tiles.row, tiles.plane);
}

/** With bias, and not below a floor. */
template <typename V>
struct Biased {
  const float* bias;
  V floor;

  ALWAYS_INLINE V operator()(V values, int64_t channel) const {
    const V biased = values + At<V>(bias + channel);
    return biased < floor ? floor : biased;
  }
};

template <typename V>
ALWAYS_INLINE void TransformBackWith(const TiledImages& images, const Tiles& tiles, const float* bias, bool relu) {
  const Biased<V> biased{bias, relu ? V{} : Splat<V>(-INFINITY)};
  TransformTilesBack<V>(images.size, tiles.values, tiles.row, tiles.plane, tiles.channels, tiles.first, tiles.count,
                        images.out, images.out_stride, biased);
}

/** Some vectors of channels of a window, with their sums in registers. */
template <typename V, int kVectors>
ALWAYS_INLINE void WindowOf(const ChannelWindow& w, int64_t c) {
  V sums[kVectors];
#pragma GCC unroll 4
  for (int v = 0; v < kVectors; v++) sums[v] = At<V>(w.bias + c + v * kLanes<V>);
  for (int64_t i = 0; i < w.tall; i++) {
    const float *x = w.x + i * w.x_row + c, *kernel = w.kernel + i * w.kernel_row + c;
    for (int64_t j = 0; j < w.wide; j++, x += w.x_column, kernel += w.kernel_column) {
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; v++) sums[v] += At<V>(x + v * kLanes<V>) * At<V>(kernel + v * kLanes<V>);
    }
  }
#pragma GCC unroll 4
  for (int v = 0; v < kVectors; v++) At<V>(w.y + c + v * kLanes<V>) = sums[v];
}

template <typename V>
ALWAYS_INLINE void WindowWith(const ChannelWindow& w) {
  int64_t c = 0;
  for (; c + 4 * kLanes<V> <= w.channels; c += 4 * kLanes<V>) WindowOf<V, 4>(w, c);
  for (; c + kLanes<V> <= w.channels; c += kLanes<V>) WindowOf<V, 1>(w, c);
  for (; c < w.channels; c++) {
    float sum = w.bias[c];
    for (int64_t i = 0; i < w.tall; i++) {
      for (int64_t j = 0; j < w.wide; j++) {
        sum += w.x[i * w.x_row + j * w.x_column + c] * w.kernel[i * w.kernel_row + j * w.kernel_column + c];
      }
    }
    w.y[c] = sum;
  }
}

template <typename V>
struct IntegersOf {
  typedef int32_t Type __attribute__((vector_size(sizeof(V))));
};

/**
 * e^x for x ≤ 0, by 2^n·e^r with |r| ≤ ln 2 / 2 and a polynomial of degree 6 (Cephes, expf.c), to two units in the last
 * place. Below -87, where e^x is no normal number, that of -87.
 */
template <typename V>
ALWAYS_INLINE V ExpOfNegative(V x) {
  typedef typename IntegersOf<V>::Type I;
  const V least = Splat<V>(-87.0f);
  x = x < least ? least : x;
  // Adding and taking away 1.5·2^23 rounds to a whole number.
  const V round = Splat<V>(12582912.0f);
  const V n = (x * 1.44269504088896341f + round) - round;
  const V r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  V y = Splat<V>(1.9875691500e-4f);
  y = y * r + 1.3981999507e-3f;
  y = y * r + 8.3334519073e-3f;
  y = y * r + 4.1665795894e-2f;
  y = y * r + 1.6666665459e-1f;
  y = y * r + 5.0000001201e-1f;
  y = y * r * r + r + 1.0f;
  const I exponent = (__builtin_convertvector(n, I) + 127) << 23;
  V power;
  __builtin_memcpy(&power, &exponent, sizeof(V));
  return y * power;
}

template <typename V>
ALWAYS_INLINE V SwishOf(V x) {
  const V zero{};
  // With e = e^-|x|: x / (1 + e) where x ≥ 0, and x·e / (1 + e) else.
  const V e = ExpOfNegative<V>(x < zero ? x : -x);
  return x * (x < zero ? e : Splat<V>(1.0f)) / (e + 1.0f);
}

template <typename V>
ALWAYS_INLINE void SwishWith(float* x, int64_t count) {
  int64_t i = 0;
  for (; i + kLanes<V> <= count; i += kLanes<V>) At<V>(x + i) = SwishOf<V>(At<V>(x + i));
  if (i == count) return;
  float rest[kLanes<V>] = {};
  for (int64_t j = i; j < count; j++) rest[j - i] = x[j];
  At<V>(rest) = SwishOf<V>(At<V>(rest));
  for (int64_t j = i; j < count; j++) x[j] = rest[j - i];
}

// clang-format off
#define VECTOR_FUNCTIONS(V, lanes, target)                                                                            \
  target void Multiply##lanes(const Product& p) { MultiplyWith<V>(p); }                                               \
  target void Transform##lanes(const TiledImages& images, const Tiles& tiles, const float* zeros) {                   \
    TransformWith<V>(images, tiles, zeros);                                                                           \
  }                                                                                                                   \
  target void TransformBack##lanes(const TiledImages& images, const Tiles& tiles, const float* bias, bool relu) {     \
    TransformBackWith<V>(images, tiles, bias, relu);                                                                  \
  }                                                                                                                   \
  target void Window##lanes(const ChannelWindow& w) { WindowWith<V>(w); }                                             \
  target void Swish##lanes(float* x, int64_t count) { SwishWith<V>(x, count); }                                       \
  constexpr VectorFunctions kFunctions##lanes = {Multiply##lanes, Transform##lanes, TransformBack##lanes,             \
                                                 Window##lanes, Swish##lanes};
// clang-format on

#if defined(__x86_64__)
VECTOR_FUNCTIONS(Vector16, 16, __attribute__((target("avx512f"))))
VECTOR_FUNCTIONS(Vector8, 8, __attribute__((target("avx2,fma"))))
#endif
VECTOR_FUNCTIONS(Vector4, 4, )

}  // namespace

VectorFunctions VectorFunctionsFor(int64_t lanes) {
#if defined(__x86_64__)
  if (lanes == 16) return kFunctions16;
  if (lanes == 8) return kFunctions8;
#endif
  return kFunctions4;
}

}  // namespace manyheads
