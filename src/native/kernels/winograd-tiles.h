// Tiles of images to and from the 16 places in which F(2×2, 3×3) multiplies, and the products of a block of tiles. Templates
// over the vector. Letters: I channels in, O channels out, T tiles of a block, X = 16 places of a transformed tile.
#ifndef MANYHEADS_WINOGRAD_TILES_H_
#define MANYHEADS_WINOGRAD_TILES_H_

#include <cstring>

#include "gemm.h"

namespace manyheads {

inline constexpr int kPlaces = 16;
/** Bytes of the transformed values of a block of tiles, which share the second-level cache with the transformed kernel. */
inline constexpr int64_t kBlockBytes = 200 << 10;
/** Least tiles of a block and what their number is a multiple of: rows of a product. */
inline constexpr int64_t kTileStep = 12;
/** Parts whose sums for the kernel's gradient are made apart, so that threads can share the work. */
inline constexpr int64_t kMaxParts = 8;

/**
 * Floats from one of the 16 places to the next: some more than the values, since 16 addresses that are a multiple of 4 KiB
 * apart all fall into one set of the first-level cache.
 */
ALWAYS_INLINE int64_t PlaneOf(int64_t rows, int64_t channels) { return rows * channels + 16; }

struct Images {
  int64_t count, height, width;

  int64_t TileRows() const { return (height + 1) / 2; }
  int64_t TileColumns() const { return (width + 1) / 2; }
  int64_t Tiles() const { return count * TileRows() * TileColumns(); }
};

/** Where a tile's 2×2 pixels begin. */
struct TilePlace {
  int64_t image, row, column;
};

ALWAYS_INLINE TilePlace PlaceOf(const Images& images, int64_t tile) {
  const int64_t columns = images.TileColumns(), rows = images.TileRows();
  return {tile / (rows * columns), tile / columns % rows * 2, tile % columns * 2};
}

/**
 * BᵀdB of the 4×4 pixels around each tile, `tiles` tiles from `first` on.
 * @param pixel floats of x from one pixel to the next
 * @param row, plane floats of v from one tile to the next, and from one of the 16 places to the next
 */
template <typename V>
ALWAYS_INLINE void TransformTiles(const Images& images, const float* x, int64_t pixel, int64_t channels, int64_t first,
                                  int64_t tiles, const float* zeros, float* v, int64_t row, int64_t plane) {
  for (int64_t t = 0; t < tiles; t++) {
    const TilePlace place = PlaceOf(images, first + t);
    const float* pixels[4][4];
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        const int64_t h = place.row + i - 1, w = place.column + j - 1;
        const bool inside = h >= 0 && h < images.height && w >= 0 && w < images.width;
        pixels[i][j] = inside ? x + ((place.image * images.height + h) * images.width + w) * pixel : zeros;
      }
    }
    float* to = v + t * row;
    for (int64_t c = 0; c < channels; c += kLanes<V>) {
      V half[4][4];
#pragma GCC unroll 4
      for (int j = 0; j < 4; j++) {
        const V d0 = At<V>(pixels[0][j] + c), d1 = At<V>(pixels[1][j] + c), d2 = At<V>(pixels[2][j] + c),
                d3 = At<V>(pixels[3][j] + c);
        half[0][j] = d0 - d2, half[1][j] = d1 + d2, half[2][j] = d2 - d1, half[3][j] = d1 - d3;
      }
#pragma GCC unroll 4
      for (int i = 0; i < 4; i++) {
        float* out = to + i * 4 * plane + c;
        At<V>(out) = half[i][0] - half[i][2];
        At<V>(out + plane) = half[i][1] + half[i][2];
        At<V>(out + 2 * plane) = half[i][2] - half[i][1];
        At<V>(out + 3 * plane) = half[i][1] - half[i][3];
      }
    }
  }
}

/** The same of pixels that lie side by side, then zeros up to `capacity`. @param v [X, T, I] */
template <typename V>
ALWAYS_INLINE void TransformPixels(const Images& images, const float* x, int64_t channels, int64_t first, int64_t tiles,
                                   int64_t capacity, const float* zeros, float* v) {
  const int64_t plane = PlaneOf(capacity, channels);
  TransformTiles<V>(images, x, channels, channels, first, tiles, zeros, v, channels, plane);
  for (int place = 0; place < kPlaces; place++) {
    std::memset(v + place * plane + tiles * channels, 0, (capacity - tiles) * channels * sizeof(float));
  }
}

/** A e Aᵀ of the 2×2 gradients of each tile. @param m [X, T, O], zeros behind `tiles` */
template <typename V>
ALWAYS_INLINE void TransformGradients(const Images& images, const float* dy, int64_t channels, int64_t first,
                                      int64_t tiles, int64_t capacity, const float* zeros, float* m) {
  const int64_t plane = PlaneOf(capacity, channels);
  for (int64_t t = 0; t < tiles; t++) {
    const TilePlace place = PlaceOf(images, first + t);
    const float* pixels[2][2];
    for (int i = 0; i < 2; i++) {
      for (int j = 0; j < 2; j++) {
        const int64_t row = place.row + i, column = place.column + j;
        const bool inside = row < images.height && column < images.width;
        pixels[i][j] = inside ? dy + ((place.image * images.height + row) * images.width + column) * channels : zeros;
      }
    }
    float* to = m + t * channels;
    for (int64_t c = 0; c < channels; c += kLanes<V>) {
      V half[4][2];
#pragma GCC unroll 2
      for (int j = 0; j < 2; j++) {
        const V e0 = At<V>(pixels[0][j] + c), e1 = At<V>(pixels[1][j] + c);
        half[0][j] = e0, half[1][j] = e0 + e1, half[2][j] = e0 - e1, half[3][j] = -e1;
      }
#pragma GCC unroll 4
      for (int i = 0; i < 4; i++) {
        float* out = to + i * 4 * plane + c;
        At<V>(out) = half[i][0];
        At<V>(out + plane) = half[i][0] + half[i][1];
        At<V>(out + 2 * plane) = half[i][0] - half[i][1];
        At<V>(out + 3 * plane) = -half[i][1];
      }
    }
  }
  for (int place = 0; place < kPlaces; place++) {
    std::memset(m + place * plane + tiles * channels, 0, (capacity - tiles) * channels * sizeof(float));
  }
}

/**
 * AᵀmA of each tile, written where its pixels lie in y.
 * @param row, plane as in TransformTiles
 * @param pixel floats of y from one pixel to the next
 * @param finish called with the values of some channels and the first of these; gives what is written
 */
template <typename V, typename Finish>
ALWAYS_INLINE void TransformTilesBack(const Images& images, const float* m, int64_t row, int64_t plane,
                                      int64_t channels, int64_t first, int64_t tiles, float* y, int64_t pixel,
                                      const Finish& finish) {
  for (int64_t t = 0; t < tiles; t++) {
    const TilePlace place = PlaceOf(images, first + t);
    const bool second_row = place.row + 1 < images.height, second_column = place.column + 1 < images.width;
    float* to = y + ((place.image * images.height + place.row) * images.width + place.column) * pixel;
    float* below = to + images.width * pixel;
    const float* from = m + t * row;
    for (int64_t c = 0; c < channels; c += kLanes<V>) {
      V half[2][4];
#pragma GCC unroll 4
      for (int j = 0; j < 4; j++) {
        const V m0 = At<V>(from + j * plane + c), m1 = At<V>(from + (4 + j) * plane + c),
                m2 = At<V>(from + (8 + j) * plane + c), m3 = At<V>(from + (12 + j) * plane + c);
        half[0][j] = m0 + m1 + m2, half[1][j] = m1 - m2 - m3;
      }
      At<V>(to + c) = finish(half[0][0] + half[0][1] + half[0][2], c);
      if (second_column) At<V>(to + pixel + c) = finish(half[0][1] - half[0][2] - half[0][3], c);
      if (second_row) At<V>(below + c) = finish(half[1][0] + half[1][1] + half[1][2], c);
      if (second_row && second_column) At<V>(below + pixel + c) = finish(half[1][1] - half[1][2] - half[1][3], c);
    }
  }
}

struct AsTheyAre {
  template <typename V>
  ALWAYS_INLINE V operator()(V values, int64_t) const {
    return values;
  }
};

/** The same of arrays [X, T, O] and of pixels that lie side by side. */
template <typename V>
ALWAYS_INLINE void TransformBack(const Images& images, const float* m, int64_t channels, int64_t first, int64_t tiles,
                                 int64_t capacity, float* y) {
  const int64_t plane = PlaneOf(capacity, channels);
  TransformTilesBack<V>(images, m, channels, plane, channels, first, tiles, y, channels, AsTheyAre());
}

/** A convolution's sizes and arrays, for one block of tiles. */
struct Block {
  Images images;
  int64_t in, out;
  /** Tiles that scratch has room for. */
  int64_t capacity;
  int64_t first, tiles;
  const float* zeros;
  /** [X, T, in] and [X, T, out]. */
  float *v, *m;
};

/** y from x. @param u the transformed kernel, [X, in, out] */
template <typename V>
ALWAYS_INLINE void ConvolveWith(const Block& b, const float* x, const float* u, float* y) {
  TransformPixels<V>(b.images, x, b.in, b.first, b.tiles, b.capacity, b.zeros, b.v);
  const int64_t rows = (b.tiles + kTileStep - 1) / kTileStep * kTileStep;
  for (int place = 0; place < kPlaces; place++) {
    const Matrix pixels{b.v + place * PlaneOf(b.capacity, b.in), b.in, 1};
    Multiply<V>(pixels, u + place * PlaneOf(b.in, b.out), b.out, rows, b.out, b.in,
                b.m + place * PlaneOf(b.capacity, b.out), b.out, false);
  }
  TransformBack<V>(b.images, b.m, b.out, b.first, b.tiles, b.capacity, y);
}

/** The block's part of the transformed kernel's gradient is added to `du`, [X, in, out]. */
template <typename V>
ALWAYS_INLINE void AddKernelGradientWith(const Block& b, const float* x, const float* dy, float* du) {
  TransformPixels<V>(b.images, x, b.in, b.first, b.tiles, b.capacity, b.zeros, b.v);
  TransformGradients<V>(b.images, dy, b.out, b.first, b.tiles, b.capacity, b.zeros, b.m);
  for (int place = 0; place < kPlaces; place++) {
    const Matrix pixels{b.v + place * PlaneOf(b.capacity, b.in), 1, b.in};
    Multiply<V>(pixels, b.m + place * PlaneOf(b.capacity, b.out), b.out, b.in, b.out, b.tiles,
                du + place * PlaneOf(b.in, b.out), b.out, true);
  }
}

}  // namespace manyheads

#endif  // MANYHEADS_WINOGRAD_TILES_H_
