#include "decode-jpeg.h"

#include <algorithm>
#include <climits>
#include <cmath>
#include <memory>
#include <vector>

#include "complaints.h"
#include "jpeg-header.h"
#include "read-file.h"
#include "resize.h"

// TensorFlow's header needs one type of libjpeg's, whose headers do not come with TensorFlow.
#define TENSORFLOW_CORE_PLATFORM_JPEG_H_
enum J_DCT_METHOD { JDCT_ISLOW, JDCT_IFAST, JDCT_FLOAT };
#define JDCT_DEFAULT JDCT_ISLOW
#include "tensorflow/core/lib/jpeg/jpeg_mem.h"

namespace manyheads {
namespace {

constexpr int kChannels = 3;

/** Whole pixels of the upright picture, and of the square. */
struct Area {
  int left, top, width, height;
};

int DividedUp(int length, int ratio) { return (length + ratio - 1) / ratio; }

/** What of a picture is shown, and where in the square. */
void Place(int width, int height, int side, Fit fit, Area* shown, Area* place) {
  *shown = {0, 0, width, height};
  *place = {0, 0, side, side};
  if (fit == Fit::kCrop) {
    const int least = std::min(width, height);
    *shown = {(width - least) / 2, (height - least) / 2, least, least};
  } else if (fit == Fit::kPad) {
    const double scale = static_cast<double>(side) / std::max(width, height);
    place->width = std::max(1, static_cast<int>(std::floor(width * scale + 0.5)));
    place->height = std::max(1, static_cast<int>(std::floor(height * scale + 0.5)));
    place->left = (side - place->width) / 2;
    place->top = (side - place->height) / 2;
  }
}

/** Which axes of the stored picture run backwards in the upright one, and whether they change places. */
struct Turn {
  bool swaps, mirrors_x, mirrors_y;

  explicit Turn(int orientation)
      : swaps(orientation >= 5),
        mirrors_x(orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8),
        mirrors_y(orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7) {}
};

/**
 * libjpeg divides by 1, 2, 4 or 8 while it decodes, which costs little and is a cruder filter than ours: of these the
 * largest that leaves both axes at least `kSpare` times as long as wanted. With 3 a photograph is on average within 0.5 of
 * 255 of one that was decoded whole, of 1200 × 1600 pixels to 100 or 200, and 0.8 where it is cropped; with 1, within 3.6.
 */
constexpr double kSpare = 3;
int RatioOf(double least_scale) {
  int ratio = 8;
  while (ratio > 1 && least_scale < ratio * kSpare) ratio /= 2;
  return ratio;
}

constexpr char kOtherSize[] = "its header is read in two ways, with two sizes";
constexpr char kUnsaid[] = "its decoder does not say of what it complains";

}  // namespace

bool DecodeJpegFile(const std::string& path, int side, Fit fit, uint8_t* square, std::string* complaint) {
  std::vector<uint8_t> bytes;
  return ReadFile(path, INT_MAX, &bytes) && DecodeJpeg(bytes, side, fit, square, complaint);
}

bool DecodeJpeg(const std::vector<uint8_t>& bytes, int side, Fit fit, uint8_t* square, std::string* complaint) {
  JpegHeader header;
  // libjpeg counts bytes as int.
  if (bytes.size() > INT_MAX) return false;
  if (!ReadJpegHeader(bytes.data(), bytes.size(), &header)) return false;
  // libjpeg makes up the rest of a file that was cut, at times without a warning: what does not end as it should is sharp's.
  // So are four components, which are inks, and colours of a profile. All of these are decoded for what libjpeg has to say.
  const size_t length = bytes.size();
  const bool is_whole = length >= 4 && bytes[length - 2] == 0xff && bytes[length - 1] == 0xd9;
  const bool is_plain = is_whole && !header.has_profile && (header.components == 1 || header.components == 3);

  const Turn turn(header.orientation);
  Area shown, place;
  Place(turn.swaps ? header.height : header.width, turn.swaps ? header.width : header.height, side, fit, &shown,
        &place);
  // From here on in the axes of the stored picture.
  Area stored = turn.swaps ? Area{shown.top, shown.left, shown.height, shown.width} : shown;
  if (turn.mirrors_x) stored.left = header.width - stored.left - stored.width;
  if (turn.mirrors_y) stored.top = header.height - stored.top - stored.height;
  const int width = turn.swaps ? place.height : place.width, height = turn.swaps ? place.width : place.height;

  tensorflow::jpeg::UncompressFlags flags;
  flags.components = kChannels;
  // Only then does it count a missing end as a warning.
  flags.try_recover_truncated_jpeg = true;
  const double least_scale =
      std::min(static_cast<double>(stored.width) / width, static_cast<double>(stored.height) / height);
  flags.ratio = is_plain ? RatioOf(least_scale) : 8;
  std::unique_ptr<uint8_t[]> pixels;
  Picture picture{nullptr, 0, 0};
  int64_t warnings = 0;
  const auto allocate = [&](int columns, int rows, int channels) -> uint8_t* {
    // What is shown was computed from the header as it was read here, and lies outside of a picture of another size.
    if (columns != DividedUp(header.width, flags.ratio) || rows != DividedUp(header.height, flags.ratio)) {
      *complaint = kOtherSize;
      return nullptr;
    }
    pixels.reset(new uint8_t[static_cast<size_t>(columns) * rows * channels]);
    picture = {pixels.get(), columns, rows};
    return pixels.get();
  };
  std::string said;
  {
    const Complaints kept(&said);
    // Of what it cannot decode, sharp finds out whether it is damaged.
    if (tensorflow::jpeg::Uncompress(bytes.data(), static_cast<int>(length), flags, &warnings, allocate) == nullptr)
      return false;
  }
  // It counts no complaint that it has behind the last row.
  if (warnings > 0 || !said.empty()) {
    *complaint = said.empty() ? kUnsaid : said.substr(0, said.find('\n'));
    return false;
  }
  if (!is_plain) return false;

  const double ratio = flags.ratio;
  const Box box{stored.left / ratio, stored.top / ratio, stored.width / ratio, stored.height / ratio};
  ptrdiff_t across = turn.swaps ? side * kChannels : kChannels, down = turn.swaps ? kChannels : side * kChannels;
  uint8_t* origin = square + (static_cast<ptrdiff_t>(place.top) * side + place.left) * kChannels;
  if (turn.mirrors_x) origin += (width - 1) * across, across = -across;
  if (turn.mirrors_y) origin += (height - 1) * down, down = -down;
  Resize(picture, box, {origin, width, height, across, down});
  return true;
}

}  // namespace manyheads
