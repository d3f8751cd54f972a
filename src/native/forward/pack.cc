// Weights of a network as the steps of a forward want them (step.h): norms folded into the convolutions before them or
// turned into a factor and a summand, kernels in panels of 32 columns or transformed for Winograd. All of it in doubles,
// rounded once.
#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "../kernels/rows.h"
#include "step.h"
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
using tensorflow::shape_inference::InferenceContext;

namespace {

constexpr int64_t kMostPacked = int64_t{1} << 33;
constexpr uintptr_t kHugePage = 2 << 20;

/** For memory that has not been written to yet. A forward of one image is mostly reading it: with few pages less is looked up. */
void UseHugePages(float* memory, int64_t floats) {
#if defined(__linux__)
  const uintptr_t begin = (reinterpret_cast<uintptr_t>(memory) + kHugePage - 1) & ~(kHugePage - 1);
  const uintptr_t end = reinterpret_cast<uintptr_t>(memory + floats) & ~(kHugePage - 1);
  // It is a wish: where the kernel does not have them, pages stay as they are.
  if (end > begin) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
#endif
}

/** A norm by its moving averages: x·scale + shift. */
struct Affine {
  std::vector<double> scale, shift;
};

class Pack : public OpKernel {
 public:
  explicit Pack(OpKernelConstruction* construction) : OpKernel(construction) {
    OP_REQUIRES_OK(construction, construction->GetAttr("sizes", &sizes_));
    OP_REQUIRES_OK(construction, construction->GetAttr("epsilons", &epsilons_));
    OP_REQUIRES_OK(construction, construction->GetAttr("floats", &floats_));
    OP_REQUIRES(construction, floats_ >= 1 && floats_ <= kMostPacked,
                InvalidArgument("cannot pack ", floats_, " floats"));
    for (int64_t size : sizes_)
      OP_REQUIRES(construction, size >= 1 && size <= kMostPacked, InvalidArgument("a weight of ", size, " floats"));
    steps_ = ReadSteps(construction);
    for (size_t i = 0; i < steps_.size(); i++) {
      const std::string problem = ProblemOfWeights(steps_[i]);
      OP_REQUIRES(construction, problem.empty(), InvalidArgument("step ", i, ": ", problem));
    }
  }

  void Compute(OpKernelContext* context) override {
    OpInputList inputs;
    OP_REQUIRES_OK(context, context->input_list("weights", &inputs));
    std::vector<const float*> weights;
    int input = 0;
    int64_t at = 0;
    for (int64_t size : sizes_) {
      while (input < inputs.size() && at == inputs[input].NumElements()) input++, at = 0;
      OP_REQUIRES(context, input < inputs.size() && size <= inputs[input].NumElements() - at,
                  InvalidArgument("the weights are not those of the steps"));
      weights.push_back(inputs[input].flat<float>().data() + at);
      at += size;
    }
    Tensor* packed = nullptr;
    OP_REQUIRES_OK(context, context->allocate_output(0, TensorShape({floats_}), &packed));
    float* to = packed->flat<float>().data();
    UseHugePages(to, floats_);
    // Gaps between parts are written, too.
    std::memset(to, 0, floats_ * sizeof(float));
    Divide(context, steps_.size(), floats_ * 1.0 / steps_.size(), [&](int64_t first, int64_t last) {
      for (int64_t i = first; i < last; i++) PackStep(steps_[i], weights, to + steps_[i].packed);
    });
  }

 private:
  std::vector<Step> steps_;
  std::vector<int64_t> sizes_;
  std::vector<float> epsilons_;
  int64_t floats_;

  bool Has(int64_t weight, int64_t size) const {
    return weight >= 0 && weight < static_cast<int64_t>(sizes_.size()) && sizes_[weight] == size;
  }

  bool HasNorm(int64_t first, int64_t epsilon, int64_t channels) const {
    if (first < 0) return true;
    bool has = epsilon >= 0 && epsilon < static_cast<int64_t>(epsilons_.size());
    for (int64_t i = 0; i < 4; i++) has = has && Has(first + i, channels);
    return has;
  }

  std::string ProblemOfWeights(const Step& s) const {
    if (Layout(s).floats > floats_ - s.packed) return "its weights lie outside";
    if (!HasNorm(s.after, s.after_epsilon, s.filters)) return "no norm behind it";
    if (!HasNorm(s.before, s.before_epsilon, s.channels)) return "no norm before it";
    if (s.kernel >= 0) {
      const int64_t inputs = s.kind == Kind::kDepthwise ? 1 : s.channels / s.groups;
      const int64_t size = s.kind == Kind::kGlobalMean ? 1 : s.tall * s.wide * inputs * s.filters;
      if (!Has(s.kernel, size)) return "no kernel of its size";
    } else if (s.kind == Kind::kGlobalMean) {
      return "no exponent";
    }
    return s.bias < 0 || Has(s.bias, s.filters) ? "" : "no bias of its size";
  }

  Affine NormOf(int64_t first, int64_t epsilon, int64_t channels, const std::vector<const float*>& weights) const {
    Affine norm{std::vector<double>(channels, 1.0), std::vector<double>(channels, 0.0)};
    if (first < 0) return norm;
    const float *gamma = weights[first], *beta = weights[first + 1], *mean = weights[first + 2],
                *variance = weights[first + 3];
    for (int64_t c = 0; c < channels; c++) {
      norm.scale[c] = gamma[c] / std::sqrt(static_cast<double>(variance[c]) + epsilons_[epsilon]);
      norm.shift[c] = beta[c] - mean[c] * norm.scale[c];
    }
    return norm;
  }

  void PackStep(const Step& s, const std::vector<const float*>& weights, float* to) const {
    const Layout layout(s);
    if (s.kind == Kind::kGlobalMean) {
      to[0] = weights[s.kernel][0];
      return;
    }
    if (layout.shift > 0) {
      const bool is_affine = s.kind == Kind::kAffine;
      const Affine norm = is_affine ? NormOf(s.after, s.after_epsilon, s.channels, weights)
                                    : NormOf(s.before, s.before_epsilon, s.channels, weights);
      for (int64_t c = 0; c < s.channels; c++) {
        to[c] = static_cast<float>(norm.scale[c]);
        to[layout.shift + c] = static_cast<float>(norm.shift[c]);
      }
    }
    if (s.kernel < 0) return;
    const Affine after = NormOf(s.after, s.after_epsilon, s.filters, weights);
    const int64_t group_filters = s.filters / s.groups;
    for (int64_t o = 0; o < s.filters; o++) {
      const double bias = s.bias < 0 ? 0.0 : weights[s.bias][o];
      const int64_t at = o / group_filters * Panels(group_filters) * kPanel + o % group_filters;
      to[layout.bias + (s.kind == Kind::kConv ? at : o)] = static_cast<float>(bias * after.scale[o] + after.shift[o]);
    }
    const float* kernel = weights[s.kernel];
    float* panels = to + layout.kernel;
    if (s.kind == Kind::kConv) {
      PackPanels(s, kernel, after.scale, panels);
    } else if (s.kind == Kind::kWinograd) {
      PackTransformed(s, kernel, after.scale, panels);
    } else {
      for (int64_t w = 0; w < s.tall * s.wide; w++) {
        for (int64_t c = 0; c < s.channels; c++) {
          panels[w * Aligned(s.channels) + c] = static_cast<float>(kernel[w * s.channels + c] * after.scale[c]);
        }
      }
    }
  }

  /** [depth, filters] to [groups, panels, depth, 32]. */
  static void PackPanels(const Step& s, const float* kernel, const std::vector<double>& scale, float* to) {
    const int64_t columns = s.filters / s.groups, depth = s.Depth();
    for (int64_t g = 0; g < s.groups; g++) {
      for (int64_t p = 0; p < Panels(columns); p++) {
        const int64_t first = g * columns + p * kPanel, count = std::min(kPanel, columns - p * kPanel);
        for (int64_t k = 0; k < depth; k++, to += kPanel) {
          const float* from = kernel + k * s.filters + first;
          for (int64_t j = 0; j < count; j++) to[j] = static_cast<float>(from[j] * scale[first + j]);
        }
      }
    }
  }

  /** GgGᵀ: [3, 3, I, O] to [16, panels, I, 32]. */
  static void PackTransformed(const Step& s, const float* kernel, const std::vector<double>& scale, float* to) {
    const int64_t in = s.channels, out = s.filters, plane = Panels(out) * kPanel * in;
    for (int64_t i = 0; i < in; i++) {
      for (int64_t o = 0; o < out; o++) {
        double half[4][3];
        for (int j = 0; j < 3; j++) {
          const double g0 = kernel[(j * in + i) * out + o], g1 = kernel[((3 + j) * in + i) * out + o],
                       g2 = kernel[((6 + j) * in + i) * out + o];
          half[0][j] = g0, half[1][j] = 0.5 * (g0 + g1 + g2), half[2][j] = 0.5 * (g0 - g1 + g2), half[3][j] = g2;
        }
        float* at = to + (o / kPanel * in + i) * kPanel + o % kPanel;
        for (int r = 0; r < 4; r++) {
          const double* h = half[r];
          const double spots[4] = {h[0], 0.5 * (h[0] + h[1] + h[2]), 0.5 * (h[0] - h[1] + h[2]), h[2]};
          for (int c = 0; c < 4; c++) at[(r * 4 + c) * plane] = static_cast<float>(spots[c] * scale[o]);
        }
      }
    }
  }
};

}  // namespace

REGISTER_OP("ManyheadsPack")
    .Input("weights: N * float")
    .Output("packed: float")
    .Attr("N: int >= 1")
    .Attr("steps: list(int)")
    .Attr("sizes: list(int)")
    .Attr("epsilons: list(float)")
    .Attr("floats: int")
    .SetShapeFn([](InferenceContext* c) {
      int64_t floats;
      TF_RETURN_IF_ERROR(c->GetAttr("floats", &floats));
      c->set_output(0, c->Vector(floats));
      return absl::OkStatus();
    });

REGISTER_KERNEL_BUILDER(Name("ManyheadsPack").Device(tensorflow::DEVICE_CPU), Pack);

}  // namespace manyheads
