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

/** Images that go through the network together: their maps lie in the caches from one layer to the next. */
constexpr int64_t kImagesOfGroup = 8;
constexpr int64_t kMostArena = int64_t{1} << 33;
constexpr int64_t kMostOutput = int64_t{1} << 15;

class ForwardKernel : public OpKernel {
 public:
  explicit ForwardKernel(OpKernelConstruction* construction) : OpKernel(construction) {
    std::vector<int64_t> numbers;
    std::string problem;
    OP_REQUIRES_OK(construction, construction->GetAttr("steps", &numbers));
    OP_REQUIRES_OK(construction, construction->GetAttr("arena", &arena_));
    OP_REQUIRES_OK(construction, construction->GetAttr("width", &width_));
    OP_REQUIRES(construction, arena_ >= 0 && arena_ <= kMostArena && width_ >= 1 && width_ <= kMostOutput,
                InvalidArgument("no outputs of ", width_, " floats, or no memory of ", arena_));
    OP_REQUIRES(construction, ReadSteps(numbers, &steps_, &problem), InvalidArgument(problem));
    for (const Step& step : steps_) scratch_ = std::max(scratch_, Aligned(ScratchOf(step)));
    const int64_t lanes = ReadLanes(construction);
    if (lanes > 0) functions_ = VectorFunctionsFor(lanes);
  }

  void Compute(OpKernelContext* context) override {
    const Tensor &images = context->input(0), &packed = context->input(1);
    OP_REQUIRES(context, images.dims() == 4 && images.NumElements() > 0,
                InvalidArgument("expected images, got the shape ", images.shape().DebugString()));
    const int64_t count = images.dim_size(0);
    const Bounds bounds{images.dim_size(1), images.dim_size(2), images.dim_size(3), arena_, width_, packed.NumElements()};
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
    const int64_t groups = (count + kImagesOfGroup - 1) / kImagesOfGroup, most = (count + groups - 1) / groups;
    Tensor memory;
    OP_REQUIRES_OK(context, context->allocate_temp(
                                tensorflow::DT_FLOAT,
                                TensorShape({Aligned(arena_ * most) + forward.members * scratch_ + kAlign}), &memory));
    forward.arena = memory.flat<float>().data();
    forward.scratch = forward.arena + Aligned(arena_ * most);
    // One for each group, and all of them stay until the last task is done.
    std::vector<Forward> parts(groups, forward);
    std::vector<Task> tasks;
    tasks.reserve(groups * steps_.size());
    const int64_t image = bounds.image_height * bounds.image_width * bounds.image_channels;
    for (int64_t g = 0, first = 0; g < groups; g++) {
      Forward& part = parts[g];
      part.images = (count - first + groups - g - 1) / (groups - g);
      part.pixels = images.flat<float>().data() + first * image;
      part.output = output->flat<float>().data() + first * width_;
      first += part.images;
      for (const Step& step : steps_) tasks.push_back(TaskOf(part, step));
    }
    RunTasks(context, std::move(tasks));
  }

 private:
  std::vector<Step> steps_;
  int64_t arena_, width_, scratch_ = 0;
  VectorFunctions functions_;

  static Task TaskOf(const Forward& forward, const Step& step) {
    if (step.kind == Kind::kConv) return ConvTask(forward, step);
    if (step.kind == Kind::kWinograd) return WinogradTask(forward, step);
    return PixelTask(forward, step);
  }
};

}  // namespace

REGISTER_OP("ManyheadsForward")
    .Input("images: float")
    .Input("packed: float")
    .Output("outputs: float")
    .Attr("steps: list(int)")
    .Attr("arena: int")
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
