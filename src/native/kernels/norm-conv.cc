// Batch norm, the ReLU behind it and a convolution of 1×1 behind that, over images that come in pieces (norm.cc). What goes
// from the norm into the convolution is never written to memory: forward, tiles of it are multiplied while they lie in the
// cache; backward, they are made again for the kernel's gradient, and the gradient that comes back out of the convolution
// goes through the ReLU and into the norm's sums from the cache.
//
//   forward    x ─ norm, ReLU ─▶ tile [R, C] · kernel ─▶ z
//   backward   dz · kernelᵀ ─▶ tile [R, K] ─ ReLU ─▶ g, sums;   tile of y made again · dz ─▶ dkernel;   then g, sums ─▶ dx
//
// Letters: R rows (all axes but the last) of a tile, C channels in, K of them in a block, O channels out.
#include <algorithm>
#include <cstring>
#include <vector>

#include "lanes.h"
#include "norm-conv-tiles.h"
#include "norm-kernel.h"
#include "tensorflow/core/framework/op.h"

namespace manyheads {

using tensorflow::OpKernelConstruction;
using tensorflow::OpKernelContext;
using tensorflow::Tensor;
using tensorflow::TensorShape;
using tensorflow::errors::InvalidArgument;
using tensorflow::shape_inference::DimensionHandle;
using tensorflow::shape_inference::InferenceContext;
using tensorflow::shape_inference::ShapeHandle;

namespace {

struct Functions {
  void (*forward)(const ForwardTile&);
  void (*backward)(const BackwardTile&);
};

#if defined(__x86_64__)
__attribute__((target("avx512f"))) void Forward16(const ForwardTile& tile) { ForwardWith<Vector16>(tile); }
__attribute__((target("avx512f"))) void Backward16(const BackwardTile& tile) { BackwardWith<Vector16>(tile); }
__attribute__((target("avx2,fma"))) void Forward8(const ForwardTile& tile) { ForwardWith<Vector8>(tile); }
__attribute__((target("avx2,fma"))) void Backward8(const BackwardTile& tile) { BackwardWith<Vector8>(tile); }
#endif
void Forward4(const ForwardTile& tile) { ForwardWith<Vector4>(tile); }
void Backward4(const BackwardTile& tile) { BackwardWith<Vector4>(tile); }

/** @param lanes floats of a vector, at most `LanesHere` */
Functions FunctionsFor(int64_t lanes) {
#if defined(__x86_64__)
  if (lanes == 16) return {Forward16, Backward16};
  if (lanes == 8) return {Forward8, Backward8};
#endif
  return {Forward4, Backward4};
}

/** Most rows of a tile: forward beside the whole kernel in the second-level cache; backward beside a block's part of it. */
constexpr int64_t kForwardRows = 96;
constexpr int64_t kBackwardFloats = 192 * 128;
/** Channels of a block, whose sums and part of the kernel lie in the nearest caches. */
constexpr int64_t kBlock = 64;
/** Rows of a slab at least, and slabs at most: each has sums for the kernel's gradient of its own. */
constexpr int64_t kLeastSlabRows = 1024;
constexpr int64_t kMostSlabs = 8;
/** Floats between the ends of rows, so that a column does not fall into one set of the cache. */
constexpr int64_t kGap = 16;
constexpr double kProductsOfNanosecond = 50;

/** Rows that 8 threads could share, up to `most`: a multiple of 12, which Multiply likes best. */
int64_t RowsOfTile(int64_t rows, int64_t most) { return std::clamp<int64_t>((rows / 8 + 11) / 12 * 12, 12, most); }

class NormConvKernel : public NormKernel {
 public:
  explicit NormConvKernel(OpKernelConstruction* construction)
      : NormKernel(construction), functions_(FunctionsFor(ReadLanes(construction))) {}

 protected:
  struct ConvInputs : Inputs {
    /** [C, O] */
    const float* kernel;
    int64_t out;
  };

  void Read(OpKernelContext* context, int skipped, ConvInputs& in) {
    NormKernel::Read(context, skipped, in);
    if (!context->status().ok()) return;
    const Tensor& kernel = context->input(skipped + in.pieces.size() + 4);
    OP_REQUIRES(context, HasChannels(kernel),
                InvalidArgument("expected a kernel of 1×1, got the shape ", kernel.shape().DebugString()));
    in.kernel = kernel.flat<float>().data();
    in.out = ChannelsOf(kernel);
    bool fits = in.out % 32 == 0 && kernel.NumElements() == in.channels * in.out;
    for (const Tensor& piece : in.pieces) fits = fits && ChannelsOf(piece) % 32 == 0;
    OP_REQUIRES(context, fits && in.rows > 0,
                InvalidArgument("expected pieces of 32, 64, … channels and a kernel of 1×1, got ", in.channels,
                                " channels and ", kernel.shape().DebugString()));
  }

  Functions functions_;
};

class NormConv : public NormConvKernel {
 public:
  using NormConvKernel::NormConvKernel;

  void Compute(OpKernelContext* context) override {
    ConvInputs in;
    Read(context, 0, in);
    if (!context->status().ok()) return;
    TensorShape shape = in.pieces[0].shape();
    shape.set_dim(shape.dims() - 1, in.out);
    Tensor* out = nullptr;
    OP_REQUIRES_OK(context, context->allocate_output(0, shape, &out));
    float* z = out->flat<float>().data();
    const int64_t capacity = RowsOfTile(in.rows, kForwardRows), tiles = (in.rows + capacity - 1) / capacity;
    const int64_t width = in.channels + kGap;
    Divide(context, tiles, capacity * in.channels * in.out / kProductsOfNanosecond, [&](int64_t first, int64_t last) {
      const Floats y(capacity * width);
      std::vector<Part> parts(in.pieces.size());
      for (int64_t t = first; t < last; t++) {
        const int64_t begin = t * capacity, rows = std::min(capacity, in.rows - begin);
        int64_t at = 0;
        for (int p = 0; p < in.pieces.size(); at += parts[p++].channels) {
          parts[p] = in.PartOf(in.pieces[p], at, begin, rows, floor_);
          parts[p].width = width;
        }
        functions_.forward(
            {parts.data(), in.pieces.size(), in.channels, in.out, in.kernel, y.get(), z + begin * in.out});
      }
    });
  }
};

/** Some channels of one piece, and the first of them among those of the piece and of all pieces. */
struct ChannelBlock {
  int piece;
  int64_t in_piece, first, channels;
};

class NormConvGrad : public NormConvKernel {
 public:
  explicit NormConvGrad(OpKernelConstruction* construction) : NormConvKernel(construction) {
    OP_REQUIRES_OK(construction, construction->GetAttr("training", &training_));
  }

  void Compute(OpKernelContext* context) override {
    ConvInputs in;
    Read(context, 1, in);
    if (!context->status().ok()) return;
    OP_REQUIRES(context, context->input(0).NumElements() == in.rows * in.out,
                InvalidArgument("the gradient has the shape ", context->input(0).shape().DebugString()));
    const int count = in.pieces.size();
    Outputs to;
    Allocate(context, in, to);
    if (!context->status().ok()) return;
    Tensor* dkernel = nullptr;
    OP_REQUIRES_OK(context, context->allocate_output(count + 2, TensorShape({1, 1, in.channels, in.out}), &dkernel));

    const SlabSums sums = MultiplyBack(context, in, to.dx, dkernel->flat<float>().data());
    const Correction correction = in.Gradients(sums, training_, to.dgamma, to.dbeta);
    const int64_t tile = TileRows(in.channels), tiles = (in.rows + tile - 1) / tile;
    Divide(context, tiles, tile * in.channels * 0.2, [&](int64_t first, int64_t last) {
      for (int64_t t = first; t < last; t++) {
        const int64_t begin = t * tile, rows = std::min(tile, in.rows - begin);
        int64_t at = 0;
        for (int p = 0; p < count; p++) {
          const Part part = in.PartOf(in.pieces[p], at, begin, rows, floor_);
          Correct(part, correction.offset.data() + at, correction.slope.data() + at, to.dx[p] + begin * part.channels);
          at += part.channels;
        }
      }
    });
  }

 private:
  bool training_;

  /**
   * Both products. Slabs and blocks do not depend on how many threads there are, and each adds up in its own order.
   * @param g receives, in pieces, the gradient behind the ReLU
   * @returns sums of g, and of g·(x - mean)
   */
  SlabSums MultiplyBack(OpKernelContext* context, const ConvInputs& in, const std::vector<float*>& g,
                        float* dkernel) const {
    const int64_t channels = in.channels, out = in.out, size = channels * out;
    const float* dz = context->input(0).flat<float>().data();
    std::vector<ChannelBlock> blocks;
    int64_t at = 0;
    for (int p = 0; p < in.pieces.size(); at += ChannelsOf(in.pieces[p++])) {
      const int64_t width = ChannelsOf(in.pieces[p]);
      for (int64_t c = 0; c < width; c += kBlock) blocks.push_back({p, c, at + c, std::min(kBlock, width - c)});
    }
    const int64_t count = blocks.size();
    const Floats turned(size);
    Divide(context, count, size / count * 0.5, [&](int64_t first, int64_t last) {
      for (int64_t b = first; b < last; b++) {
        Turn(in.kernel + blocks[b].first * out, blocks[b].channels, out, turned.get() + blocks[b].first * out);
      }
    });

    const int64_t slabs = std::clamp<int64_t>(in.rows / kLeastSlabRows, 1, kMostSlabs);
    const int64_t slab_rows = (in.rows + slabs - 1) / slabs;
    const int64_t capacity = std::max<int64_t>(12, std::min(slab_rows, kBackwardFloats / out));
    const Floats partial((slabs - 1) * size + 1);
    std::vector<double> sums(slabs * 2 * channels, 0.0);
    const double cost = 2.0 * slab_rows * size / count / kProductsOfNanosecond;
    Divide(context, slabs * count, cost, [&](int64_t first, int64_t last) {
      const Floats y(capacity * kBlock), dy(capacity * kBlock);
      float tile_sums[2 * kBlock];
      for (int64_t s = first / count; s * count < last; s++) {
        const int64_t begin = std::max<int64_t>(0, first - s * count), end = std::min(count, last - s * count);
        const int64_t last_row = std::min(in.rows, (s + 1) * slab_rows);
        float* sum_of_slab = s == 0 ? dkernel : partial.get() + (s - 1) * size;
        std::memset(sum_of_slab + blocks[begin].first * out, 0,
                    (blocks[end - 1].first + blocks[end - 1].channels - blocks[begin].first) * out * sizeof(float));
        for (int64_t row = s * slab_rows; row < last_row; row += capacity) {
          for (int64_t b = begin; b < end; b++) {
            const ChannelBlock& block = blocks[b];
            std::fill(tile_sums, tile_sums + 2 * kBlock, 0.0f);
            Part part = in.PartOf(in.pieces[block.piece], block.first - block.in_piece, row,
                                  std::min(capacity, last_row - row), floor_);
            part.x += block.in_piece, part.mean += block.in_piece, part.scale += block.in_piece,
                part.beta += block.in_piece, part.width = block.channels;
            functions_.backward({part, out, dz + row * out, turned.get() + block.first * out, y.get(), dy.get(),
                                 g[block.piece] + row * part.channels + block.in_piece, sum_of_slab + block.first * out,
                                 tile_sums, tile_sums + kBlock});
            double* into = sums.data() + s * 2 * channels + block.first;
            for (int64_t c = 0; c < block.channels; c++) {
              into[c] += tile_sums[c], into[channels + c] += tile_sums[kBlock + c];
            }
          }
        }
      }
    });
    if (slabs > 1) {
      Divide(context, channels, out * slabs * 0.1, [&](int64_t first, int64_t last) {
        for (int64_t s = 1; s < slabs; s++) {
          AddTo(dkernel + first * out, partial.get() + (s - 1) * size + first * out, (last - first) * out);
        }
      });
    }
    return AddUp(sums, slabs, channels);
  }

  /** [K, O] to [O, K], by squares that stay in the cache. */
  static void Turn(const float* from, int64_t channels, int64_t out, float* to) {
    constexpr int64_t kSide = 8;
    for (int64_t o = 0; o < out; o += kSide) {
      for (int64_t c = 0; c < channels; c += kSide) {
        for (int64_t a = o; a < o + kSide; a++) {
          for (int64_t b = c; b < c + kSide; b++) to[a * channels + b] = from[b * out + a];
        }
      }
    }
  }
};

}  // namespace

REGISTER_OP("ManyheadsNormConv")
    .Input("pieces: N * float")
    .Input("mean: float")
    .Input("variance: float")
    .Input("gamma: float")
    .Input("beta: float")
    .Input("kernel: float")
    .Output("z: float")
    .Attr("N: int >= 1")
    .Attr("epsilon: float")
    .Attr("relu: bool")
    .Attr("lanes: int = 0")
    .SetShapeFn([](InferenceContext* c) {
      ShapeHandle z;
      TF_RETURN_IF_ERROR(c->WithRankAtLeast(c->input(0), 2, &z));
      TF_RETURN_IF_ERROR(c->ReplaceDim(z, -1, c->Dim(c->input(c->num_inputs() - 1), -1), &z));
      c->set_output(0, z);
      return absl::OkStatus();
    });

REGISTER_OP("ManyheadsNormConvGrad")
    .Input("gradient: float")
    .Input("pieces: N * float")
    .Input("mean: float")
    .Input("variance: float")
    .Input("gamma: float")
    .Input("beta: float")
    .Input("kernel: float")
    .Output("gradients: N * float")
    .Output("dgamma: float")
    .Output("dbeta: float")
    .Output("dkernel: float")
    .Attr("N: int >= 1")
    .Attr("epsilon: float")
    .Attr("relu: bool")
    .Attr("training: bool")
    .Attr("lanes: int = 0")
    .SetShapeFn([](InferenceContext* c) {
      std::vector<ShapeHandle> pieces;
      DimensionHandle channels;
      TF_RETURN_IF_ERROR(JoinPieces(c, 1, pieces, channels));
      int at = 0;
      for (ShapeHandle piece : pieces) c->set_output(at++, piece);
      c->set_output(at++, c->Vector(channels));
      c->set_output(at++, c->Vector(channels));
      c->set_output(at, c->input(c->num_inputs() - 1));
      return absl::OkStatus();
    });

REGISTER_KERNEL_BUILDER(Name("ManyheadsNormConv").Device(tensorflow::DEVICE_CPU), NormConv);
REGISTER_KERNEL_BUILDER(Name("ManyheadsNormConvGrad").Device(tensorflow::DEVICE_CPU), NormConvGrad);

}  // namespace manyheads
