// Steps that compute each channel by itself: depthwise convolutions, poolings, norms, sums, products.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "../kernels/processors.h"
#include "tasks.h"

namespace manyheads {
namespace {

/** Values below count as this: src/network/generalized-mean.ts. */
constexpr float kSmallest = 1e-6f;
/** Values of a chunk, about. */
constexpr int64_t kChunkValues = 16 << 10;

FOR_EACH_PROCESSOR
void MaximumInto(float* __restrict y, const float* __restrict x, int64_t count) {
  for (int64_t i = 0; i < count; i++) y[i] = x[i] < y[i] ? y[i] : x[i];
}

FOR_EACH_PROCESSOR
void AddInto(float* __restrict y, const float* __restrict x, int64_t count) {
  for (int64_t i = 0; i < count; i++) y[i] += x[i];
}

FOR_EACH_PROCESSOR
void ScaleRow(float* __restrict y, float factor, int64_t count) {
  for (int64_t i = 0; i < count; i++) y[i] *= factor;
}

FOR_EACH_PROCESSOR
void ReluRow(float* __restrict y, int64_t count) {
  for (int64_t i = 0; i < count; i++) y[i] = y[i] < 0.0f ? 0.0f : y[i];
}

FOR_EACH_PROCESSOR
void SumRow(const float* a, const float* b, int64_t count, float* y) {
  for (int64_t i = 0; i < count; i++) y[i] = a[i] + b[i];
}

FOR_EACH_PROCESSOR
void ProductRow(const float* a, const float* b, int64_t count, float* y) {
  for (int64_t i = 0; i < count; i++) y[i] = a[i] * b[i];
}

FOR_EACH_PROCESSOR
void AffineRow(const float* __restrict x, const float* __restrict scale, const float* __restrict shift, int64_t count,
               float* __restrict y) {
  for (int64_t i = 0; i < count; i++) y[i] = x[i] * scale[i] + shift[i];
}

/** Positions of a window that are inside, along one axis. */
struct Range {
  int64_t begin, end, first;
  Range(int64_t place, int64_t stride, int64_t before, int64_t window, int64_t side) : first(place * stride - before) {
    begin = std::clamp<int64_t>(-first, 0, window);
    end = std::clamp<int64_t>(side - first, begin, window);
  }
};

void DepthwisePixel(const Forward& f, const Step& s, const float* x, const Range& rows, const Range& columns,
                    float* y) {
  const Layout layout(s);
  const float* packed = f.packed + s.packed;
  const int64_t position = Aligned(s.channels);
  ChannelWindow w;
  w.x = x + ((rows.first + rows.begin) * s.width + columns.first + columns.begin) * s.in.stride;
  w.x_row = s.width * s.in.stride, w.x_column = s.in.stride;
  w.kernel = packed + layout.kernel + (rows.begin * s.wide + columns.begin) * position;
  w.kernel_row = s.wide * position, w.kernel_column = position;
  w.tall = rows.end - rows.begin, w.wide = columns.end - columns.begin, w.channels = s.channels;
  w.bias = packed + layout.bias;
  w.y = y;
  f.functions.window(w);
}

void PoolPixel(const Step& s, const float* x, const Range& rows, const Range& columns, float* y) {
  const bool is_maximum = s.kind == Kind::kMaxPool;
  const int64_t inside = (rows.end - rows.begin) * (columns.end - columns.begin), window = s.tall * s.wide;
  const bool has_zeros = s.zeros > 0 && inside < window;
  std::fill(y, y + s.channels, is_maximum && !has_zeros ? -std::numeric_limits<float>::infinity() : 0.0f);
  for (int64_t i = rows.begin; i < rows.end; i++) {
    for (int64_t j = columns.begin; j < columns.end; j++) {
      const float* from = x + ((rows.first + i) * s.width + columns.first + j) * s.in.stride;
      if (is_maximum) {
        MaximumInto(y, from, s.channels);
      } else {
        AddInto(y, from, s.channels);
      }
    }
  }
  if (!is_maximum && inside > 0) ScaleRow(y, 1.0f / static_cast<float>(s.zeros > 0 ? window : inside), s.channels);
}

/** All pixels of an image to one value a channel. */
void PoolImage(const Forward& f, const Step& s, const float* x, float* y) {
  const int64_t pixels = s.Pixels();
  if (s.kind == Kind::kGlobalMean) {
    const float p = f.packed[s.packed];
    for (int64_t c = 0; c < s.channels; c++) {
      float largest = -std::numeric_limits<float>::infinity();
      for (int64_t i = 0; i < pixels; i++) largest = std::max(largest, x[i * s.in.stride + c]);
      const float most = std::log(std::max(largest, kSmallest));
      float sum = 0;
      for (int64_t i = 0; i < pixels; i++) {
        const float value = x[i * s.in.stride + c];
        // Not the other way round, so that what is not a number stays.
        sum += std::exp(p * (std::log(value < kSmallest ? kSmallest : value) - most));
      }
      y[c] = std::exp(most + (std::log(sum) - std::log(static_cast<float>(pixels))) / p);
    }
    return;
  }
  const bool is_maximum = s.kind == Kind::kGlobalMax;
  std::fill(y, y + s.channels, is_maximum ? -std::numeric_limits<float>::infinity() : 0.0f);
  for (int64_t i = 0; i < pixels; i++) {
    if (is_maximum) {
      MaximumInto(y, x + i * s.in.stride, s.channels);
    } else {
      AddInto(y, x + i * s.in.stride, s.channels);
    }
  }
  if (!is_maximum) ScaleRow(y, 1.0f / static_cast<float>(pixels), s.channels);
}

/** One output pixel. @param image its number @param pixel its number in the image */
void ComputePixel(const Forward& f, const Step& s, int64_t image, int64_t pixel, float* y) {
  const float* in = f.In(s) + image * s.Pixels() * s.in.stride;
  const float* x = in + pixel * s.in.stride;
  switch (s.kind) {
    case Kind::kDepthwise:
    case Kind::kMaxPool:
    case Kind::kAveragePool: {
      const Range rows(pixel / s.out_width, s.down, s.top, s.tall, s.height);
      const Range columns(pixel % s.out_width, s.across, s.left, s.wide, s.width);
      if (s.kind == Kind::kDepthwise) return DepthwisePixel(f, s, in, rows, columns, y);
      return PoolPixel(s, in, rows, columns, y);
    }
    case Kind::kAffine: {
      const float* scale = f.packed + s.packed;
      return AffineRow(x, scale, scale + Layout(s).shift, s.channels, y);
    }
    case Kind::kAdd:
      return SumRow(x, f.Other(s) + (image * s.OutPixels() + pixel) * s.other.stride, s.channels, y);
    case Kind::kMultiply:
      return ProductRow(x, f.Other(s) + image * s.other.stride, s.channels, y);
    case Kind::kCopy:
      std::memmove(y, x, s.channels * sizeof(float));
      return;
    default:
      return PoolImage(f, s, in, y);
  }
}

}  // namespace

void Activate(const Forward& f, Activation activation, float* x, int64_t x_row, int64_t rows, int64_t columns) {
  for (int64_t r = 0; r < rows; r++, x += x_row) {
    switch (activation) {
      case Activation::kNone:
        return;
      case Activation::kRelu:
        ReluRow(x, columns);
        break;
      case Activation::kSwish:
        f.functions.swish(x, columns);
        break;
      case Activation::kGelu:
        for (int64_t c = 0; c < columns; c++) x[c] *= (std::erf(x[c] * std::sqrt(0.5f)) + 1.0f) * 0.5f;
        break;
      case Activation::kSigmoid:
        for (int64_t c = 0; c < columns; c++) x[c] = 1.0f / (1.0f + std::exp(-x[c]));
        break;
    }
  }
}

void AddPixels(const Forward& f, const Step& s, std::vector<Task>* tasks) {
  const int64_t pixels = f.images * s.OutPixels();
  const int64_t reads = s.OutPixels() == 1 ? s.Pixels() : s.tall * s.wide;
  const int64_t chunk_pixels = std::clamp<int64_t>(kChunkValues / (s.channels * reads), 1, pixels);
  tasks->push_back({(pixels + chunk_pixels - 1) / chunk_pixels, [=, &s](int64_t chunk, int64_t) {
                      const int64_t first = chunk * chunk_pixels, count = std::min(chunk_pixels, pixels - first);
                      float* y = f.Out(s) + first * s.out.stride;
                      for (int64_t r = 0; r < count; r++) {
                        const int64_t pixel = first + r;
                        ComputePixel(f, s, pixel / s.OutPixels(), pixel % s.OutPixels(), y + r * s.out.stride);
                      }
                      Activate(f, s.activation, y, s.out.stride, count, s.filters);
                    }});
}

}  // namespace manyheads
