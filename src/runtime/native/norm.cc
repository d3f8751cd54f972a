// Batch normalisation (Ioffe and Szegedy, arXiv:1502.03167) with the ReLU behind it, over images that come in pieces: what
// a dense block concatenates is read where it lies, the mean and variance of each piece are computed once however many
// layers normalise it, and the ReLU costs no pass of its own. On the CPU only; elsewhere TensorFlow's own ops serve.
// Letters: R rows (all axes but the last), C channels of all pieces together.
#include <cmath>
#include <vector>

#include "rows.h"
#include "tensorflow/core/framework/op.h"
#include "tensorflow/core/framework/shape_inference.h"

namespace manyheads {

using tensorflow::OpInputList;
using tensorflow::OpKernel;
using tensorflow::OpKernelConstruction;
using tensorflow::OpKernelContext;
using tensorflow::OpOutputList;
using tensorflow::Tensor;
using tensorflow::TensorShape;
using tensorflow::errors::InvalidArgument;

namespace {

int64_t ChannelsOf(const Tensor& x) { return x.dim_size(x.dims() - 1); }

/** Sums of d = x - shift and of d² over some rows are added to `sums` and `squares`. */
FOR_EACH_PROCESSOR
void AddMoments(const float* __restrict x, int64_t rows, int64_t channels, const float* __restrict shift,
                float* __restrict sums, float* __restrict squares) {
  const int64_t tile = TileRows(channels);
  for (int64_t first = 0; first < rows; first += tile) {
    const int64_t last = std::min(rows, first + tile);
    int64_t c = 0;
    for (; c + kBlock <= channels; c += kBlock) {
      float sum[kBlock], square[kBlock], origin[kBlock];
      for (int k = 0; k < kBlock; k++) sum[k] = sums[c + k], square[k] = squares[c + k], origin[k] = shift[c + k];
      for (int64_t r = first; r < last; r++) {
        const float* row = x + r * channels + c;
        for (int k = 0; k < kBlock; k++) {
          const float d = row[k] - origin[k];
          sum[k] += d;
          square[k] += d * d;
        }
      }
      for (int k = 0; k < kBlock; k++) sums[c + k] = sum[k], squares[c + k] = square[k];
    }
    for (; c < channels; c++) {
      for (int64_t r = first; r < last; r++) {
        const float d = x[r * channels + c] - shift[c];
        sums[c] += d;
        squares[c] += d * d;
      }
    }
  }
}

/** What the values of one channel become: max(0, (x - mean)·scale + beta), or without max. */
struct Coefficients {
  std::vector<float> mean, scale, beta;
};

/** Writes a piece of the output: `y` points at the piece's first channel, in rows of `width` channels. */
FOR_EACH_PROCESSOR
void Apply(const float* __restrict x, int64_t rows, int64_t channels, const float* __restrict mean,
           const float* __restrict scale, const float* __restrict beta, float floor, float* __restrict y,
           int64_t width) {
  int64_t c = 0;
  for (; c + kBlock <= channels; c += kBlock) {
    float m[kBlock], s[kBlock], b[kBlock];
    for (int k = 0; k < kBlock; k++) m[k] = mean[c + k], s[k] = scale[c + k], b[k] = beta[c + k];
    for (int64_t r = 0; r < rows; r++) {
      const float* from = x + r * channels + c;
      float* to = y + r * width + c;
      for (int k = 0; k < kBlock; k++) {
        const float value = (from[k] - m[k]) * s[k] + b[k];
        to[k] = value < floor ? floor : value;
      }
    }
  }
  for (; c < channels; c++) {
    for (int64_t r = 0; r < rows; r++) {
      const float value = (x[r * channels + c] - mean[c]) * scale[c] + beta[c];
      y[r * width + c] = value < floor ? floor : value;
    }
  }
}

/** Adds up, over some rows, the gradient behind the ReLU, and the same times (x - mean). */
FOR_EACH_PROCESSOR
void AddGradientSums(const float* __restrict x, const float* __restrict dy, int64_t rows, int64_t channels,
                     int64_t width, const float* __restrict mean, const float* __restrict scale,
                     const float* __restrict beta, float floor, float* __restrict sums,
                     float* __restrict products) {
  int64_t c = 0;
  for (; c + kBlock <= channels; c += kBlock) {
    float m[kBlock], s[kBlock], b[kBlock], sum[kBlock], product[kBlock];
    for (int k = 0; k < kBlock; k++) {
      m[k] = mean[c + k], s[k] = scale[c + k], b[k] = beta[c + k];
      sum[k] = sums[c + k], product[k] = products[c + k];
    }
    for (int64_t r = 0; r < rows; r++) {
      const float* at = x + r * channels + c;
      const float* from = dy + r * width + c;
      for (int k = 0; k < kBlock; k++) {
        const float centred = at[k] - m[k];
        const float g = centred * s[k] + b[k] > floor ? from[k] : 0.0f;
        sum[k] += g;
        product[k] += g * centred;
      }
    }
    for (int k = 0; k < kBlock; k++) sums[c + k] = sum[k], products[c + k] = product[k];
  }
  for (; c < channels; c++) {
    for (int64_t r = 0; r < rows; r++) {
      const float centred = x[r * channels + c] - mean[c];
      const float g = centred * scale[c] + beta[c] > floor ? dy[r * width + c] : 0.0f;
      sums[c] += g;
      products[c] += g * centred;
    }
  }
}

/** dx = scale·(g - offset - (x - mean)·slope), g the gradient behind the ReLU. */
FOR_EACH_PROCESSOR
void ApplyGradient(const float* __restrict x, const float* __restrict dy, int64_t rows, int64_t channels,
                   int64_t width, const float* __restrict mean, const float* __restrict scale,
                   const float* __restrict beta, float floor, const float* __restrict offset,
                   const float* __restrict slope, float* __restrict dx) {
  int64_t c = 0;
  for (; c + kBlock <= channels; c += kBlock) {
    float m[kBlock], s[kBlock], b[kBlock], o[kBlock], l[kBlock];
    for (int k = 0; k < kBlock; k++) {
      m[k] = mean[c + k], s[k] = scale[c + k], b[k] = beta[c + k], o[k] = offset[c + k], l[k] = slope[c + k];
    }
    for (int64_t r = 0; r < rows; r++) {
      const float* at = x + r * channels + c;
      const float* from = dy + r * width + c;
      float* to = dx + r * channels + c;
      for (int k = 0; k < kBlock; k++) {
        const float centred = at[k] - m[k];
        const float g = centred * s[k] + b[k] > floor ? from[k] : 0.0f;
        to[k] = s[k] * (g - o[k] - centred * l[k]);
      }
    }
  }
  for (; c < channels; c++) {
    for (int64_t r = 0; r < rows; r++) {
      const float centred = x[r * channels + c] - mean[c];
      const float g = centred * scale[c] + beta[c] > floor ? dy[r * width + c] : 0.0f;
      dx[r * channels + c] = scale[c] * (g - offset[c] - centred * slope[c]);
    }
  }
}

constexpr float kNoFloor = -std::numeric_limits<float>::infinity();

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
    const Slabs slabs(rows);
    // Per slab the sums, then the squares. The first row is near enough to the mean for squares of differences.
    std::vector<float> partial(slabs.count * 2 * channels, 0.0f);
    Divide(context, slabs.count, slabs.rows * channels * 0.1, [&](int64_t first, int64_t last) {
      for (int64_t s = first; s < last; s++) {
        const int64_t begin = s * slabs.rows, end = std::min(rows, begin + slabs.rows);
        float* sums = partial.data() + s * 2 * channels;
        AddMoments(values + begin * channels, end - begin, channels, values, sums, sums + channels);
      }
    });
    for (int64_t c = 0; c < channels; c++) {
      double sum = 0, square = 0;
      for (int64_t s = 0; s < slabs.count; s++) {
        sum += partial[s * 2 * channels + c];
        square += partial[(s * 2 + 1) * channels + c];
      }
      const double shifted = sum / rows;
      mean[c] = static_cast<float>(values[c] + shifted);
      variance[c] = static_cast<float>(std::max(0.0, square / rows - shifted * shifted));
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
    for (const Tensor& piece : pieces) channels += ChannelsOf(piece);
    OP_REQUIRES(context, mean.NumElements() == channels && variance.NumElements() == channels,
                InvalidArgument("the moving averages have ", mean.NumElements(), " and ",
                                variance.NumElements(), " channels, the pieces ", channels));
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

/** What forward and backward have in common: the inputs behind `skipped` others are pieces, mean, variance, gamma, beta. */
class NormKernel : public OpKernel {
 public:
  explicit NormKernel(OpKernelConstruction* construction) : OpKernel(construction) {
    OP_REQUIRES_OK(construction, construction->GetAttr("epsilon", &epsilon_));
    bool relu;
    OP_REQUIRES_OK(construction, construction->GetAttr("relu", &relu));
    floor_ = relu ? 0.0f : kNoFloor;
  }

 protected:
  struct Inputs {
    OpInputList pieces;
    int64_t rows, channels;
    const float *mean, *variance, *gamma, *beta;
    std::vector<float> scale, inverse;
  };

  void Read(OpKernelContext* context, int skipped, Inputs& inputs) {
    OP_REQUIRES_OK(context, context->input_list("pieces", &inputs.pieces));
    inputs.channels = 0;
    const Tensor& leading = inputs.pieces[0];
    inputs.rows = leading.NumElements() / std::max<int64_t>(1, ChannelsOf(leading));
    for (const Tensor& piece : inputs.pieces) {
      const int64_t width = ChannelsOf(piece);
      OP_REQUIRES(context, width > 0 && piece.NumElements() == inputs.rows * width,
                  InvalidArgument("pieces of different sizes: ", leading.shape().DebugString(), " and ",
                                  piece.shape().DebugString()));
      inputs.channels += width;
    }
    const float* vectors[4];
    for (int i = 0; i < 4; i++) {
      const Tensor& vector = context->input(skipped + inputs.pieces.size() + i);
      OP_REQUIRES(context, vector.NumElements() == inputs.channels,
                  InvalidArgument("expected ", inputs.channels, " channels, got ", vector.NumElements()));
      vectors[i] = vector.flat<float>().data();
    }
    inputs.mean = vectors[0], inputs.variance = vectors[1], inputs.gamma = vectors[2], inputs.beta = vectors[3];
    inputs.scale.resize(inputs.channels);
    inputs.inverse.resize(inputs.channels);
    for (int64_t c = 0; c < inputs.channels; c++) {
      inputs.inverse[c] = 1.0f / std::sqrt(inputs.variance[c] + epsilon_);
      inputs.scale[c] = inputs.gamma[c] * inputs.inverse[c];
    }
  }

  float epsilon_;
  float floor_;
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
          const int64_t width = ChannelsOf(piece);
          Apply(piece.flat<float>().data() + begin * width, rows, width, in.mean + at, in.scale.data() + at,
                in.beta + at, floor_, y + begin * in.channels + at, in.channels);
          at += width;
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
    OpOutputList outputs;
    OP_REQUIRES_OK(context, context->output_list("gradients", &outputs));
    std::vector<float*> dx(count);
    for (int p = 0; p < count; p++) {
      Tensor* out = nullptr;
      OP_REQUIRES_OK(context, outputs.allocate(p, in.pieces[p].shape(), &out));
      dx[p] = out->flat<float>().data();
    }
    Tensor *dgamma = nullptr, *dbeta = nullptr;
    OP_REQUIRES_OK(context, context->allocate_output(count, TensorShape({channels}), &dgamma));
    OP_REQUIRES_OK(context, context->allocate_output(count + 1, TensorShape({channels}), &dbeta));

    const Slabs slabs(rows);
    const int64_t tile = TileRows(channels);
    std::vector<float> partial(slabs.count * 2 * channels, 0.0f);
    Divide(context, slabs.count, slabs.rows * channels * 0.25, [&](int64_t first, int64_t last) {
      for (int64_t s = first; s < last; s++) {
        const int64_t end = std::min(rows, (s + 1) * slabs.rows);
        float* sums = partial.data() + s * 2 * channels;
        for (int64_t begin = s * slabs.rows; begin < end; begin += tile) {
          int64_t at = 0;
          for (const Tensor& piece : in.pieces) {
            const int64_t width = ChannelsOf(piece);
            AddGradientSums(piece.flat<float>().data() + begin * width, dy + begin * channels + at,
                            std::min(tile, end - begin), width, channels, in.mean + at, in.scale.data() + at,
                            in.beta + at, floor_, sums + at, sums + channels + at);
            at += width;
          }
        }
      }
    });
    std::vector<float> offset(channels, 0.0f), slope(channels, 0.0f);
    for (int64_t c = 0; c < channels; c++) {
      double sum = 0, product = 0;
      for (int64_t s = 0; s < slabs.count; s++) {
        sum += partial[s * 2 * channels + c];
        product += partial[(s * 2 + 1) * channels + c];
      }
      dbeta->flat<float>().data()[c] = static_cast<float>(sum);
      dgamma->flat<float>().data()[c] = static_cast<float>(product * in.inverse[c]);
      if (training_) {
        offset[c] = static_cast<float>(sum / rows);
        slope[c] = static_cast<float>(product / rows * in.inverse[c] * in.inverse[c]);
      }
    }
    const int64_t tiles = (rows + tile - 1) / tile;
    Divide(context, tiles, tile * channels * 0.3, [&](int64_t first, int64_t last) {
      for (int64_t t = first; t < last; t++) {
        const int64_t begin = t * tile;
        int64_t at = 0;
        for (int p = 0; p < count; p++) {
          const int64_t width = ChannelsOf(in.pieces[p]);
          ApplyGradient(in.pieces[p].flat<float>().data() + begin * width, dy + begin * channels + at,
                        std::min(tile, rows - begin), width, channels, in.mean + at, in.scale.data() + at,
                        in.beta + at, floor_, offset.data() + at, slope.data() + at, dx[p] + begin * width);
          at += width;
        }
      }
    });
  }

 private:
  bool training_;
};

}  // namespace

REGISTER_OP("ManyheadsMoments").Input("x: float").Output("moments: float");

REGISTER_OP("ManyheadsJoinMoments")
    .Input("moments: N * float")
    .Input("moving_mean: float")
    .Input("moving_variance: float")
    .Output("mean: float")
    .Output("variance: float")
    .Output("next_mean: float")
    .Output("next_variance: float")
    .Attr("N: int >= 1")
    .Attr("momentum: float");

REGISTER_OP("ManyheadsNorm")
    .Input("pieces: N * float")
    .Input("mean: float")
    .Input("variance: float")
    .Input("gamma: float")
    .Input("beta: float")
    .Output("y: float")
    .Attr("N: int >= 1")
    .Attr("epsilon: float")
    .Attr("relu: bool");

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
    .Attr("training: bool");

REGISTER_KERNEL_BUILDER(Name("ManyheadsMoments").Device(tensorflow::DEVICE_CPU), Moments);
REGISTER_KERNEL_BUILDER(Name("ManyheadsJoinMoments").Device(tensorflow::DEVICE_CPU), JoinMoments);
REGISTER_KERNEL_BUILDER(Name("ManyheadsNorm").Device(tensorflow::DEVICE_CPU), Norm);
REGISTER_KERNEL_BUILDER(Name("ManyheadsNormGrad").Device(tensorflow::DEVICE_CPU), NormGrad);

}  // namespace manyheads
