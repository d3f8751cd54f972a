// A network for inference as a list of steps, as src/network/inference writes it and both ops of this folder read it.
#ifndef MANYHEADS_FORWARD_STEP_H_
#define MANYHEADS_FORWARD_STEP_H_

#include <cstdint>
#include <string>
#include <vector>

namespace tensorflow {
class OpKernelConstruction;
}

namespace manyheads {

enum class Kind : int64_t {
  kConv,
  kWinograd,
  kDepthwise,
  kMaxPool,
  kAveragePool,
  kAffine,
  kAdd,
  kMultiply,
  kGlobalAverage,
  kGlobalMax,
  kGlobalMean,
  kCopy,
};
inline constexpr int64_t kKinds = 12;

enum class Activation : int64_t { kNone, kRelu, kSwish, kGelu, kSigmoid };
inline constexpr int64_t kActivations = 5;

enum class Place : int64_t { kNone, kImages, kArena, kLocal, kOutput };

/**
 * Channels of images [B, H·W, stride], which begin `start` floats an image into their place. The arena has room for all images
 * of a call, the local place for those that go through a segment together.
 */
struct View {
  Place place;
  int64_t start, channel, stride;
};

/** All fields are numbers of 64 bits in the order of `fields` in src/network/inference/encode.ts. -1: there is none. */
struct Step {
  Kind kind;
  View in;
  /** What is added behind the norm, or the factors of a product. */
  View other;
  View out;
  int64_t height, width, channels;
  int64_t out_height, out_width, filters;
  /** Window, strides, pixels beyond the image above and to the left. */
  int64_t tall, wide, down, across, top, left;
  int64_t groups;
  Activation activation;
  /** Side of the windows whose mean a convolution of 1×1 reads; 1 for the pixels themselves. */
  int64_t pool;
  /** Do positions beyond the image count as zeros in a pooling? */
  int64_t zeros;
  /** Where its part of the packed weights begins. */
  int64_t packed;
  /** Numbers of weights. A norm has four, gamma, beta, mean and variance, one after the other, and an epsilon. */
  int64_t kernel, bias, after, after_epsilon, before, before_epsilon;

  int64_t Pixels() const { return height * width; }
  int64_t OutPixels() const { return out_height * out_width; }
  /** Rows of the kernel as a matrix, in one group. */
  int64_t Depth() const { return tall * wide * (channels / groups); }
  bool HasOther() const { return other.place != Place::kNone; }
  bool IsPointwise() const {
    return tall == 1 && wide == 1 && down == 1 && across == 1 && top == 0 && left == 0 && groups == 1;
  }
};

inline constexpr int64_t kStepFields = sizeof(Step) / sizeof(int64_t);

/** Columns of a panel of packed weights: two vectors of the widest processors. */
inline constexpr int64_t kPanel = 32;
/** Places in which F(2×2, 3×3) multiplies. */
inline constexpr int64_t kSpots = 16;
/** All parts of the packed weights begin at a multiple of it. */
inline constexpr int64_t kAlign = 16;

inline int64_t Aligned(int64_t floats) { return (floats + kAlign - 1) / kAlign * kAlign; }
inline int64_t Panels(int64_t columns) { return (columns + kPanel - 1) / kPanel; }

/** Where the parts of a step's packed weights begin, in floats from its first one. */
struct Layout {
  int64_t scale, shift, bias, kernel, floats;
  explicit Layout(const Step& step);
};

/** What all steps have to fit into. */
struct Bounds {
  int64_t image_height, image_width, image_channels;
  /** Floats of an image. */
  int64_t arena, local, output;
  int64_t packed;
};

/** The steps of a kernel's attribute `steps`; none and a failed construction where they are not whole and of known kinds. */
std::vector<Step> ReadSteps(tensorflow::OpKernelConstruction* construction);

/** @returns what of the step lies outside, as a sentence; empty where nothing does */
std::string ProblemOf(const Step& step, const Bounds& bounds);

}  // namespace manyheads

#endif  // MANYHEADS_FORWARD_STEP_H_
