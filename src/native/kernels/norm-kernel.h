// What the kernels of batch norm have in common: their inputs, and the gradients of gamma and beta.
#ifndef MANYHEADS_NORM_KERNEL_H_
#define MANYHEADS_NORM_KERNEL_H_

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "norm-rows.h"
#include "rows.h"
#include "tensorflow/core/framework/op_kernel.h"
#include "tensorflow/core/framework/shape_inference.h"

namespace manyheads {

/** Kernels that are called one by one get tensors of any shape: nobody has looked at them. */
inline bool HasChannels(const tensorflow::Tensor& x) { return x.dims() >= 2 && x.dim_size(x.dims() - 1) > 0; }

/** @param x of at least two axes */
inline int64_t ChannelsOf(const tensorflow::Tensor& x) { return x.dim_size(x.dims() - 1); }

inline constexpr float kNoFloor = -std::numeric_limits<float>::infinity();

/** What the gradient of x loses, for each channel, because mean and variance depend on x: offset + (x - mean)·slope. */
struct Correction {
  std::vector<float> offset, slope;
};

/** What forward and backward have in common: the inputs behind `skipped` others are pieces, mean, variance, gamma, beta. */
class NormKernel : public tensorflow::OpKernel {
 public:
  explicit NormKernel(tensorflow::OpKernelConstruction* construction) : tensorflow::OpKernel(construction) {
    OP_REQUIRES_OK(construction, construction->GetAttr("epsilon", &epsilon_));
    bool relu;
    OP_REQUIRES_OK(construction, construction->GetAttr("relu", &relu));
    floor_ = relu ? 0.0f : kNoFloor;
  }

 protected:
  struct Inputs {
    tensorflow::OpInputList pieces;
    int64_t rows, channels;
    const float *mean, *variance, *gamma, *beta;
    std::vector<float> scale;
    std::vector<double> inverse;

    /** Some rows of the piece whose first channel is `at`. */
    Part PartOf(const tensorflow::Tensor& piece, int64_t at, int64_t first, int64_t count, float floor) const {
      const int64_t width = ChannelsOf(piece);
      const float* x = piece.flat<float>().data() + first * width;
      return {x, width, channels, count, mean + at, scale.data() + at, beta + at, floor};
    }

    /**
     * The gradients of gamma and beta.
     * @param sums of the gradient behind the ReLU, and of the same times (x - mean)
     * @param training whether mean and variance depend on x
     */
    Correction Gradients(const SlabSums& sums, bool training, float* dgamma, float* dbeta) const {
      Correction correction{std::vector<float>(channels, 0.0f), std::vector<float>(channels, 0.0f)};
      for (int64_t c = 0; c < channels; c++) {
        const double sum = sums.first[c], product = sums.second[c];
        dbeta[c] = static_cast<float>(sum);
        dgamma[c] = static_cast<float>(product * inverse[c]);
        if (training) {
          correction.offset[c] = static_cast<float>(sum / rows);
          correction.slope[c] = static_cast<float>(product / rows * inverse[c] * inverse[c]);
        }
      }
      return correction;
    }
  };

  void Read(tensorflow::OpKernelContext* context, int skipped, Inputs& inputs) {
    OP_REQUIRES_OK(context, context->input_list("pieces", &inputs.pieces));
    inputs.channels = 0;
    const tensorflow::Tensor& leading = inputs.pieces[0];
    for (const tensorflow::Tensor& piece : inputs.pieces) {
      OP_REQUIRES(context, HasChannels(piece),
                  tensorflow::errors::InvalidArgument("expected rows of channels, got a piece of the shape ",
                                                      piece.shape().DebugString()));
    }
    inputs.rows = leading.NumElements() / ChannelsOf(leading);
    for (const tensorflow::Tensor& piece : inputs.pieces) {
      const int64_t width = ChannelsOf(piece);
      OP_REQUIRES(context, piece.NumElements() == inputs.rows * width,
                  tensorflow::errors::InvalidArgument("pieces of different sizes: ", leading.shape().DebugString(),
                                                      " and ", piece.shape().DebugString()));
      inputs.channels += width;
    }
    const float* vectors[4];
    for (int i = 0; i < 4; i++) {
      const tensorflow::Tensor& vector = context->input(skipped + inputs.pieces.size() + i);
      OP_REQUIRES(
          context, vector.NumElements() == inputs.channels,
          tensorflow::errors::InvalidArgument("expected ", inputs.channels, " channels, got ", vector.NumElements()));
      vectors[i] = vector.flat<float>().data();
    }
    inputs.mean = vectors[0], inputs.variance = vectors[1], inputs.gamma = vectors[2], inputs.beta = vectors[3];
    inputs.scale.resize(inputs.channels);
    inputs.inverse.resize(inputs.channels);
    for (int64_t c = 0; c < inputs.channels; c++) {
      inputs.inverse[c] = 1 / std::sqrt(static_cast<double>(inputs.variance[c]) + epsilon_);
      inputs.scale[c] = static_cast<float>(inputs.gamma[c] * inputs.inverse[c]);
    }
  }

  /** What every gradient writes: of each piece, of gamma and of beta, the first of the op's outputs. */
  struct Outputs {
    std::vector<float*> dx;
    float *dgamma, *dbeta;
  };

  static void Allocate(tensorflow::OpKernelContext* context, const Inputs& in, Outputs& outputs) {
    const int count = in.pieces.size();
    tensorflow::OpOutputList gradients;
    OP_REQUIRES_OK(context, context->output_list("gradients", &gradients));
    for (int p = 0; p < count; p++) {
      tensorflow::Tensor* out = nullptr;
      OP_REQUIRES_OK(context, gradients.allocate(p, in.pieces[p].shape(), &out));
      outputs.dx.push_back(out->flat<float>().data());
    }
    tensorflow::Tensor *dgamma = nullptr, *dbeta = nullptr;
    OP_REQUIRES_OK(context, context->allocate_output(count, tensorflow::TensorShape({in.channels}), &dgamma));
    OP_REQUIRES_OK(context, context->allocate_output(count + 1, tensorflow::TensorShape({in.channels}), &dbeta));
    outputs.dgamma = dgamma->flat<float>().data(), outputs.dbeta = dbeta->flat<float>().data();
  }

  float epsilon_;
  float floor_;
};

/** Shapes of `count` pieces that begin at an input, and the channels of all together. */
inline absl::Status JoinPieces(tensorflow::shape_inference::InferenceContext* c, int first,
                               std::vector<tensorflow::shape_inference::ShapeHandle>& pieces,
                               tensorflow::shape_inference::DimensionHandle& channels) {
  int count;
  TF_RETURN_IF_ERROR(c->GetAttr("N", &count));
  channels = c->MakeDim(0);
  for (int i = first; i < first + count; i++) {
    tensorflow::shape_inference::ShapeHandle piece;
    TF_RETURN_IF_ERROR(c->WithRankAtLeast(c->input(i), 2, &piece));
    TF_RETURN_IF_ERROR(c->Add(channels, c->Dim(piece, -1), &channels));
    pieces.push_back(piece);
  }
  return absl::OkStatus();
}

}  // namespace manyheads

#endif  // MANYHEADS_NORM_KERNEL_H_
