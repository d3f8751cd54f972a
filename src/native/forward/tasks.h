// Steps as tasks of a crew: which part of a step is a chunk, and how it is computed.
#ifndef MANYHEADS_FORWARD_TASKS_H_
#define MANYHEADS_FORWARD_TASKS_H_

#include <cstdint>
#include <vector>

#include "crew.h"
#include "step.h"
#include "vectors.h"

namespace manyheads {

/** What all steps of a call work on. */
struct Forward {
  int64_t images, members;
  const float* pixels;
  float* arena;
  /** [images, …] */
  float* output;
  const float* packed;
  /** Of each member, so many floats. */
  float* scratch;
  int64_t scratch_floats;
  VectorFunctions functions;

  float* ScratchOf(int64_t member) const { return scratch + member * scratch_floats; }

  /** The first channel of a view in the first image. */
  float* AddressOf(const View& view) const {
    if (view.place == Place::kOutput) return output + view.channel;
    if (view.place == Place::kArena) return arena + view.start * images + view.channel;
    // Nothing is ever written to images: ProblemOf.
    return const_cast<float*>(pixels) + view.channel;
  }
};

/** Floats of scratch memory that a member needs for a step, whatever the number of images. */
int64_t ScratchOf(const Step& step);

/** @param forward outlives the task */
Task ConvTask(const Forward& forward, const Step& step);
Task WinogradTask(const Forward& forward, const Step& step);
/** All other kinds. */
Task PixelTask(const Forward& forward, const Step& step);

/** In place, what is not computed along with a product. */
void Activate(const Forward& forward, Activation activation, float* x, int64_t x_row, int64_t rows, int64_t columns);

}  // namespace manyheads

#endif  // MANYHEADS_FORWARD_TASKS_H_
