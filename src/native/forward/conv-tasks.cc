// Convolutions as products of matrices: the pixels that an output pixel looks at are a row, the kernel is the other matrix.
// Rows are gathered for some pixels at a time, so that they are in the cache when they are multiplied; those of a convolution
// of 1×1 are multiplied where they lie. 3×3 with stride 1 is multiplied in 16 spots: ../kernels/winograd.cc.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "../kernels/rows.h"
#include "tasks.h"

namespace manyheads {
namespace {

/** Rows of a chunk at most, a multiple of those of a product's block, and floats of its gathered rows. */
constexpr int64_t kMostRows = 192;
constexpr int64_t kRowStep = 12;
constexpr int64_t kGatheredFloats = 40 << 10;
/** Floats between the ends of gathered rows, so that a column does not fall into one set of the cache. */
constexpr int64_t kGap = 16;
/** Chunks of a task for each member, so that none waits long for the others. */
constexpr int64_t kChunksOfMember = 4;
/** Tiles of a chunk at most, and floats of their values in the 16 spots. */
constexpr int64_t kMostTiles = 96;
constexpr int64_t kTileFloats = 96 << 10;

int64_t RoundedUp(int64_t value, int64_t step) { return (value + step - 1) / step * step; }

bool IsGathered(const Step& s) { return !s.IsPointwise() || s.before >= 0 || s.pool > 1; }

int64_t MostRows(const Step& s) {
  if (!IsGathered(s)) return kMostRows;
  return std::clamp<int64_t>(kGatheredFloats / s.Depth() / kRowStep * kRowStep, kRowStep, kMostRows);
}

int64_t MostTiles(const Step& s) {
  const int64_t fitting = kTileFloats / (kSpots * std::max(s.channels, s.filters));
  return std::clamp<int64_t>(fitting / kRowStep * kRowStep, kRowStep, kMostTiles);
}

/** Floats from one of the 16 spots to the next: ../kernels/winograd-tiles.h. */
int64_t PlaneOf(int64_t tiles, int64_t channels) { return tiles * channels + kGap; }

/** y = ReLU(x·scale + shift). */
FOR_EACH_PROCESSOR
void NormRow(const float* __restrict x, const float* __restrict scale, const float* __restrict shift, int64_t channels,
             float* __restrict y) {
  for (int64_t c = 0; c < channels; c++) {
    const float value = x[c] * scale[c] + shift[c];
    y[c] = value < 0.0f ? 0.0f : value;
  }
}

/** y = (y +) ReLU(x·scale + shift)·share. */
FOR_EACH_PROCESSOR
void AddNormRow(const float* __restrict x, const float* __restrict scale, const float* __restrict shift,
                int64_t channels, float share, bool first, float* __restrict y) {
  for (int64_t c = 0; c < channels; c++) {
    const float value = x[c] * scale[c] + shift[c];
    const float positive = value < 0.0f ? 0.0f : value;
    y[c] = (first ? 0.0f : y[c]) + positive * share;
  }
}

FOR_EACH_PROCESSOR
void CopyRow(const float* __restrict x, int64_t count, float* __restrict y) {
  for (int64_t c = 0; c < count; c++) y[c] = x[c];
}

/** Rows of a convolution of 1×1 that reads behind a norm, or means of windows. */
void GatherNormed(const Forward& f, const Step& s, int64_t first, int64_t rows, int64_t y_row, float* y) {
  const Layout layout(s);
  const float* scale = f.packed + s.packed + layout.scale;
  const float* shift = f.packed + s.packed + layout.shift;
  const float* x = f.AddressOf(s.in);
  for (int64_t r = 0; r < rows; r++, y += y_row) {
    const int64_t pixel = first + r;
    if (s.pool == 1) {
      NormRow(x + pixel * s.in.stride, scale, shift, s.channels, y);
      continue;
    }
    const int64_t image = pixel / s.OutPixels(), row = pixel / s.out_width % s.out_height, column = pixel % s.out_width;
    const float share = 1.0f / static_cast<float>(s.pool * s.pool);
    for (int64_t i = 0; i < s.pool; i++) {
      for (int64_t j = 0; j < s.pool; j++) {
        const int64_t at = (image * s.height + row * s.pool + i) * s.width + column * s.pool + j;
        AddNormRow(x + at * s.in.stride, scale, shift, s.channels, share, i + j == 0, y);
      }
    }
  }
}

/** Rows of windows of one group, zeros beyond the image. */
void GatherWindows(const Forward& f, const Step& s, int64_t group, int64_t first, int64_t rows, int64_t y_row, float* y) {
  const int64_t channels = s.channels / s.groups;
  const float* x = f.AddressOf(s.in) + group * channels;
  // Pixels that lie side by side are copied at once.
  const bool is_dense = s.in.stride == channels;
  for (int64_t r = 0; r < rows; r++, y += y_row) {
    const int64_t pixel = first + r, image = pixel / s.OutPixels();
    const int64_t top = pixel / s.out_width % s.out_height * s.down - s.top,
                  left = pixel % s.out_width * s.across - s.left;
    const int64_t begin = std::clamp<int64_t>(-left, 0, s.wide), end = std::clamp<int64_t>(s.width - left, begin, s.wide);
    float* to = y;
    for (int64_t i = 0; i < s.tall; i++, to += s.wide * channels) {
      const int64_t row = top + i;
      if (row < 0 || row >= s.height) {
        std::memset(to, 0, s.wide * channels * sizeof(float));
        continue;
      }
      const float* from = x + ((image * s.height + row) * s.width + left) * s.in.stride;
      if (begin > 0) std::memset(to, 0, begin * channels * sizeof(float));
      if (is_dense) {
        CopyRow(from + begin * channels, (end - begin) * channels, to + begin * channels);
      } else {
        for (int64_t j = begin; j < end; j++) CopyRow(from + j * s.in.stride, channels, to + j * channels);
      }
      if (end < s.wide) std::memset(to + end * channels, 0, (s.wide - end) * channels * sizeof(float));
    }
  }
}

}  // namespace

int64_t ScratchOf(const Step& s) {
  if (s.kind == Kind::kConv && IsGathered(s)) return MostRows(s) * (s.Depth() + kGap);
  if (s.kind != Kind::kWinograd) return 0;
  const int64_t tiles = MostTiles(s);
  return kSpots * (PlaneOf(tiles, s.channels) + PlaneOf(tiles, Panels(s.filters) * kPanel)) + Aligned(s.channels);
}

Task ConvTask(const Forward& f, const Step& s) {
  const int64_t rows = f.images * s.OutPixels(), columns = s.filters / s.groups;
  const int64_t wanted = f.members * kChunksOfMember;
  const int64_t share = RoundedUp((rows + wanted - 1) / wanted, kRowStep);
  const int64_t chunk_rows = std::min(MostRows(s), share), row_chunks = (rows + chunk_rows - 1) / chunk_rows;
  // Few rows: panels are shared, too, and each who takes some gathers the rows again.
  const int64_t panels = Panels(columns);
  const int64_t splits = std::min(panels, std::max<int64_t>(1, wanted / (row_chunks * s.groups)));
  const int64_t split_panels = (panels + splits - 1) / splits, parts = (panels + split_panels - 1) / split_panels;
  return {row_chunks * s.groups * parts, [=, &f](int64_t chunk, int64_t member) {
            const int64_t part = chunk % parts, group = chunk / parts % s.groups;
            const int64_t first = chunk / parts / s.groups * chunk_rows, count = std::min(chunk_rows, rows - first);
            const int64_t depth = s.Depth(), panel = part * split_panels;
            const Layout layout(s);
            Product p;
            p.rows = count, p.depth = depth;
            if (IsGathered(s)) {
              float* gathered = f.ScratchOf(member);
              p.a_row = depth + kGap;
              if (s.before >= 0) {
                GatherNormed(f, s, first, count, p.a_row, gathered);
              } else {
                GatherWindows(f, s, group, first, count, p.a_row, gathered);
              }
              p.a = gathered;
            } else {
              p.a_row = s.in.stride;
              p.a = f.AddressOf(s.in) + first * s.in.stride;
            }
            const float* packed = f.packed + s.packed;
            const int64_t column = group * columns + panel * kPanel;
            p.columns = std::min(split_panels * kPanel, columns - panel * kPanel);
            p.b = packed + layout.kernel + (group * panels + panel) * kPanel * depth;
            p.bias = packed + layout.bias + (group * panels + panel) * kPanel;
            p.other = s.HasOther() ? f.AddressOf(s.other) + first * s.other.stride + column : nullptr;
            p.other_row = s.other.stride;
            p.c = f.AddressOf(s.out) + first * s.out.stride + column;
            p.c_row = s.out.stride;
            p.relu = s.activation == Activation::kRelu;
            f.functions.multiply(p);
            if (!p.relu) Activate(f, s.activation, p.c, p.c_row, count, p.columns);
          }};
}

Task WinogradTask(const Forward& f, const Step& s) {
  const TiledImages images{s.height, s.width, s.in.stride, s.out.stride, f.AddressOf(s.in), f.AddressOf(s.out)};
  const int64_t tiles = f.images * images.TileRows() * images.TileColumns();
  const int64_t wanted = f.members * kChunksOfMember / 2;
  const int64_t chunk_tiles = std::min(MostTiles(s), (tiles + wanted - 1) / wanted);
  return {(tiles + chunk_tiles - 1) / chunk_tiles, [=, &f](int64_t chunk, int64_t member) {
            const int64_t first = chunk * chunk_tiles, count = std::min(chunk_tiles, tiles - first);
            const int64_t columns = Panels(s.filters) * kPanel, most = MostTiles(s);
            float* zeros = f.ScratchOf(member);
            std::memset(zeros, 0, s.channels * sizeof(float));
            float* v = zeros + Aligned(s.channels);
            float* m = v + kSpots * PlaneOf(most, s.channels);
            const Tiles in{first, count, s.channels, s.channels, PlaneOf(most, s.channels), v};
            const Tiles out{first, count, s.filters, columns, PlaneOf(most, columns), m};
            f.functions.transform(images, in, zeros);
            const Layout layout(s);
            const float* packed = f.packed + s.packed;
            for (int64_t spot = 0; spot < kSpots; spot++) {
              Product p;
              p.a = in.values + spot * in.plane;
              p.a_row = s.channels, p.rows = count, p.depth = s.channels;
              p.b = packed + layout.kernel + spot * columns * s.channels;
              p.columns = columns;
              p.bias = nullptr, p.other = nullptr, p.other_row = 0;
              p.c = out.values + spot * out.plane;
              p.c_row = columns;
              p.relu = false;
              f.functions.multiply(p);
            }
            f.functions.transform_back(images, out, packed + layout.bias, s.activation == Activation::kRelu);
          }};
}

}  // namespace manyheads
