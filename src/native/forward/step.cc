// Steps as they are read and checked: step.h. Whoever calls the ops one by one may give them any numbers.
#include "step.h"

#include <cstring>

#include "tensorflow/core/framework/op_kernel.h"

namespace manyheads {
namespace {

/** Of every number of a step: products of four stay below 2^63. */
constexpr int64_t kMost = int64_t{1} << 15;
constexpr int64_t kMostFloats = int64_t{1} << 40;

bool Within(int64_t value, int64_t least, int64_t most) { return value >= least && value <= most; }

bool Fits(const View& view, int64_t pixels, int64_t channels, const Bounds& bounds) {
  if (view.channel < 0 || view.start < 0 || !Within(view.stride, 1, kMost)) return false;
  if (view.channel > view.stride || channels > view.stride - view.channel) return false;
  switch (view.place) {
    case Place::kImages:
      return view.start == 0 && view.stride == bounds.image_channels &&
             pixels == bounds.image_height * bounds.image_width;
    case Place::kArena:
      return view.start <= bounds.arena && pixels * view.stride <= bounds.arena - view.start;
    case Place::kLocal:
      return view.start <= bounds.local && pixels * view.stride <= bounds.local - view.start;
    case Place::kOutput:
      return view.start == 0 && pixels == 1 && view.stride == bounds.output;
    default:
      return false;
  }
}

bool HasKernel(Kind kind) { return kind == Kind::kConv || kind == Kind::kWinograd || kind == Kind::kDepthwise; }

/** Are the sizes of input and output those of its kind? */
bool IsConsistent(const Step& s) {
  const bool same_pixels = s.out_height == s.height && s.out_width == s.width;
  const bool same_channels = s.filters == s.channels;
  if (s.kind != Kind::kConv && s.groups != 1) return false;
  switch (s.kind) {
    case Kind::kConv:
      if (s.channels % s.groups != 0 || s.filters % s.groups != 0) return false;
      if (s.pool > 1 || s.before >= 0) {
        return s.IsPointwise() && s.out_height * s.pool <= s.height && s.out_width * s.pool <= s.width;
      }
      return !s.IsPointwise() || same_pixels;
    case Kind::kWinograd:
      return same_pixels && s.tall == 3 && s.wide == 3 && s.down == 1 && s.across == 1 && s.top == 1 && s.left == 1 &&
             s.channels % kAlign == 0 && s.filters % kAlign == 0 && s.before < 0 && !s.HasOther() &&
             (s.activation == Activation::kNone || s.activation == Activation::kRelu);
    case Kind::kDepthwise:
    case Kind::kMaxPool:
    case Kind::kAveragePool:
      return same_channels;
    case Kind::kAdd:
    case Kind::kMultiply:
      return same_channels && same_pixels && s.HasOther();
    case Kind::kAffine:
    case Kind::kCopy:
      return same_channels && same_pixels;
    default:
      return same_channels && s.OutPixels() == 1;
  }
}

/** @returns false where the numbers are not whole steps of known kinds, with `problem` as a sentence */
bool TakeSteps(const std::vector<int64_t>& numbers, std::vector<Step>* steps, std::string* problem) {
  if (numbers.empty() || numbers.size() % kStepFields != 0) {
    *problem = "expected " + std::to_string(kStepFields) + " numbers a step, got " + std::to_string(numbers.size());
    return false;
  }
  steps->resize(numbers.size() / kStepFields);
  for (size_t i = 0; i < steps->size(); i++) {
    Step& s = (*steps)[i];
    std::memcpy(&s, numbers.data() + i * kStepFields, sizeof(Step));
    bool known = Within(static_cast<int64_t>(s.kind), 0, kKinds - 1) &&
                 Within(static_cast<int64_t>(s.activation), 0, kActivations - 1) && Within(s.packed, 0, kMostFloats) &&
                 s.packed % kAlign == 0;
    for (const View* view : {&s.in, &s.other, &s.out}) {
      known = known && Within(static_cast<int64_t>(view->place), 0, 4) && Within(view->start, 0, kMostFloats);
    }
    for (int64_t size : {s.height, s.width, s.channels, s.out_height, s.out_width, s.filters, s.tall, s.wide, s.down,
                         s.across, s.groups, s.pool}) {
      known = known && Within(size, 1, kMost);
    }
    known = known && Within(s.top, 0, kMost) && Within(s.left, 0, kMost) && IsConsistent(s);
    known = known && (!HasKernel(s.kind) || s.kernel >= 0);
    if (!known) {
      *problem = "step " + std::to_string(i) + " is none that can be computed";
      return false;
    }
  }
  return true;
}

}  // namespace

Layout::Layout(const Step& s) {
  const bool has_before = s.kind == Kind::kConv && s.before >= 0;
  scale = 0;
  shift = has_before || s.kind == Kind::kAffine ? Aligned(s.channels) : 0;
  bias = 2 * shift;
  kernel = bias;
  floats = kernel;
  const int64_t columns = s.filters / s.groups;
  if (s.kind == Kind::kConv) {
    kernel = bias + s.groups * Panels(columns) * kPanel;
    floats = kernel + s.groups * Panels(columns) * kPanel * s.Depth();
  } else if (s.kind == Kind::kWinograd) {
    kernel = bias + Panels(columns) * kPanel;
    floats = kernel + kSpots * Panels(columns) * kPanel * s.channels;
  } else if (s.kind == Kind::kDepthwise) {
    kernel = bias + Aligned(s.channels);
    floats = kernel + Aligned(s.channels) * s.tall * s.wide;
  } else if (s.kind == Kind::kGlobalMean) {
    floats = kAlign;
  }
}

std::vector<Step> ReadSteps(tensorflow::OpKernelConstruction* construction) {
  std::vector<int64_t> numbers;
  std::vector<Step> steps;
  std::string problem;
  const absl::Status status = construction->GetAttr("steps", &numbers);
  if (status.ok() && TakeSteps(numbers, &steps, &problem)) return steps;
  construction->CtxFailure(status.ok() ? tensorflow::errors::InvalidArgument(problem) : status);
  return {};
}

std::string ProblemOf(const Step& s, const Bounds& bounds) {
  if (!Fits(s.in, s.Pixels(), s.channels, bounds)) return "its input lies outside";
  if (!Fits(s.out, s.OutPixels(), s.filters, bounds) || s.out.place == Place::kImages) return "its output lies outside";
  const int64_t other_pixels = s.kind == Kind::kMultiply ? 1 : s.OutPixels();
  if (s.HasOther() && !Fits(s.other, other_pixels, s.filters, bounds)) return "what is added to it lies outside";
  if (Layout(s).floats > bounds.packed - s.packed) return "its weights lie outside";
  return "";
}

}  // namespace manyheads
