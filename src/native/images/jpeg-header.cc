#include "jpeg-header.h"

#include <cstring>

namespace manyheads {
namespace {

/** Integers of a byte order within bounds. What lies outside reads as 0. */
struct Bytes {
  const uint8_t* at;
  size_t count;
  bool little = false;

  uint32_t Get(size_t offset, int width) const {
    if (offset > count || count - offset < static_cast<size_t>(width)) return 0;
    uint32_t value = 0;
    for (int i = 0; i < width; i++) value = value << 8 | at[offset + (little ? width - 1 - i : i)];
    return value;
  }
};

constexpr size_t kFieldBytes = 12;
constexpr uint32_t kOrientation = 0x0112, kShort = 3;

/** @param tiff what follows `Exif\0\0`: a TIFF file, whose first directory has the orientation */
int OrientationOf(Bytes tiff) {
  tiff.little = tiff.Get(0, 2) == 0x4949;
  if (tiff.Get(2, 2) != 42) return 1;
  const size_t directory = tiff.Get(4, 4);
  const size_t fields = tiff.Get(directory, 2);
  for (size_t i = 0; i < fields; i++) {
    const size_t field = directory + 2 + i * kFieldBytes;
    if (tiff.Get(field, 2) != kOrientation) continue;
    const uint32_t value = tiff.Get(field + 8, 2);
    return tiff.Get(field + 2, 2) == kShort && value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

bool StartsWith(const Bytes& segment, const char* text, size_t length) {
  return segment.count >= length && std::memcmp(segment.at, text, length) == 0;
}

}  // namespace

bool ReadJpegHeader(const uint8_t* bytes, size_t count, JpegHeader* header) {
  const Bytes file{bytes, count};
  if (file.Get(0, 2) != 0xffd8) return false;
  bool has_exif = false;
  for (size_t at = 2; at + 4 <= count;) {
    if (bytes[at] != 0xff) return false;
    const uint8_t marker = bytes[at + 1];
    // A marker may be preceded by any number of these.
    if (marker == 0xff) {
      at++;
      continue;
    }
    // Only these have no length. They have no place before the pixels, and libjpeg takes what follows for the next marker.
    if (marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd9)) return false;
    const size_t length = file.Get(at + 2, 2);
    if (length < 2 || count - at - 2 < length) return false;
    const Bytes segment{bytes + at + 4, length - 2};
    if (marker == 0xda) return header->width > 0 && header->height > 0;
    // Baseline, extended and progressive; the other frames, without DHT, JPG and DAC, are lossless or of other coders.
    if (marker >= 0xc0 && marker <= 0xc2) {
      if (segment.Get(0, 1) != 8) return false;
      header->height = static_cast<int>(segment.Get(1, 2));
      header->width = static_cast<int>(segment.Get(3, 2));
      header->components = static_cast<int>(segment.Get(5, 1));
    } else if (marker >= 0xc3 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
      return false;
    } else if (marker == 0xe1 && !has_exif && StartsWith(segment, "Exif\0\0", 6)) {
      has_exif = true;
      header->orientation = OrientationOf({segment.at + 6, segment.count - 6});
    } else if (marker == 0xe2 && StartsWith(segment, "ICC_PROFILE", 12)) {
      header->has_profile = true;
    }
    at += 2 + length;
  }
  return false;
}

}  // namespace manyheads
