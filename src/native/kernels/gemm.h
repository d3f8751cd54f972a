// Products of small matrices that lie in the cache, and the vector types that they are made of. Everything here is a
// template over the vector, so that one text serves every processor.
#ifndef MANYHEADS_GEMM_H_
#define MANYHEADS_GEMM_H_

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

#define ALWAYS_INLINE inline __attribute__((always_inline))

namespace manyheads {

typedef float Vector4 __attribute__((vector_size(16)));
typedef float Vector8 __attribute__((vector_size(32)));
typedef float Vector16 __attribute__((vector_size(64)));

template <typename V>
inline constexpr int64_t kLanes = sizeof(V) / sizeof(float);

/** A vector that may lie anywhere in memory: an attribute of a type is lost where that is an argument of a template. */
template <typename V>
struct InMemory {
  typedef float Type __attribute__((vector_size(sizeof(V)), aligned(4), may_alias));
};

template <typename V>
ALWAYS_INLINE typename InMemory<V>::Type& At(float* address) {
  return *reinterpret_cast<typename InMemory<V>::Type*>(address);
}
template <typename V>
ALWAYS_INLINE const typename InMemory<V>::Type& At(const float* address) {
  return *reinterpret_cast<const typename InMemory<V>::Type*>(address);
}

/** Scratch memory, with nothing in it yet. */
struct Floats {
  explicit Floats(int64_t size)
      : data(static_cast<float*>(std::aligned_alloc(64, (size * sizeof(float) + 63) / 64 * 64)), std::free) {}
  std::unique_ptr<float, decltype(&std::free)> data;
  float* get() const { return data.get(); }
};

/** A matrix whose element (i, j) is at `data[i * row + j * column]`. */
struct Matrix {
  const float* data;
  int64_t row, column;
};

/**
 * c += a·b or c = a·b for `kRows` rows and two vectors of columns, with all sums in registers.
 * @param a of `depth` columns
 * @param b rows of columns that lie side by side, `b_row` apart
 */
template <typename V, int kRows>
ALWAYS_INLINE void MultiplyBlock(const Matrix& a, const float* b, int64_t b_row, int64_t depth, float* c, int64_t c_row,
                                 bool add) {
  constexpr int64_t kWidth = kLanes<V>;
  V left[kRows], right[kRows];
#pragma GCC unroll 16
  for (int i = 0; i < kRows; i++) {
    left[i] = add ? At<V>(c + i * c_row) : V{};
    right[i] = add ? At<V>(c + i * c_row + kWidth) : V{};
  }
  const float* at = a.data;
  for (int64_t k = 0; k < depth; k++, at += a.column, b += b_row) {
    const V b_left = At<V>(b), b_right = At<V>(b + kWidth);
#pragma GCC unroll 16
    for (int i = 0; i < kRows; i++) {
      const float value = at[i * a.row];
      left[i] += value * b_left;
      right[i] += value * b_right;
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < kRows; i++) {
    At<V>(c + i * c_row) = left[i];
    At<V>(c + i * c_row + kWidth) = right[i];
  }
}

/** Rows of a block: as many as have their sums in registers, beside two vectors of b. */
template <typename V>
inline constexpr int kBlockRows = 4;
template <>
inline constexpr int kBlockRows<Vector8> = 6;
template <>
inline constexpr int kBlockRows<Vector16> = 12;

/**
 * c += a·b or c = a·b.
 * @param rows any number; fastest where it is a multiple of 4
 * @param columns a multiple of 32
 */
template <typename V>
ALWAYS_INLINE void Multiply(Matrix a, const float* b, int64_t b_row, int64_t rows, int64_t columns, int64_t depth,
                            float* c, int64_t c_row, bool add) {
  constexpr int kRows = kBlockRows<V>;
  for (int64_t j = 0; j < columns; j += 2 * kLanes<V>) {
    Matrix from = a;
    float* to = c + j;
    int64_t left = rows;
    for (; left >= kRows; left -= kRows, from.data += kRows * a.row, to += kRows * c_row) {
      MultiplyBlock<V, kRows>(from, b + j, b_row, depth, to, c_row, add);
    }
    for (; left >= 4; left -= 4, from.data += 4 * a.row, to += 4 * c_row) {
      MultiplyBlock<V, 4>(from, b + j, b_row, depth, to, c_row, add);
    }
    for (; left >= 2; left -= 2, from.data += 2 * a.row, to += 2 * c_row) {
      MultiplyBlock<V, 2>(from, b + j, b_row, depth, to, c_row, add);
    }
    if (left > 0) MultiplyBlock<V, 1>(from, b + j, b_row, depth, to, c_row, add);
  }
}

}  // namespace manyheads

#endif  // MANYHEADS_GEMM_H_
