// Convolutions of 3×3 with stride 1 and zeros around, with 16 multiplications for 4 pixels in place of 36: F(2×2, 3×3) of
// Lavin and Gray, arXiv:1509.09308, forward and for both gradients. The transformed values of a few tiles stay in the cache
// from the first step to the last, and are never written to memory.
//
//   tiles of 4×4 pixels ─ BᵀdB ─▶ 16 matrices [tiles, in] · 16 matrices [in, out] (GgGᵀ) ─▶ AᵀmA ─▶ tiles of 2×2 pixels
//
// Letters: N images, H×W pixels, I channels in, O channels out, T tiles of a block, X = 16 places of a transformed tile.
#include "lanes.h"
#include "rows.h"
#include "tensorflow/core/framework/op.h"
#include "tensorflow/core/framework/shape_inference.h"
#include "winograd-kernels.h"
#include "winograd-tiles.h"

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

struct Functions {
  void (*convolve)(const Block&, const float* x, const float* u, float* y);
  void (*add_kernel_gradient)(const Block&, const float* x, const float* dy, float* du);
};

#if defined(__x86_64__)
__attribute__((target("avx512f"))) void Convolve16(const Block& b, const float* x, const float* u, float* y) {
  ConvolveWith<Vector16>(b, x, u, y);
}
__attribute__((target("avx512f"))) void AddKernelGradient16(const Block& b, const float* x, const float* dy,
                                                            float* du) {
  AddKernelGradientWith<Vector16>(b, x, dy, du);
}
__attribute__((target("avx2,fma"))) void Convolve8(const Block& b, const float* x, const float* u, float* y) {
  ConvolveWith<Vector8>(b, x, u, y);
}
__attribute__((target("avx2,fma"))) void AddKernelGradient8(const Block& b, const float* x, const float* dy,
                                                            float* du) {
  AddKernelGradientWith<Vector8>(b, x, dy, du);
}
#endif
void Convolve4(const Block& b, const float* x, const float* u, float* y) { ConvolveWith<Vector4>(b, x, u, y); }
void AddKernelGradient4(const Block& b, const float* x, const float* dy, float* du) {
  AddKernelGradientWith<Vector4>(b, x, dy, du);
}

/** @param lanes floats of a vector, at most `LanesHere` */
Functions FunctionsFor(int64_t lanes) {
#if defined(__x86_64__)
  if (lanes == 16) return {Convolve16, AddKernelGradient16};
  if (lanes == 8) return {Convolve8, AddKernelGradient8};
#endif
  return {Convolve4, AddKernelGradient4};
}

/** A kernel with the functions for its length of vector. */
class VectorKernel : public OpKernel {
 public:
  explicit VectorKernel(OpKernelConstruction* construction) : OpKernel(construction) {
    functions_ = FunctionsFor(ReadLanes(construction));
  }

 protected:
  Functions functions_;
};

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

/** Is it [3, 3, I, O], of numbers of channels that the products can be made of? */
bool IsKernel(const Tensor& kernel) {
  return kernel.dims() == 4 && kernel.dim_size(0) == 3 && kernel.dim_size(1) == 3 && kernel.NumElements() > 0 &&
         kernel.dim_size(2) % 32 == 0 && kernel.dim_size(3) % 32 == 0;
}

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
void ConvolveAll(OpKernelContext* context, const Functions& functions, const Images& images, int64_t in, int64_t out,
                 const float* x, const float* u, float* y) {
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
    OP_REQUIRES(context, IsKernel(kernel) && kernel.dim_size(2) == in,
                InvalidArgument("the kernel has the shape ", kernel.shape().DebugString()));
    const int64_t out = kernel.dim_size(3);
    Tensor* y = nullptr;
    OP_REQUIRES_OK(context,
                   context->allocate_output(0, TensorShape({images.count, images.height, images.width, out}), &y));
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
    OP_REQUIRES(context, IsKernel(kernel) && kernel.dim_size(3) == out,
                InvalidArgument("the kernel has the shape ", kernel.shape().DebugString()));
    const int64_t in = kernel.dim_size(2);
    Tensor* dx = nullptr;
    OP_REQUIRES_OK(context,
                   context->allocate_output(0, TensorShape({images.count, images.height, images.width, in}), &dx));
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
    Images of_gradient;
    int64_t out;
    if (!ReadImages(context, dy, of_gradient, out)) return;
    OP_REQUIRES(context, dy.NumElements() / out == x.NumElements() / in,
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
          functions_.add_kernel_gradient({images, in, out, capacity, begin, count, zeros.get(), v.get(), m.get()},
                                         pixels, gradients, sums);
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

REGISTER_OP("ManyheadsConv3x3")
    .Input("x: float")
    .Input("kernel: float")
    .Output("y: float")
    .Attr("lanes: int = 0")
    .SetShapeFn([](InferenceContext* c) {
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
