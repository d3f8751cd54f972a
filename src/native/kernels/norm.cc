// Batch normalisation (Ioffe and Szegedy, arXiv:1502.03167) with the ReLU behind it, over images that come in pieces: what
// a dense block concatenates is read where it lies, the mean and variance of each piece are computed once however many
// layers normalise it, and the ReLU costs no pass of its own. On the CPU only; elsewhere TensorFlow's own ops serve.
// Letters: R rows (all axes but the last), C channels of all pieces together.
#include <cmath>
#include <vector>

#include "norm-kernel.h"
#include "norm-rows.h"
#include "rows.h"
#include "tensorflow/core/framework/op.h"
#include "tensorflow/core/framework/shape_inference.h"

namespace manyheads {

using tensorflow::OpInputList;
using tensorflow::OpKernel;
using tensorflow::OpKernelConstruction;
using tensorflow::OpKernelContext;
using tensorflow::Tensor;
using tensorflow::TensorShape;
using tensorflow::errors::InvalidArgument;
using tensorflow::shape_inference::DimensionHandle;
using tensorflow::shape_inference::InferenceContext;
using tensorflow::shape_inference::ShapeHandle;

namespace {

/** [2, C]: mean and variance of each channel, without Bessel's correction. */
class Moments : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext* context) override {
    const Tensor& x = context->input(0);
    OP_REQUIRES(context, x.dims() >= 2 && x.NumElements() > 0, InvalidArgument("expected rows of channels"));
    const int64_t channels = ChannelsOf(x), rows = x.NumElements() / channels;
    Tensor* out = nullptr;
    OP_REQUIRES_OK(context, context->allocate_output(0, TensorShape({2, channels}), &out));
    const float* values = x.flat<float>().data();
    float* mean = out->flat<float>().data();
    float* variance = mean + channels;
    // Variances are differences of squares, which are small where values are counted from near their mean.
    const int64_t sampled = std::min<int64_t>(rows, 16);
    std::vector<float> origin(channels, 0.0f);
    for (int64_t i = 0; i < sampled; i++) {
      const float* row = values + i * (rows / sampled) * channels;
      for (int64_t c = 0; c < channels; c++) origin[c] += row[c] / sampled;
    }
    const SlabSums sums =
        SumSlabs(context, rows, channels, 0.1, [&](int64_t begin, int64_t count, float* sum, float* square) {
          AddMoments({values + begin * channels, channels, channels, count, origin.data()}, sum, square);
        });
    for (int64_t c = 0; c < channels; c++) {
      const double shifted = sums.first[c] / rows;
      mean[c] = static_cast<float>(origin[c] + shifted);
      variance[c] = static_cast<float>(std::max(0.0, sums.second[c] / rows - shifted * shifted));
    }
  }
};

/** Moments of the pieces as those of all channels, and what moving averages become that take them in. */
class JoinMoments : public OpKernel {
 public:
  explicit JoinMoments(OpKernelConstruction* construction) : OpKernel(construction) {
    OP_REQUIRES_OK(construction, construction->GetAttr("momentum", &momentum_));
  }

  void Compute(OpKernelContext* context) override {
    OpInputList pieces;
    OP_REQUIRES_OK(context, context->input_list("moments", &pieces));
    const int last = pieces.size();
    const Tensor &mean = context->input(last), &variance = context->input(last + 1);
    int64_t channels = 0;
    for (const Tensor& piece : pieces) {
      OP_REQUIRES(context, HasChannels(piece) && piece.NumElements() == 2 * ChannelsOf(piece),
                  InvalidArgument("expected a mean and a variance of each channel, got the shape ",
                                  piece.shape().DebugString()));
      channels += ChannelsOf(piece);
    }
    OP_REQUIRES(context, mean.NumElements() == channels && variance.NumElements() == channels,
                InvalidArgument("the moving averages have ", mean.NumElements(), " and ", variance.NumElements(),
                                " channels, the pieces ", channels));
    Tensor* out[4];
    for (int i = 0; i < 4; i++) {
      OP_REQUIRES_OK(context, context->allocate_output(i, TensorShape({channels}), &out[i]));
    }
    int64_t at = 0;
    for (const Tensor& piece : pieces) {
      const int64_t width = ChannelsOf(piece);
      const float* from = piece.flat<float>().data();
      std::copy(from, from + width, out[0]->flat<float>().data() + at);
      std::copy(from + width, from + 2 * width, out[1]->flat<float>().data() + at);
      at += width;
    }
    const Tensor* averages[] = {&mean, &variance};
    for (int i = 0; i < 2; i++) {
      const float *batch = out[i]->flat<float>().data(), *average = averages[i]->flat<float>().data();
      float* next = out[2 + i]->flat<float>().data();
      for (int64_t c = 0; c < channels; c++) next[c] = average[c] * momentum_ + batch[c] * (1 - momentum_);
    }
  }

 private:
  float momentum_;
};

class Norm : public NormKernel {
 public:
  using NormKernel::NormKernel;

  void Compute(OpKernelContext* context) override {
    Inputs in;
    Read(context, 0, in);
    if (!context->status().ok()) return;
    TensorShape shape = in.pieces[0].shape();
    shape.set_dim(shape.dims() - 1, in.channels);
    Tensor* out = nullptr;
    OP_REQUIRES_OK(context, context->allocate_output(0, shape, &out));
    float* y = out->flat<float>().data();
    const int64_t tile = TileRows(in.channels), tiles = (in.rows + tile - 1) / tile;
    Divide(context, tiles, tile * in.channels * 0.2, [&](int64_t first, int64_t last) {
      for (int64_t t = first; t < last; t++) {
        const int64_t begin = t * tile, rows = std::min(in.rows - begin, tile);
        int64_t at = 0;
        for (const Tensor& piece : in.pieces) {
          Apply(in.PartOf(piece, at, begin, rows, floor_), y + begin * in.channels + at);
          at += ChannelsOf(piece);
        }
      }
    });
  }
};

class NormGrad : public NormKernel {
 public:
  explicit NormGrad(OpKernelConstruction* construction) : NormKernel(construction) {
    OP_REQUIRES_OK(construction, construction->GetAttr("training", &training_));
  }

  void Compute(OpKernelContext* context) override {
    Inputs in;
    Read(context, 1, in);
    if (!context->status().ok()) return;
    const Tensor& gradient = context->input(0);
    const int64_t rows = in.rows, channels = in.channels;
    OP_REQUIRES(context, gradient.NumElements() == rows * channels,
                InvalidArgument("the gradient has the shape ", gradient.shape().DebugString()));
    const float* dy = gradient.flat<float>().data();
    const int count = in.pieces.size();
    Outputs to;
    Allocate(context, in, to);
    if (!context->status().ok()) return;

    const SlabSums sums =
        SumSlabs(context, rows, channels, 0.25, [&](int64_t begin, int64_t number, float* sum, float* product) {
          int64_t at = 0;
          for (const Tensor& piece : in.pieces) {
            AddGradientSums(in.PartOf(piece, at, begin, number, floor_), dy + begin * channels + at, sum + at,
                            product + at);
            at += ChannelsOf(piece);
          }
        });
    const Correction correction = in.Gradients(sums, training_, to.dgamma, to.dbeta);
    const int64_t tile = TileRows(channels), tiles = (rows + tile - 1) / tile;
    Divide(context, tiles, tile * channels * 0.3, [&](int64_t first, int64_t last) {
      for (int64_t t = first; t < last; t++) {
        const int64_t begin = t * tile;
        int64_t at = 0;
        for (int p = 0; p < count; p++) {
          const int64_t width = ChannelsOf(in.pieces[p]);
          ApplyGradient(in.PartOf(in.pieces[p], at, begin, std::min(tile, rows - begin), floor_),
                        dy + begin * channels + at, correction.offset.data() + at, correction.slope.data() + at,
                        to.dx[p] + begin * width);
          at += width;
        }
      }
    });
  }

 private:
  bool training_;
};

}  // namespace

REGISTER_OP("ManyheadsMoments").Input("x: float").Output("moments: float").SetShapeFn([](InferenceContext* c) {
  ShapeHandle x;
  TF_RETURN_IF_ERROR(c->WithRankAtLeast(c->input(0), 2, &x));
  c->set_output(0, c->Matrix(2, c->Dim(x, -1)));
  return absl::OkStatus();
});

REGISTER_OP("ManyheadsJoinMoments")
    .Input("moments: N * float")
    .Input("moving_mean: float")
    .Input("moving_variance: float")
    .Output("mean: float")
    .Output("variance: float")
    .Output("next_mean: float")
    .Output("next_variance: float")
    .Attr("N: int >= 1")
    .Attr("momentum: float")
    .SetShapeFn([](InferenceContext* c) {
      std::vector<ShapeHandle> pieces;
      DimensionHandle channels;
      TF_RETURN_IF_ERROR(JoinPieces(c, 0, pieces, channels));
      for (int i = 0; i < 4; i++) c->set_output(i, c->Vector(channels));
      return absl::OkStatus();
    });

REGISTER_OP("ManyheadsNorm")
    .Input("pieces: N * float")
    .Input("mean: float")
    .Input("variance: float")
    .Input("gamma: float")
    .Input("beta: float")
    .Output("y: float")
    .Attr("N: int >= 1")
    .Attr("epsilon: float")
    .Attr("relu: bool")
    .SetShapeFn([](InferenceContext* c) {
      std::vector<ShapeHandle> pieces;
      DimensionHandle channels;
      TF_RETURN_IF_ERROR(JoinPieces(c, 0, pieces, channels));
      ShapeHandle y;
      TF_RETURN_IF_ERROR(c->ReplaceDim(pieces[0], -1, channels, &y));
      c->set_output(0, y);
      return absl::OkStatus();
    });

REGISTER_OP("ManyheadsNormGrad")
    .Input("gradient: float")
    .Input("pieces: N * float")
    .Input("mean: float")
    .Input("variance: float")
    .Input("gamma: float")
    .Input("beta: float")
    .Output("gradients: N * float")
    .Output("dgamma: float")
    .Output("dbeta: float")
    .Attr("N: int >= 1")
    .Attr("epsilon: float")
    .Attr("relu: bool")
    .Attr("training: bool")
    .SetShapeFn([](InferenceContext* c) {
      std::vector<ShapeHandle> pieces;
      DimensionHandle channels;
      TF_RETURN_IF_ERROR(JoinPieces(c, 1, pieces, channels));
      int at = 0;
      for (ShapeHandle piece : pieces) c->set_output(at++, piece);
      c->set_output(at++, c->Vector(channels));
      c->set_output(at, c->Vector(channels));
      return absl::OkStatus();
    });

REGISTER_KERNEL_BUILDER(Name("ManyheadsMoments").Device(tensorflow::DEVICE_CPU), Moments);
REGISTER_KERNEL_BUILDER(Name("ManyheadsJoinMoments").Device(tensorflow::DEVICE_CPU), JoinMoments);
REGISTER_KERNEL_BUILDER(Name("ManyheadsNorm").Device(tensorflow::DEVICE_CPU), Norm);
REGISTER_KERNEL_BUILDER(Name("ManyheadsNormGrad").Device(tensorflow::DEVICE_CPU), NormGrad);

}  // namespace manyheads
