#include "resize.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

namespace manyheads {
namespace {

/** Red, green, blue and one that does not count: what a processor adds and multiplies at once. */
typedef float Pixel __attribute__((vector_size(16)));
constexpr int kChannels = 3;

/** For each position of the target, the first source position that counts and the weights from there on. */
struct Taps {
  std::vector<int> first, count;
  /** `most` of them for each position. */
  std::vector<float> weights;
  int most;

  /** @param start,extent what is shown of a source axis of `from` pixels */
  Taps(double start, double extent, int from, int to) : first(to), count(to) {
    const int lowest = static_cast<int>(std::floor(start));
    const int highest = std::min(from, static_cast<int>(std::ceil(start + extent))) - 1;
    const double scale = extent / to, radius = std::max(1.0, scale);
    most = 2 * static_cast<int>(std::ceil(radius)) + 1;
    weights.assign(static_cast<size_t>(to) * most, 0.0f);
    std::vector<double> exact(most);
    for (int i = 0; i < to; i++) {
      // Pixel p has its middle at p + 0.5.
      const double middle = start + (i + 0.5) * scale - 0.5;
      const int begin = static_cast<int>(std::ceil(middle - radius)),
                end = static_cast<int>(std::floor(middle + radius));
      first[i] = std::clamp(begin, lowest, highest);
      count[i] = std::clamp(end, lowest, highest) - first[i] + 1;
      std::fill(exact.begin(), exact.end(), 0.0);
      double sum = 0;
      for (int p = begin; p <= end; p++) {
        const double weight = 1 - std::abs(p - middle) / radius;
        exact[std::clamp(p, lowest, highest) - first[i]] += weight;
        sum += weight;
      }
      for (int k = 0; k < count[i]; k++)
        weights[static_cast<size_t>(i) * most + k] = static_cast<float>(exact[k] / sum);
    }
  }
};

}  // namespace

void Resize(const Picture& source, const Box& box, const Target& target) {
  const Taps x(box.left, box.width, source.width, target.width);
  const Taps y(box.top, box.height, source.height, target.height);
  const int64_t values = static_cast<int64_t>(source.width) * kChannels;
  // Down first, since whole rows are added up in their order; one value more, for the last pixel's fourth.
  std::vector<float> row(values + 1);
  for (int j = 0; j < target.height; j++) {
    std::fill(row.begin(), row.end(), 0.0f);
    float* __restrict sums = row.data();
    for (int k = 0; k < y.count[j]; k++) {
      const float weight = y.weights[static_cast<size_t>(j) * y.most + k];
      const uint8_t* __restrict from = source.pixels + (y.first[j] + k) * values;
      for (int64_t i = 0; i < values; i++) sums[i] += weight * static_cast<float>(from[i]);
    }
    uint8_t* to = target.origin + j * target.down;
    for (int i = 0; i < target.width; i++, to += target.across) {
      Pixel sum = {0.5f, 0.5f, 0.5f, 0.5f};
      const float* weights = &x.weights[static_cast<size_t>(i) * x.most];
      const float* from = sums + static_cast<int64_t>(x.first[i]) * kChannels;
      for (int k = 0; k < x.count[i]; k++, from += kChannels) {
        Pixel value;
        std::memcpy(&value, from, sizeof value);
        sum += value * weights[k];
      }
      for (int c = 0; c < kChannels; c++) to[c] = static_cast<uint8_t>(sum[c]);
    }
  }
}

}  // namespace manyheads
