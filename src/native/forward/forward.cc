// A whole network for inference as one op: images and packed weights (pack.cc) in, the outputs of its last layers beside each
// other out. Nothing is kept for gradients, and maps that are no longer read give their memory to later ones.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "../kernels/lanes.h"
#include "crew.h"
#include "step.h"
#include "tasks.h"
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

/** Floats of the maps that a member works on in a step, so that they lie in its cache from one step to the next. */
constexpr int64_t kCachedFloats = 128 << 10;
/** Products of a call from which on other threads are woken: some tens of microseconds. */
constexpr double kLeastProducts = 3e6;
constexpr int64_t kMostArena = int64_t{1} << 33;
constexpr int64_t kMostOutput = int64_t{1} << 15;

class ForwardKernel : public OpKernel {
 public:
  explicit ForwardKernel(OpKernelConstruction* construction) : OpKernel(construction) {
    OP_REQUIRES_OK(construction, construction->GetAttr("arena", &arena_));
    OP_REQUIRES_OK(construction, construction->GetAttr("local", &local_));
    OP_REQUIRES_OK(construction, construction->GetAttr("width", &width_));
    OP_REQUIRES(construction,
                arena_ >= 0 && arena_ <= kMostArena && local_ >= 0 && local_ <= kMostArena && width_ >= 1 &&
                    width_ <= kMostOutput,
                InvalidArgument("no outputs of ", width_, " floats, or no memory of ", arena_, " and ", local_));
    steps_ = ReadSteps(construction);
    for (const Step& step : steps_) scratch_ = std::max(scratch_, Aligned(ScratchOf(step)));
    const int64_t lanes = ReadLanes(construction);
    if (lanes > 0) functions_ = VectorFunctionsFor(lanes);
  }

  void Compute(OpKernelContext* context) override {
    const Tensor &images = context->input(0), &packed = context->input(1);
    OP_REQUIRES(context, images.dims() == 4 && images.NumElements() > 0,
                InvalidArgument("expected images, got the shape ", images.shape().DebugString()));
    const int64_t count = images.dim_size(0);
    const Bounds bounds{images.dim_size(1),  images.dim_size(2), images.dim_size(3), arena_, local_, width_,
                        packed.NumElements()};
    for (size_t i = 0; i < steps_.size(); i++) {
      const std::string problem = ProblemOf(steps_[i], bounds);
      OP_REQUIRES(context, problem.empty(), InvalidArgument("step ", i, ": ", problem));
    }
    Tensor* output = nullptr;
    OP_REQUIRES_OK(context, context->allocate_output(0, TensorShape({count, width_}), &output));
    Forward forward;
    forward.members = MembersOf(context);
    forward.scratch_floats = scratch_;
    forward.functions = functions_;
    forward.packed = packed.flat<float>().data();
    const std::vector<Segment> segments = SegmentsOf(count, forward.members);
    int64_t shared = 0, together = 1;
    for (const Segment& segment : segments) {
      together = std::max(together, segment.images);
      for (size_t i = segment.first; i < segment.end; i++) {
        shared = std::max(shared, SharedOf(steps_[i], segment.images));
      }
    }
    const int64_t arena = Aligned(arena_ * count), local = Aligned(local_ * together);
    const int64_t scratch = forward.members * scratch_;
    Tensor memory;
    OP_REQUIRES_OK(context, context->allocate_temp(tensorflow::DT_FLOAT,
                                                   TensorShape({arena + local + scratch + shared + kAlign}), &memory));
    forward.arena = memory.flat<float>().data();
    forward.local = forward.arena + arena;
    forward.scratch = forward.local + local;
    forward.shared = forward.scratch + scratch;
    forward.pixels = images.flat<float>().data();
    forward.output = output->flat<float>().data();
    forward.all = count;
    std::vector<Task> tasks;
    for (const Segment& segment : segments) {
      for (forward.first = 0; forward.first < count; forward.first += segment.images) {
        forward.images = std::min(segment.images, count - forward.first);
        for (size_t i = segment.first; i < segment.end; i++) AddStep(forward, steps_[i], &tasks);
      }
    }
    double products = 0;
    for (const Step& s : steps_) products += static_cast<double>(count) * s.OutPixels() * s.filters * s.Depth();
    RunTasks(context, std::move(tasks), products < kLeastProducts);
  }

 private:
  std::vector<Step> steps_;
  int64_t arena_, local_, width_, scratch_ = 0;
  VectorFunctions functions_;

  /** Steps that some images go through before the next images do. */
  struct Segment {
    size_t first, end;
    int64_t images;
  };

  /** Floats of an image that a step reads and writes. */
  static int64_t FloatsOf(const Step& s) { return s.Pixels() * s.channels + s.OutPixels() * s.filters; }

  /**
   * A segment is what works on maps of one size. So many images go through it together as have their maps in the caches; all
   * of them where reading the weights again for each group would take longer than reading the maps.
   */
  std::vector<Segment> SegmentsOf(int64_t count, int64_t members) const {
    std::vector<Segment> segments;
    for (size_t first = 0, end = 0; first < steps_.size(); first = end) {
      int64_t maps = 1, weights = 0;
      for (; end < steps_.size() && steps_[end].Pixels() == steps_[first].Pixels(); end++) {
        maps = std::max(maps, FloatsOf(steps_[end]));
        weights = std::max(weights, Layout(steps_[end]).floats);
      }
      const int64_t fitting = std::clamp<int64_t>(members * kCachedFloats / maps, 1, count);
      segments.push_back({first, end, weights / fitting > 2 * maps ? count : fitting});
    }
    return segments;
  }

  static void AddStep(const Forward& forward, const Step& step, std::vector<Task>* tasks) {
    if (step.kind == Kind::kConv) return AddConv(forward, step, tasks);
    if (step.kind == Kind::kWinograd) return AddWinograd(forward, step, tasks);
    AddPixels(forward, step, tasks);
  }
};

}  // namespace

REGISTER_OP("ManyheadsForward")
    .Input("images: float")
    .Input("packed: float")
    .Output("outputs: float")
    .Attr("steps: list(int)")
    .Attr("arena: int")
    .Attr("local: int")
    .Attr("width: int")
    .Attr("lanes: int = 0")
    .SetShapeFn([](InferenceContext* c) {
      ShapeHandle images;
      int64_t width;
      TF_RETURN_IF_ERROR(c->WithRank(c->input(0), 4, &images));
      TF_RETURN_IF_ERROR(c->GetAttr("width", &width));
      c->set_output(0, c->Matrix(c->Dim(images, 0), width));
      return absl::OkStatus();
    });

REGISTER_KERNEL_BUILDER(Name("ManyheadsForward").Device(tensorflow::DEVICE_CPU), ForwardKernel);

}  // namespace manyheads
