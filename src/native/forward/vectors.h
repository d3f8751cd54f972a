// What is computed with vectors as long as the processor has them: products, Winograd's transformations, convolutions of
// one channel, swish.
#ifndef MANYHEADS_FORWARD_VECTORS_H_
#define MANYHEADS_FORWARD_VECTORS_H_

#include <cstdint>

#include "../kernels/winograd-tiles.h"

namespace manyheads {

/** c = a·b + bias, and then what is added, and then ReLU: all within registers. */
struct Product {
  /** [rows, depth] */
  const float* a;
  int64_t a_row, rows, depth;
  /** Panels [depth, 32], one after the other; columns beyond the last are zeros. */
  const float* b;
  int64_t columns;
  /** Of every column of the panels. nullptr: none. */
  const float* bias;
  /** [rows, columns] nullptr: none. */
  const float* other;
  int64_t other_row;
  float* c;
  int64_t c_row;
  bool relu;
};

/** Images that a convolution of 3×3 looks at, by tiles of 2×2 pixels. */
struct TiledImages {
  Images size;
  /** Floats from a pixel to the next. */
  int64_t in_stride, out_stride;
  const float* in;
  float* out;
};

/** Some tiles of images and their values in the 16 spots: [16, tiles, channels]. */
struct Tiles {
  int64_t first, count, channels;
  /** Floats from one tile to the next, and from one spot to the next. */
  int64_t row, plane;
  float* values;
};

/** One pixel of a convolution with a kernel for each channel. */
struct ChannelWindow {
  /** Of the first position of the window that is inside. */
  const float* x;
  /** Floats from a row of the window to the next, and from a position to the next. */
  int64_t x_row, x_column;
  const float* kernel;
  int64_t kernel_row, kernel_column;
  int64_t tall, wide, channels;
  const float* bias;
  float* y;
};

struct VectorFunctions {
  void (*multiply)(const Product&);
  /** BᵀdB of the 4×4 pixels around each tile. `zeros`: as many as there are channels. */
  void (*transform)(const TiledImages&, const Tiles&, const float* zeros);
  /** AᵀmA of each tile, with bias, and without what is negative where `relu` says so. */
  void (*transform_back)(const TiledImages&, const Tiles&, const float* bias, bool relu);
  void (*window)(const ChannelWindow&);
  /** x·sigmoid(x) */
  void (*swish)(float* x, int64_t count);
};

/** @param lanes floats of a vector, at most `LanesHere` of ../kernels/lanes.h */
VectorFunctions VectorFunctionsFor(int64_t lanes);

}  // namespace manyheads

#endif  // MANYHEADS_FORWARD_VECTORS_H_
