// Convolutions of 3×3 with stride 1 and zeros around, with 16 multiplications for 4 pixels in place of 36: F(2×2, 3×3) of
// Lavin and Gray, arXiv:1509.09308, forward and for both gradients. The transformed values of a few tiles stay in the cache
// from the first step to the last, and are never written to memory.
//
//   tiles of 4×4 pixels ─ BᵀdB ─▶ 16 matrices [tiles, in] · 16 matrices [in, out] (GgGᵀ) ─▶ AᵀmA ─▶ tiles of 2×2 pixels
//
// Letters: N images, H×W pixels, I channels in, O channels out, T tiles of a block, X = 16 places of a transformed tile.
#include <cstdlib>
#include <memory>

#include "gemm.h"
#include "rows.h"
#include "tensorflow/core/framework/op.h"
#include "tensorflow/core/framework/shape_inference.h"

namespace manyheads {

using tensorflow::OpKernel;
using tensorflow::OpKernelConstruction;
using tensorflow::OpKernelContext;
using tensorflow::Tensor;
using tensorflow::TensorShape;
using tensorflow::errors::InvalidArgument;
using tensorflow::shape_inference::InferenceContext;
using tensorflow::shape_inference::ShapeHandle;

namespace {

constexpr int kPlaces = 16;
/** Bytes of the transformed values of a block of tiles, which share the second-level cache with the transformed kernel. */
constexpr int64_t kBlockBytes = 200 << 10;
/** Least tiles of a block and what their number is a multiple of: rows of a product. */
constexpr int64_t kTileStep = 12;
/** Parts whose sums for the kernel's gradient are made apart, so that threads can share the work. */
constexpr int64_t kMaxParts = 8;

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

struct Floats {
  explicit Floats(int64_t size)
      : data(static_cast<float*>(std::aligned_alloc(64, (size * sizeof(float) + 63) / 64 * 64)), std::free) {}
  std::unique_ptr<float, decltype(&std::free)> data;
  float* get() const { return data.get(); }
};

/** BᵀdB of 4×4 pixels around each tile: `tiles` tiles from `first` on, then zeros up to `capacity`. @param v [X, T, I] */
template <typename V>
ALWAYS_INLINE void TransformPixels(const Images& images, const float* x, int64_t channels, int64_t first, int64_t tiles,
                                   int64_t capacity, const float* zeros, float* v) {
  const int64_t plane = PlaneOf(capacity, channels);
  for (int64_t t = 0; t < tiles; t++) {
    const TilePlace place = PlaceOf(images, first + t);
    const float* pixels[4][4];
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        const int64_t row = place.row + i - 1, column = place.column + j - 1;
        const bool inside = row >= 0 && row < images.height && column >= 0 && column < images.width;
        pixels[i][j] = inside ? x + ((place.image * images.height + row) * images.width + column) * channels : zeros;
      }
    }
    float* to = v + t * channels;
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

/** AᵀmA of each tile, written where its pixels lie in y. */
template <typename V>
ALWAYS_INLINE void TransformBack(const Images& images, const float* m, int64_t channels, int64_t first, int64_t tiles,
                                 int64_t capacity, float* y) {
  const int64_t plane = PlaneOf(capacity, channels);
  for (int64_t t = 0; t < tiles; t++) {
    const TilePlace place = PlaceOf(images, first + t);
    const bool second_row = place.row + 1 < images.height, second_column = place.column + 1 < images.width;
    float* to = y + ((place.image * images.height + place.row) * images.width + place.column) * channels;
    float* below = to + images.width * channels;
    const float* from = m + t * channels;
    for (int64_t c = 0; c < channels; c += kLanes<V>) {
      V half[2][4];
#pragma GCC unroll 4
      for (int j = 0; j < 4; j++) {
        const V m0 = At<V>(from + j * plane + c), m1 = At<V>(from + (4 + j) * plane + c),
                m2 = At<V>(from + (8 + j) * plane + c), m3 = At<V>(from + (12 + j) * plane + c);
        half[0][j] = m0 + m1 + m2, half[1][j] = m1 - m2 - m3;
      }
      At<V>(to + c) = half[0][0] + half[0][1] + half[0][2];
      if (second_column) At<V>(to + channels + c) = half[0][1] - half[0][2] - half[0][3];
      if (second_row) At<V>(below + c) = half[1][0] + half[1][1] + half[1][2];
      if (second_row && second_column) At<V>(below + channels + c) = half[1][1] - half[1][2] - half[1][3];
    }
  }
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
    Multiply<V>(pixels, u + place * PlaneOf(b.in, b.out), b.out, rows, b.out, b.in, b.m + place * PlaneOf(b.capacity, b.out), b.out,
                false);
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
    Multiply<V>(pixels, b.m + place * PlaneOf(b.capacity, b.out), b.out, b.in, b.out, b.tiles, du + place * PlaneOf(b.in, b.out), b.out,
                true);
  }
}

struct Functions {
  void (*convolve)(const Block&, const float* x, const float* u, float* y);
  void (*add_kernel_gradient)(const Block&, const float* x, const float* dy, float* du);
};

#if defined(__x86_64__)
__attribute__((target("avx512f"))) void Convolve16(const Block& b, const float* x, const float* u, float* y) {
  ConvolveWith<Vector16>(b, x, u, y);
}
__attribute__((target("avx512f"))) void AddKernelGradient16(const Block& b, const float* x, const float* dy, float* du) {
  AddKernelGradientWith<Vector16>(b, x, dy, du);
}
__attribute__((target("avx2,fma"))) void Convolve8(const Block& b, const float* x, const float* u, float* y) {
  ConvolveWith<Vector8>(b, x, u, y);
}
__attribute__((target("avx2,fma"))) void AddKernelGradient8(const Block& b, const float* x, const float* dy, float* du) {
  AddKernelGradientWith<Vector8>(b, x, dy, du);
}
#endif
void Convolve4(const Block& b, const float* x, const float* u, float* y) { ConvolveWith<Vector4>(b, x, u, y); }
void AddKernelGradient4(const Block& b, const float* x, const float* dy, float* du) {
  AddKernelGradientWith<Vector4>(b, x, dy, du);
}

/** Floats of a vector of this processor. */
int64_t LanesHere() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return 16;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return 8;
#endif
  return 4;
}

/** @param lanes floats of a vector, at most `LanesHere` */
Functions FunctionsFor(int64_t lanes) {
#if defined(__x86_64__)
  if (lanes == 16) return {Convolve16, AddKernelGradient16};
  if (lanes == 8) return {Convolve8, AddKernelGradient8};
#endif
  return {Convolve4, AddKernelGradient4};
}

/** A kernel that was told how long its vectors are; 0 for as long as the processor has them. */
class VectorKernel : public OpKernel {
 public:
  explicit VectorKernel(OpKernelConstruction* construction) : OpKernel(construction) {
    int64_t lanes;
    OP_REQUIRES_OK(construction, construction->GetAttr("lanes", &lanes));
    const bool known = lanes == 0 || lanes == 4 || lanes == 8 || lanes == 16;
    OP_REQUIRES(construction, known && lanes <= LanesHere(),
                InvalidArgument("this processor has no vectors of ", lanes, " floats"));
    functions_ = FunctionsFor(lanes == 0 ? LanesHere() : lanes);
  }

 protected:
  Functions functions_;
};

/** GgGᵀ of some pairs of channels: kernel [3, 3, I, O] to [X, I, O]. */
FOR_EACH_PROCESSOR
void TransformKernel(const float* __restrict kernel, int64_t pairs, int64_t plane, int64_t first, int64_t last,
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
void TurnKernel(const float* u, int64_t in, int64_t out, int64_t first, int64_t last, float* turned) {
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

/** sums += more. */
FOR_EACH_PROCESSOR
void AddTo(float* __restrict sums, const float* __restrict more, int64_t count) {
  for (int64_t i = 0; i < count; i++) sums[i] += more[i];
}

/** Gᵀ du G of some pairs of channels: [X, I, O] to the gradient of the kernel, [3, 3, I, O]. */
FOR_EACH_PROCESSOR
void TransformKernelGradient(const float* __restrict du, int64_t pairs, int64_t plane, int64_t first, int64_t last,
                             float* __restrict dkernel) {
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

/** Tiles of a block: what the cache holds, but enough blocks that threads can share them. */
int64_t TilesOfBlock(int64_t tiles, int64_t in, int64_t out) {
  const int64_t fitting = kBlockBytes / (kPlaces * std::max(in, out) * static_cast<int64_t>(sizeof(float)));
  const int64_t shared = (tiles + 7) / 8;
  const int64_t wanted = std::clamp<int64_t>(std::min(fitting, shared), 1, 96);
  return (wanted + kTileStep - 1) / kTileStep * kTileStep;
}

/** Nanoseconds of a pair of channels of a kernel, about. */
constexpr double kTransformCost = 8;

/** Nanoseconds of a block, about. */
double CostOf(int64_t tiles, int64_t in, int64_t out) { return tiles * kPlaces * in * out / 40.0; }

bool ReadImages(OpKernelContext* context, const Tensor& x, Images& images, int64_t& channels) {
  const bool fits = x.dims() == 4 && x.dim_size(3) % 32 == 0 && x.NumElements() > 0;
  if (!fits) {
    context->CtxFailure(InvalidArgument("expected images of 32, 64, … channels, got ", x.shape().DebugString()));
    return false;
  }
  images = {x.dim_size(0), x.dim_size(1), x.dim_size(2)};
  channels = x.dim_size(3);
  return true;
}

/** y = x ∗ u for all tiles. */
void ConvolveAll(OpKernelContext* context, const Functions& functions, const Images& images, int64_t in, int64_t out, const float* x, const float* u,
                 float* y) {
  const int64_t tiles = images.Tiles(), capacity = TilesOfBlock(tiles, in, out);
  const int64_t blocks = (tiles + capacity - 1) / capacity;
  Divide(context, blocks, CostOf(capacity, in, out), [&](int64_t first, int64_t last) {
    const Floats v(kPlaces * PlaneOf(capacity, in)), m(kPlaces * PlaneOf(capacity, out)), zeros(in);
    std::memset(zeros.get(), 0, in * sizeof(float));
    for (int64_t b = first; b < last; b++) {
      const int64_t begin = b * capacity, count = std::min(capacity, tiles - begin);
      functions.convolve({images, in, out, capacity, begin, count, zeros.get(), v.get(), m.get()}, x, u, y);
    }
  });
}

/** Of images [N, H, W, I] and a kernel [3, 3, I, O]. */
class Conv3x3 : public VectorKernel {
 public:
  using VectorKernel::VectorKernel;

  void Compute(OpKernelContext* context) override {
    const Tensor &x = context->input(0), &kernel = context->input(1);
    Images images;
    int64_t in;
    if (!ReadImages(context, x, images, in)) return;
    const int64_t out = kernel.dim_size(3);
    OP_REQUIRES(context, kernel.dims() == 4 && kernel.NumElements() == 9 * in * out && out % 32 == 0,
                InvalidArgument("the kernel has the shape ", kernel.shape().DebugString()));
    Tensor* y = nullptr;
    OP_REQUIRES_OK(context, context->allocate_output(0, TensorShape({images.count, images.height, images.width, out}), &y));
    const Floats u(kPlaces * PlaneOf(in, out));
    Divide(context, in, out * kTransformCost, [&](int64_t first, int64_t last) {
      TransformKernel(kernel.flat<float>().data(), in * out, PlaneOf(in, out), first * out, last * out, u.get());
    });
    ConvolveAll(context, functions_, images, in, out, x.flat<float>().data(), u.get(), y->flat<float>().data());
  }
};

/** The gradient of x from that of y and the kernel. */
class Conv3x3InputGrad : public VectorKernel {
 public:
  using VectorKernel::VectorKernel;

  void Compute(OpKernelContext* context) override {
    const Tensor &dy = context->input(0), &kernel = context->input(1);
    Images images;
    int64_t out;
    if (!ReadImages(context, dy, images, out)) return;
    const int64_t in = kernel.dim_size(2);
    OP_REQUIRES(context, kernel.dims() == 4 && kernel.NumElements() == 9 * in * out && in % 32 == 0,
                InvalidArgument("the kernel has the shape ", kernel.shape().DebugString()));
    Tensor* dx = nullptr;
    OP_REQUIRES_OK(context, context->allocate_output(0, TensorShape({images.count, images.height, images.width, in}), &dx));
    const Floats u(kPlaces * PlaneOf(in, out)), turned(kPlaces * PlaneOf(in, out));
    constexpr int64_t kSide = 8;
    Divide(context, in / kSide, kSide * out * kTransformCost * 2, [&](int64_t first, int64_t last) {
      TransformKernel(kernel.flat<float>().data(), in * out, PlaneOf(in, out), first * kSide * out, last * kSide * out,
                      u.get());
      TurnKernel(u.get(), in, out, first * kSide, last * kSide, turned.get());
    });
    ConvolveAll(context, functions_, images, out, in, dy.flat<float>().data(), turned.get(), dx->flat<float>().data());
  }
};

/** The gradient of the kernel from x and the gradient of y. */
class Conv3x3KernelGrad : public VectorKernel {
 public:
  using VectorKernel::VectorKernel;

  void Compute(OpKernelContext* context) override {
    const Tensor &x = context->input(0), &dy = context->input(1);
    Images images;
    int64_t in;
    if (!ReadImages(context, x, images, in)) return;
    const int64_t out = dy.dim_size(dy.dims() - 1);
    OP_REQUIRES(context, dy.NumElements() * in == x.NumElements() * out && out % 32 == 0,
                InvalidArgument("the gradient has the shape ", dy.shape().DebugString()));
    Tensor* dkernel = nullptr;
    OP_REQUIRES_OK(context, context->allocate_output(0, TensorShape({3, 3, in, out}), &dkernel));
    const int64_t tiles = images.Tiles(), capacity = TilesOfBlock(tiles, in, out);
    const int64_t blocks = (tiles + capacity - 1) / capacity, parts = std::min(kMaxParts, blocks);
    const int64_t size = kPlaces * PlaneOf(in, out);
    const Floats du(parts * size);
    const float *pixels = x.flat<float>().data(), *gradients = dy.flat<float>().data();
    Divide(context, parts, CostOf(capacity, in, out) * blocks / parts, [&](int64_t first, int64_t last) {
      const int64_t widest = std::max(in, out);
      const Floats v(kPlaces * PlaneOf(capacity, in)), m(kPlaces * PlaneOf(capacity, out)), zeros(widest);
      std::memset(zeros.get(), 0, widest * sizeof(float));
      for (int64_t part = first; part < last; part++) {
        float* sums = du.get() + part * size;
        std::memset(sums, 0, size * sizeof(float));
        for (int64_t b = blocks * part / parts; b < blocks * (part + 1) / parts; b++) {
          const int64_t begin = b * capacity, count = std::min(capacity, tiles - begin);
          functions_.add_kernel_gradient(
              {images, in, out, capacity, begin, count, zeros.get(), v.get(), m.get()}, pixels, gradients, sums);
        }
      }
    });
    Divide(context, in, out * kPlaces * (parts + 2) * 0.1, [&](int64_t first, int64_t last) {
      for (int64_t part = 1; part < parts; part++) {
        for (int place = 0; place < kPlaces; place++) {
          const int64_t from = place * PlaneOf(in, out) + first * out;
          AddTo(du.get() + from, du.get() + part * size + from, (last - first) * out);
        }
      }
      TransformKernelGradient(du.get(), in * out, PlaneOf(in, out), first * out, last * out,
                              dkernel->flat<float>().data());
    });
  }
};

}  // namespace

REGISTER_OP("ManyheadsConv3x3").Input("x: float").Input("kernel: float").Output("y: float").Attr("lanes: int = 0").SetShapeFn([](InferenceContext* c) {
  ShapeHandle x, y;
  TF_RETURN_IF_ERROR(c->WithRank(c->input(0), 4, &x));
  TF_RETURN_IF_ERROR(c->ReplaceDim(x, 3, c->Dim(c->input(1), 3), &y));
  c->set_output(0, y);
  return absl::OkStatus();
});

REGISTER_OP("ManyheadsConv3x3InputGrad")
    .Input("dy: float")
    .Input("kernel: float")
    .Output("dx: float")
    .Attr("lanes: int = 0")
    .SetShapeFn([](InferenceContext* c) {
      ShapeHandle dy, dx;
      TF_RETURN_IF_ERROR(c->WithRank(c->input(0), 4, &dy));
      TF_RETURN_IF_ERROR(c->ReplaceDim(dy, 3, c->Dim(c->input(1), 2), &dx));
      c->set_output(0, dx);
      return absl::OkStatus();
    });

REGISTER_OP("ManyheadsConv3x3KernelGrad")
    .Input("x: float")
    .Input("dy: float")
    .Output("dkernel: float")
    .Attr("lanes: int = 0")
    .SetShapeFn([](InferenceContext* c) {
      c->set_output(0, c->MakeShape({3, 3, c->Dim(c->input(0), 3), c->Dim(c->input(1), 3)}));
      return absl::OkStatus();
    });

REGISTER_KERNEL_BUILDER(Name("ManyheadsConv3x3").Device(tensorflow::DEVICE_CPU), Conv3x3);
REGISTER_KERNEL_BUILDER(Name("ManyheadsConv3x3InputGrad").Device(tensorflow::DEVICE_CPU), Conv3x3InputGrad);
REGISTER_KERNEL_BUILDER(Name("ManyheadsConv3x3KernelGrad").Device(tensorflow::DEVICE_CPU), Conv3x3KernelGrad);

}  // namespace manyheads
