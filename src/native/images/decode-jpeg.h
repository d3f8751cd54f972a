// One JPEG file to a square of RGB bytes, by TensorFlow's own copy of libjpeg-turbo.
#ifndef MANYHEADS_DECODE_JPEG_H_
#define MANYHEADS_DECODE_JPEG_H_

#include <cstdint>
#include <string>
#include <vector>

namespace manyheads {

/** How a picture fills the square: by changing its proportions, by its middle part, or with black beside it. */
enum class Fit { kStretch, kCrop, kPad };

/**
 * Upright by its EXIF, scaled as resize.h says.
 * @param square side × side × 3 zeros, RGB, which it fills
 * @param complaint empty; what is wrong with a file that is damaged, in the decoder's words
 * @returns false for that, and for what is not to be decided here: a file that cannot be read, is no JPEG, does not end as
 *   one, or has colours that need to be converted; the square then holds nothing of use
 */
bool DecodeJpegFile(const std::string& path, int side, Fit fit, uint8_t* square, std::string* complaint);

/** As `DecodeJpegFile`, of a file's bytes. */
bool DecodeJpeg(const std::vector<uint8_t>& bytes, int side, Fit fit, uint8_t* square, std::string* complaint);

}  // namespace manyheads

#endif  // MANYHEADS_DECODE_JPEG_H_
