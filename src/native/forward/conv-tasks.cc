// Convolutions as products of matrices: the pixels that an output pixel looks at are a row, the kernel is the other matrix.
// Rows are gathered for some pixels at a time, so that they are in the cache when they are multiplied; those of a convolution
// of 1×1 are multiplied where they lie. 3×3 with stride 1 is multiplied in 16 spots: ../kernels/winograd.cc.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "../kernels/processors.h"
#include "tasks.h"

namespace manyheads {
namespace {

/** Rows of a chunk at most, a multiple of those of a product's block, and floats of its gathered rows. */
constexpr int64_t kMostRows = 192;
constexpr int64_t kRowStep = 12;
constexpr int64_t kGatheredFloats = 80 << 10;
/** Floats between the ends of gathered rows, so that a column does not fall into one set of the cache. */
constexpr int64_t kGap = 16;
/** Chunks of a task for each member, so that none waits long for the others. */
constexpr int64_t kChunksOfMember = 4;
/** Tiles of a chunk at most, and floats of their values in the 16 spots. */
constexpr int64_t kMostTiles = 96;
constexpr int64_t kTileFloats = 96 << 10;

constexpr int64_t kBlockedPairs = 128 * 128;

int64_t RoundedUp(int64_t value, int64_t step) { return (value + step - 1) / step * step; }

bool IsGathered(const Step& s) { return !s.IsPointwise() || s.before >= 0 || s.pool > 1; }

int64_t MostRows(const Step& s) {
  if (!IsGathered(s)) return kMostRows;
  return std::clamp<int64_t>(kGatheredFloats / s.Depth() / kRowStep * kRowStep, 2 * kRowStep, kMostRows);
}

int64_t MostTiles(const Step& s) {
  const int64_t fitting = kTileFloats / (kSpots * std::max(s.channels, s.filters));
  return std::clamp<int64_t>(fitting / kRowStep * kRowStep, kRowStep, kMostTiles);
}

/**
 * Does the transformed kernel fit into the cache beside a block of tiles, so that these go through all three steps there? If
 * not, all tiles are transformed, then multiplied spot by spot, then transformed back.
 */
bool IsBlocked(const Step& s) { return s.channels * s.filters <= kBlockedPairs; }

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
  const float* x = f.In(s);
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
void GatherWindows(const Forward& f, const Step& s, int64_t group, int64_t first, int64_t rows, int64_t y_row,
                   float* y) {
  const int64_t channels = s.channels / s.groups;
  const float* x = f.In(s) + group * channels;
  // Pixels that lie side by side are copied at once.
  const bool is_dense = s.in.stride == channels;
  for (int64_t r = 0; r < rows; r++, y += y_row) {
    const int64_t pixel = first + r, image = pixel / s.OutPixels();
    const int64_t top = pixel / s.out_width % s.out_height * s.down - s.top,
                  left = pixel % s.out_width * s.across - s.left;
    const int64_t begin = std::clamp<int64_t>(-left, 0, s.wide),
                  end = std::clamp<int64_t>(s.width - left, begin, s.wide);
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
  const int64_t tiles = IsBlocked(s) ? MostTiles(s) : 0;
  return kSpots * (PlaneOf(tiles, s.channels) + PlaneOf(tiles, Panels(s.filters) * kPanel)) + Aligned(s.channels);
}

void AddConv(const Forward& f, const Step& s, std::vector<Task>* tasks) {
  const int64_t rows = f.images * s.OutPixels(), columns = s.filters / s.groups, panels = Panels(columns);
  const int64_t wanted = f.members * kChunksOfMember;
  // Who takes some of the rows reads all panels, and who takes some of the panels gathers all rows: the fewer are shared.
  const bool by_rows = rows >= columns;
  const int64_t share = RoundedUp((rows + wanted - 1) / wanted, kRowStep);
  const int64_t chunk_rows = std::min(MostRows(s), by_rows ? share : rows);
  const int64_t row_chunks = (rows + chunk_rows - 1) / chunk_rows;
  const int64_t splits = std::min(panels, std::max<int64_t>(1, wanted / (row_chunks * s.groups)));
  const int64_t split_panels = (panels + splits - 1) / splits, parts = (panels + split_panels - 1) / split_panels;
  tasks->push_back({row_chunks * s.groups * parts, [=, &s](int64_t chunk, int64_t member) {
                      const int64_t part = chunk % parts, group = chunk / parts % s.groups;
                      const int64_t first = chunk / parts / s.groups * chunk_rows,
                                    count = std::min(chunk_rows, rows - first);
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
                        p.a = f.In(s) + first * s.in.stride;
                      }
                      const float* packed = f.packed + s.packed;
                      const int64_t column = group * columns + panel * kPanel;
                      p.columns = std::min(split_panels * kPanel, columns - panel * kPanel);
                      p.b = packed + layout.kernel + (group * panels + panel) * kPanel * depth;
                      p.bias = packed + layout.bias + (group * panels + panel) * kPanel;
                      p.other = s.HasOther() ? f.Other(s) + first * s.other.stride + column : nullptr;
                      p.other_row = s.other.stride;
                      p.c = f.Out(s) + first * s.out.stride + column;
                      p.c_row = s.out.stride;
                      p.relu = s.activation == Activation::kRelu;
                      f.functions.multiply(p);
                      if (!p.relu) Activate(f, s.activation, p.c, p.c_row, count, p.columns);
                    }});
}

int64_t SharedOf(const Step& s, int64_t images) {
  if (s.kind != Kind::kWinograd || IsBlocked(s)) return 0;
  const int64_t tiles = Images{images, s.height, s.width}.Tiles();
  return kSpots * (PlaneOf(tiles, s.channels) + PlaneOf(tiles, Panels(s.filters) * kPanel));
}

void AddWinograd(const Forward& f, const Step& s, std::vector<Task>* tasks) {
  const TiledImages images{{f.images, s.height, s.width}, s.in.stride, s.out.stride, f.In(s), f.Out(s)};
  const int64_t tiles = images.size.Tiles();
  const int64_t columns = Panels(s.filters) * kPanel, wanted = f.members * kChunksOfMember / 2;
  const int64_t chunk_tiles = std::min(MostTiles(s), (tiles + wanted - 1) / wanted);
  const int64_t chunks = (tiles + chunk_tiles - 1) / chunk_tiles;
  const float* packed = f.packed + s.packed;
  const Layout layout(s);
  const bool relu = s.activation == Activation::kRelu;
  const auto multiply = [=, &s](const float* v, int64_t rows, int64_t spot, int64_t first, int64_t count, float* m) {
    Product p;
    p.a = v, p.a_row = s.channels, p.rows = rows, p.depth = s.channels;
    p.b = packed + layout.kernel + (spot * columns + first) * s.channels;
    p.columns = count;
    p.bias = nullptr, p.other = nullptr, p.other_row = 0;
    p.c = m + first, p.c_row = columns;
    p.relu = false;
    f.functions.multiply(p);
  };
  if (IsBlocked(s)) {
    tasks->push_back({chunks, [=, &s](int64_t chunk, int64_t member) {
                        const int64_t first = chunk * chunk_tiles, count = std::min(chunk_tiles, tiles - first);
                        float* zeros = f.ScratchOf(member);
                        std::memset(zeros, 0, s.channels * sizeof(float));
                        float* v = zeros + Aligned(s.channels);
                        const Tiles in{first, count, s.channels, s.channels, PlaneOf(chunk_tiles, s.channels), v};
                        float* m = v + kSpots * in.plane;
                        const Tiles out{first, count, s.filters, columns, PlaneOf(chunk_tiles, columns), m};
                        f.functions.transform(images, in, zeros);
                        for (int64_t spot = 0; spot < kSpots; spot++) {
                          multiply(v + spot * in.plane, count, spot, 0, columns, m + spot * out.plane);
                        }
                        f.functions.transform_back(images, out, packed + layout.bias, relu);
                      }});
    return;
  }
  float* v = f.shared;
  const int64_t in_plane = PlaneOf(tiles, s.channels), out_plane = PlaneOf(tiles, columns);
  float* m = v + kSpots * in_plane;
  tasks->push_back(
      {chunks, [=, &s](int64_t chunk, int64_t member) {
         const int64_t first = chunk * chunk_tiles, count = std::min(chunk_tiles, tiles - first);
         float* zeros = f.ScratchOf(member);
         std::memset(zeros, 0, s.channels * sizeof(float));
         f.functions.transform(images, {first, count, s.channels, s.channels, in_plane, v + first * s.channels}, zeros);
       }});
  const int64_t parts = std::min<int64_t>(Panels(s.filters), 4), panels = (Panels(s.filters) + parts - 1) / parts;
  tasks->push_back({kSpots * parts, [=](int64_t chunk, int64_t) {
                      const int64_t spot = chunk / parts, first = chunk % parts * panels * kPanel;
                      const int64_t count = std::min(panels * kPanel, columns - first);
                      if (count <= 0) return;
                      multiply(v + spot * in_plane, tiles, spot, first, count, m + spot * out_plane);
                    }});
  tasks->push_back({chunks, [=, &s](int64_t chunk, int64_t) {
                      const int64_t first = chunk * chunk_tiles, count = std::min(chunk_tiles, tiles - first);
                      f.functions.transform_back(images,
                                                 {first, count, s.filters, columns, out_plane, m + first * columns},
                                                 packed + layout.bias, relu);
                    }});
}

}  // namespace manyheads
