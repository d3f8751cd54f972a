// What a JPEG file says of itself before its pixels begin (ITU-T T.81, annex B; orientation: Exif 2.3, tag 0x0112).
#ifndef MANYHEADS_JPEG_HEADER_H_
#define MANYHEADS_JPEG_HEADER_H_

#include <cstddef>
#include <cstdint>

namespace manyheads {

struct JpegHeader {
  /** Of the stored picture, before it is turned upright. */
  int width = 0, height = 0;
  int components = 0;
  /** 1 to 8, as Exif counts: 1 is upright, from 5 on width and height change places. */
  int orientation = 1;
  /** Are its colours those of a profile that comes with it? */
  bool has_profile = false;
};

/** @returns false where it is not a JPEG file of 8 bits, coded by Huffman, whose header is whole */
bool ReadJpegHeader(const uint8_t* bytes, size_t count, JpegHeader* header);

}  // namespace manyheads

#endif  // MANYHEADS_JPEG_HEADER_H_
