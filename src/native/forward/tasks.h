// Steps as tasks of a crew: which part of a step is a chunk, and how it is computed.
#ifndef MANYHEADS_FORWARD_TASKS_H_
#define MANYHEADS_FORWARD_TASKS_H_

#include <cstdint>
#include <vector>

#include "crew.h"
#include "step.h"
#include "vectors.h"

namespace manyheads {

/** What a step works on: some of a call's images. */
struct Forward {
  /** Number of the first one, how many there are, and of the whole call. */
  int64_t first, images, all;
  int64_t members;
  const float* pixels;
  float *arena, *local;
  /** [all, …] */
  float* output;
  const float* packed;
  /** Of each member, so many floats. */
  float* scratch;
  int64_t scratch_floats;
  /** What members work on together within a step. */
  float* shared;
  VectorFunctions functions;

  float* ScratchOf(int64_t member) const { return scratch + member * scratch_floats; }

  const float* In(const Step& s) const { return AddressOf(s.in, s.Pixels()); }
  const float* Other(const Step& s) const { return AddressOf(s.other, s.kind == Kind::kMultiply ? 1 : s.OutPixels()); }
  float* Out(const Step& s) const { return AddressOf(s.out, s.OutPixels()); }

 private:
  /** The first channel of a view in the first image. */
  float* AddressOf(const View& view, int64_t image_pixels) const {
    const int64_t at = first * image_pixels * view.stride + view.channel;
    if (view.place == Place::kOutput) return output + at;
    if (view.place == Place::kArena) return arena + view.start * all + at;
    if (view.place == Place::kLocal) return local + view.start * images + view.channel;
    // Nothing is ever written to images: ProblemOf.
    return const_cast<float*>(pixels) + at;
  }
};

/** Floats of scratch memory that a member needs for a step, whatever the number of images. */
int64_t ScratchOf(const Step& step);

/** Floats that members need together for a step of so many images. */
int64_t SharedOf(const Step& step, int64_t images);

/** Appends what computes a step, which outlives the tasks. */
void AddConv(const Forward& forward, const Step& step, std::vector<Task>* tasks);
void AddWinograd(const Forward& forward, const Step& step, std::vector<Task>* tasks);
/** All other kinds. */
void AddPixels(const Forward& forward, const Step& step, std::vector<Task>* tasks);

/** In place, what is not computed along with a product. */
void Activate(const Forward& forward, Activation activation, float* x, int64_t x_row, int64_t rows, int64_t columns);

}  // namespace manyheads

#endif  // MANYHEADS_FORWARD_TASKS_H_
