// Scaling of RGB pictures by a linear filter that is as wide as a pixel of the smaller of the two, so that every pixel of
// the source counts; the outermost pixels go on beyond the edge. Enlarging, it is bilinear interpolation.
#ifndef MANYHEADS_RESIZE_H_
#define MANYHEADS_RESIZE_H_

#include <cstddef>
#include <cstdint>

namespace manyheads {

/** Rows of RGB bytes without gaps. */
struct Picture {
  const uint8_t* pixels;
  int width, height;
};

/** The part of a picture that is shown, in its pixels, which may be cut. */
struct Box {
  double left, top, width, height;
};

/** Where the pixel in column x of row y goes: `origin + x * across + y * down`, so that it can be turned on its way. */
struct Target {
  uint8_t* origin;
  int width, height;
  ptrdiff_t across, down;
};

void Resize(const Picture& source, const Box& box, const Target& target);

}  // namespace manyheads

#endif  // MANYHEADS_RESIZE_H_
