// Rows as 16-bit numbers in panels (wgmma.cuh), the input of the products of many rows on sm_90a; normalized on the way
// where wanted. Columns come in the order in which the fragments of a format have them.
#pragma once

#include "wgmma.cuh"

#define ROW_THREADS 512

// A lane t has of a set of 32 columns those from FIRST * t on, four, and from OTHER further on, four. Of these, `index` says
// which is at place 16 j + 8 h + 2 t + e of the set.
template <int FIRST, int OTHER, int E, int H, int J>
struct FragmentOrder {
  static const bool IN_PIECES = false;
  static __device__ __forceinline__ int column(int t, int half) { return FIRST * t + half * OTHER; }
  static __device__ __forceinline__ int index(int e, int h, int j) {
    int offset = e * E + h * H + j * J;
    return offset >= OTHER && OTHER > 4 ? 4 + offset - OTHER : offset;
  }
};

// One after the other: a lane has 8, which are a piece.
struct NaturalOrder {
  static const bool IN_PIECES = true;
  static __device__ __forceinline__ int column(int t, int half) { return 8 * t + 4 * half; }
  static __device__ __forceinline__ int index(int e, int h, int j) { return 4 * j + 2 * h + e; }
};

// What four lanes hold of four pieces, each a word of every one, becomes one piece for each lane.
static __device__ __forceinline__ uint4 piece_of(const u32 (&w)[4]) {
  bool odd = threadIdx.x % 2 != 0;
  bool high = threadIdx.x % 4 >= 2;
  u32 a = __shfl_xor_sync(ALL_LANES, odd ? w[0] : w[1], 1);
  u32 b = __shfl_xor_sync(ALL_LANES, odd ? w[2] : w[3], 1);
  u32 low0 = odd ? a : w[0], low1 = odd ? w[1] : a;
  u32 high0 = odd ? b : w[2], high1 = odd ? w[3] : b;
  u32 c = __shfl_xor_sync(ALL_LANES, high ? low0 : high0, 2);
  u32 d = __shfl_xor_sync(ALL_LANES, high ? low1 : high1, 2);
  return high ? make_uint4(c, d, high0, high1) : make_uint4(low0, low1, c, d);
}

// A row in the registers of a block, 8 columns a thread and round, as far as KEPT rounds go; the rest is read again.
template <class ORDER>
struct KeptRow {
  static const int KEPT = 4;
  const float* row;
  const float* gain;
  int cols;
  int units; // of 8 columns, whole panels
  float kept[KEPT][8];

  __device__ __forceinline__ KeptRow(const float* x, const float* gains, int count)
      : row(x), gain(gains), cols(count), units((count + PANEL - 1) / PANEL * (PANEL / 8)) {
#pragma unroll
    for (int r = 0; r < KEPT; r++) {
      load(r * ROW_THREADS + threadIdx.x, kept[r]);
    }
  }
  __device__ __forceinline__ int column(int unit, int half) const { return unit / 4 * 32 + ORDER::column(unit % 4, half); }
  __device__ __forceinline__ void load(int unit, float (&v)[8]) const { load(row, unit, v); }
  __device__ __forceinline__ void load(const float* from, int unit, float (&v)[8]) const {
#pragma unroll
    for (int half = 0; half < 2; half++) {
      int col = column(unit, half);
      float4 four = col < cols ? *(const float4*)(from + col) : make_float4(0, 0, 0, 0);
      v[4 * half] = four.x;
      v[4 * half + 1] = four.y;
      v[4 * half + 2] = four.z;
      v[4 * half + 3] = four.w;
    }
  }
  // f(unit, its 8 numbers) for all units of this thread; whole warps take part, beyond the row with zeros.
  template <class F>
  __device__ __forceinline__ void each(F f) {
#pragma unroll
    for (int r = 0; r < KEPT; r++) {
      if (r * ROW_THREADS < units) {
        f(r * ROW_THREADS + (int)threadIdx.x, kept[r]);
      }
    }
    for (int first = KEPT * ROW_THREADS; first < units; first += ROW_THREADS) {
      float v[8];
      load(first + threadIdx.x, v);
      f(first + (int)threadIdx.x, v);
    }
  }
};

struct HalfNumber {
  static const bool SCALED = true;
  static __device__ __forceinline__ u32 pair(float a, float b) { return half_pair(a, b); }
};

struct BrainNumber {
  static const bool SCALED = false;
  static __device__ __forceinline__ u32 pair(float a, float b) { return float_to_bfloat(a) | (u32)float_to_bfloat(b) << 16; }
};

// Row `from` of x to row blockIdx.x of panels of as many rows as the grid has blocks, in whole eights.
template <class ORDER, class NUMBER>
static __device__ __forceinline__ void row_to_panels(
    const float* from, const float* gain, float epsilon, int cols, u16* out, float* scales, float* room) {
  KeptRow<ORDER> row(from, gain, cols);
  float factor = 1;
  if (gain != 0) {
    float squares = 0;
    row.each([&](int unit, float(&v)[8]) {
      for (int i = 0; i < 8; i++) {
        squares = fmaf(v[i], v[i], squares);
      }
    });
    factor = 1.0f / sqrtf(block_sum(squares, room) / cols + epsilon);
  }
  auto value = [&](int unit, const float(&v)[8], float(&y)[8]) {
    float g[8];
    if (gain != 0) {
      row.load(gain, unit, g);
    }
    for (int i = 0; i < 8; i++) {
      y[i] = v[i] * factor * (gain != 0 ? g[i] : 1.0f);
    }
  };
  int exponent = 0;
  if (NUMBER::SCALED) {
    float largest = 0;
    row.each([&](int unit, float(&v)[8]) {
      float y[8];
      value(unit, v, y);
      for (int i = 0; i < 8; i++) {
        largest = fmaxf(largest, fabsf(y[i]));
      }
    });
    exponent = row_exponent(block_max(largest, room));
  }
  float up = power_of_two(-exponent);
  u8* to = (u8*)out + (i64)blockIdx.x * PANEL_ROW_BYTES;
  i64 panelBytes = (i64)(gridDim.x + 7) / 8 * 8 * PANEL_ROW_BYTES;
  row.each([&](int unit, float(&v)[8]) {
    float y[8];
    value(unit, v, y);
    u32 w[4];
#pragma unroll
    for (int p = 0; p < 4; p++) {
      w[p] = NUMBER::pair(y[ORDER::index(0, p % 2, p / 2)] * up, y[ORDER::index(1, p % 2, p / 2)] * up);
    }
    uint4 piece = ORDER::IN_PIECES ? make_uint4(w[0], w[1], w[2], w[3]) : piece_of(w);
    if (unit < row.units) {
      *(uint4*)(to + unit / 8 * panelBytes + (unit % 8 ^ blockIdx.x % 8) * 16) = piece;
    }
  });
  if (threadIdx.x == 0) {
    scales[blockIdx.x] = power_of_two(exponent);
  }
}

// `places`: which row of the input, counted `share` times each, a row of the panels is; negative: none. 0: all in order.
#define ROWS_TO_PANELS(name, ORDER, NUMBER)                                                                          \
  KERNEL_RESIDENT(ROW_THREADS, 2, name,                                                                               \
      (const float* x, const float* gain, float epsilon, int cols, const int* places, int share, u16* out,           \
       float* scales)) {                                                                                             \
    __shared__ float room[33];                                                                                       \
    int row = places != 0 ? places[blockIdx.x] : (int)blockIdx.x;                                                    \
    if (row < 0) {                                                                                                   \
      return;                                                                                                        \
    }                                                                                                                \
    row_to_panels<ORDER, NUMBER>(x + (i64)(places != 0 ? row / share : row) * cols, gain, epsilon, cols, out, scales, room); \
  }
