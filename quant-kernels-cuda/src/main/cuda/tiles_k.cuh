// As tiles.cuh, for Q4_K, Q5_K and Q6_K.
#pragma once

#include "tiles.cuh"
#include "units.cuh"

// Pieces of 16 bytes, one of each row, copied by the first 16 lanes.
struct PieceSource {
  const u8* from;
  __device__ __forceinline__ explicit PieceSource(const RowPlaces* rows) { from = rows[threadIdx.x % 16].scales; }
  __device__ __forceinline__ void bring(int step, u8* to) const {
    int lane = threadIdx.x % WARP;
    if (lane < 16) {
      copy_async(to + lane * 16, from + step * 16, true);
    }
  }
};

// Upper bits, CHUNKS pieces of each row, 2 or 4.
template <int CHUNKS>
struct UpperSource {
  static const int COUNT = CHUNKS / 2;
  const u8* from[COUNT];
  __device__ __forceinline__ explicit UpperSource(const RowPlaces* rows) {
    int lane = threadIdx.x % WARP;
#pragma unroll
    for (int i = 0; i < COUNT; i++) {
      from[i] = rows[(i * WARP + lane) / CHUNKS].upper + lane % CHUNKS * 16;
    }
  }
  __device__ __forceinline__ void bring(int step, u8* to) const {
    int lane = threadIdx.x % WARP;
#pragma unroll
    for (int i = 0; i < COUNT; i++) {
      copy_async(to + (i * WARP + lane) * 16, from[i] + step * CHUNKS * 16, true);
    }
  }
};

// Scales and minimums of the eight groups of a block of Q4_K or Q5_K, four to a word.
struct SixBits {
  u32 scales[2];
  u32 minimums[2];
};

static __device__ __forceinline__ SixBits six_bits_of(const uint4& header) {
  SixBits s;
  s.scales[0] = header.y & 0x3f3f3f3fu;
  s.scales[1] = (header.w & 0x0f0f0f0fu) | (header.y >> 2 & 0x30303030u);
  s.minimums[0] = header.z & 0x3f3f3f3fu;
  s.minimums[1] = (header.w >> 4 & 0x0f0f0f0fu) | (header.z >> 2 & 0x30303030u);
  return s;
}

// Byte i of a word as a float.
static __device__ __forceinline__ float byte_to_float(u32 w, int i) { return (float)(w >> 8 * i & 255); }

// What the minimums of a block take away, divided by dmin.
static __device__ __forceinline__ float minimum_sum(const SixBits& s, const StepInput& x) {
  float sum = 0;
#pragma unroll
  for (int g = 0; g < 8; g++) {
    sum = fmaf(byte_to_float(s.minimums[g / 4], g % 4), part_of(x.sums_at(g / 4), g % 4), sum);
  }
  return sum;
}

// Adds the products of group g of a block, not yet multiplied by d.
static __device__ __forceinline__ void add_group(
    const u32 (&a)[4], const StepInput& x, int g, float low, float high, float (&block)[2]) {
  uint4 b = x.at(g / 2);
  int c[4];
  MmaS8::first(c, a, g % 2 == 0 ? b.x : b.z, g % 2 == 0 ? b.y : b.w);
  float scale = part_of(x.scales_at(g / 4), g % 4);
  add_scaled(block, c, low, high, scale);
}

// Adds what d and dmin make of a block's sums.
static __device__ __forceinline__ void finish_affine(
    const uint4& header, const SixBits& bits, const StepInput& x, float block, float& sum) {
  float product = half_to_float((u16)header.x) * block;
  sum = fmaf(fmaf(-half_to_float((u16)(header.x >> 16)), minimum_sum(bits, x), product), x.unit, sum);
}

struct TilesQ4_K {
  typedef TiledQ4_K Format;
  static const int WHOLE = 256;
  static const int STEPS = 2; // at once
  static const int SPREAD = 8;
  static const int OTHER = 4;
  static const bool SUMS = true;
  static const bool FACTOR_LAST = true;
  static constexpr float SCALE = 1.0f;
  struct Raw {
    uint4 header;
    uint4 q[2]; // 8 bytes of each of two chunks, twice
  };
  static __device__ __forceinline__ RowPlaces places(const Weight& w, i64 row, int cols) {
    i64 b = row * (cols / 256);
    RowPlaces p = {w.data + b * 128, w.data + w.blocks * 128 + b * 16, 0, 0};
    return p;
  }
  static const int CODES = 16 * 128;
  static const int STAGE = CODES + 16 * 16;
  struct Source {
    CodeSource<8> codes;
    PieceSource headers;
    __device__ __forceinline__ explicit Source(const RowPlaces* rows) : codes(rows), headers(rows) {}
    __device__ __forceinline__ void bring(int step, int cols, u8* stage) const {
      codes.bring(step, 8, stage);
      headers.bring(step, stage + CODES);
    }
  };
  static __device__ __forceinline__ void load(
      const u8* stage, const RowPlaces* rows, int step, int row, int t, Raw& raw) {
    raw.q[0] = piece_at(stage + chunk_place<8>(row, t));
    raw.q[1] = piece_at(stage + chunk_place<8>(row, 4 + t));
    raw.header = piece_at(stage + CODES + row * 16);
  }
  static __device__ __forceinline__ void multiply(const Raw (&raw)[2], const StepInput& x, float (&sums)[2]) {
    SixBits bits[2] = {six_bits_of(raw[0].header), six_bits_of(raw[1].header)};
    float block[2] = {0, 0};
#pragma unroll
    for (int g = 0; g < 8; g++) {
      u32 a[4];
#pragma unroll
      for (int i = 0; i < 4; i++) {
        u32 w = part_of(raw[i % 2].q[g / 4], g / 2 % 2 * 2 + i / 2);
        a[i] = w >> g % 2 * 4 & 0x0f0f0f0fu;
      }
      add_group(a, x, g, byte_to_float(bits[0].scales[g / 4], g % 4), byte_to_float(bits[1].scales[g / 4], g % 4), block);
    }
    finish_affine(raw[0].header, bits[0], x, block[0], sums[0]);
    finish_affine(raw[1].header, bits[1], x, block[1], sums[1]);
  }
};

struct TilesQ5_K {
  typedef TiledQ5_K Format;
  static const int WHOLE = 256;
  static const int STEPS = 1; // at once
  static const int SPREAD = 8;
  static const int OTHER = 4;
  static const bool SUMS = true;
  static const bool FACTOR_LAST = true;
  static constexpr float SCALE = 1.0f;
  struct Raw {
    uint4 header;
    uint4 q[2];
    uint2 upper;
  };
  static __device__ __forceinline__ RowPlaces places(const Weight& w, i64 row, int cols) {
    i64 b = row * (cols / 256);
    RowPlaces p = {w.data + b * 128, w.data + w.blocks * 128 + b * 16, w.data + w.blocks * 144 + b * 32, 0};
    return p;
  }
  static const int CODES = 16 * 128;
  static const int HEADERS = 16 * 16;
  static const int STAGE = CODES + HEADERS + 16 * 32;
  struct Source {
    CodeSource<8> codes;
    PieceSource headers;
    UpperSource<2> upper;
    __device__ __forceinline__ explicit Source(const RowPlaces* rows) : codes(rows), headers(rows), upper(rows) {}
    __device__ __forceinline__ void bring(int step, int cols, u8* stage) const {
      codes.bring(step, 8, stage);
      headers.bring(step, stage + CODES);
      upper.bring(step, stage + CODES + HEADERS);
    }
  };
  static __device__ __forceinline__ void load(
      const u8* stage, const RowPlaces* rows, int step, int row, int t, Raw& raw) {
    raw.q[0] = piece_at(stage + chunk_place<8>(row, t));
    raw.q[1] = piece_at(stage + chunk_place<8>(row, 4 + t));
    raw.header = piece_at(stage + CODES + row * 16);
    raw.upper = half_piece_at(stage + CODES + HEADERS + row * 32 + t * 8);
  }
  static __device__ __forceinline__ void multiply(const Raw (&raw)[2], const StepInput& x, float (&sums)[2]) {
    SixBits bits[2] = {six_bits_of(raw[0].header), six_bits_of(raw[1].header)};
    float block[2] = {0, 0};
#pragma unroll
    for (int g = 0; g < 8; g++) {
      u32 a[4];
#pragma unroll
      for (int i = 0; i < 4; i++) {
        u32 w = part_of(raw[i % 2].q[g / 4], g / 2 % 2 * 2 + i / 2);
        u32 upper = i / 2 == 0 ? raw[i % 2].upper.x : raw[i % 2].upper.y; // bit g of its bytes
        a[i] = and_or(moved(upper, g, 4), 0x10101010u, w >> g % 2 * 4 & 0x0f0f0f0fu);
      }
      add_group(a, x, g, byte_to_float(bits[0].scales[g / 4], g % 4), byte_to_float(bits[1].scales[g / 4], g % 4), block);
    }
    finish_affine(raw[0].header, bits[0], x, block[0], sums[0]);
    finish_affine(raw[1].header, bits[1], x, block[1], sums[1]);
  }
};

struct TilesQ6_K {
  typedef TiledQ6_K Format;
  static const int WHOLE = 256;
  static const int STEPS = 1; // at once
  static const int SPREAD = 4;
  static const int OTHER = 16;
  static const bool SUMS = false;
  static const bool FACTOR_LAST = true;
  static constexpr float SCALE = 0.25f; // codes are multiplied by 4
  struct Raw {
    uint4 low[2];
    uint4 upper;
    uint4 scales;
    u16 d;
  };
  static __device__ __forceinline__ RowPlaces places(const Weight& w, i64 row, int cols) {
    i64 b = row * (cols / 256);
    RowPlaces p = {w.data + b * 128, w.data + w.blocks * 192 + b * 16, w.data + w.blocks * 128 + b * 64,
                   w.data + w.blocks * 208 + b * 2};
    return p;
  }
  static const int CODES = 16 * 128;
  static const int SCALES = CODES + 16 * 64;
  static const int FACTORS = SCALES + 16 * 16;
  static const int STAGE = FACTORS + 16 * 4;
  struct Source {
    CodeSource<8> codes;
    UpperSource<4> upper;
    PieceSource scales;
    const u8* d;
    __device__ __forceinline__ explicit Source(const RowPlaces* rows)
        : codes(rows), upper(rows), scales(rows), d(rows[threadIdx.x % 16].d) {}
    __device__ __forceinline__ void bring(int step, int cols, u8* stage) const {
      codes.bring(step, 8, stage);
      upper.bring(step, stage + CODES);
      scales.bring(step, stage + SCALES);
      int lane = threadIdx.x % WARP;
      if (lane >= 16) {
        const u8* from = d + step * 2;
        copy_async_part<4>(stage + FACTORS + (lane - 16) * 4, from - is_upper(from) * 2, is_upper(from) ? 4 : 2);
      }
    }
  };
  // Copies are of four bytes at least: a d comes with the one before it, or alone in the lower half of its word.
  static __device__ __forceinline__ int is_upper(const u8* d) { return (int)((u64)d / 2 % 2); }
  static __device__ __forceinline__ void load(
      const u8* stage, const RowPlaces* rows, int step, int row, int t, Raw& raw) {
    raw.low[0] = piece_at(stage + chunk_place<8>(row, t));
    raw.low[1] = piece_at(stage + chunk_place<8>(row, 4 + t));
    raw.upper = piece_at(stage + CODES + row * 64 + t * 16);
    raw.scales = piece_at(stage + SCALES + row * 16);
    raw.d = *(const u16*)(stage + FACTORS + row * 4 + is_upper(rows[row].d + step * 2) * 2);
  }
  // Groups have 16 columns: half a product.
  static __device__ __forceinline__ void multiply(const Raw (&raw)[2], const StepInput& x, float (&sums)[2]) {
    float block[2] = {0, 0};
#pragma unroll
    for (int set = 0; set < 8; set++) {
      uint4 b = x.at(set / 2);
      float scale = part_of(x.scales_at(set / 4), set % 4);
#pragma unroll
      for (int p = 0; p < 2; p++) {
        int g = 2 * set + p;
        u32 a[2];
#pragma unroll
        for (int r = 0; r < 2; r++) {
          a[r] = code(part_of(raw[r].low[g / 8], g % 4), part_of(raw[r].upper, g / 8 * 2 + p), set % 4);
        }
        int c[4];
        MmaS8::half(c, a, set % 2 == 0 ? (p == 0 ? b.x : b.y) : (p == 0 ? b.z : b.w));
        add_scaled(block, c, signed_byte(raw[0].scales, g), signed_byte(raw[1].scales, g), scale);
      }
    }
    sums[0] = fmaf(half_to_float(raw[0].d) * block[0], x.unit, sums[0]);
    sums[1] = fmaf(half_to_float(raw[1].d) * block[1], x.unit, sums[1]);
  }
  static __device__ __forceinline__ float signed_byte(const uint4& scales, int g) {
    return (float)(i8)(part_of(scales, g / 4) >> g % 4 * 8);
  }
  // 4 * (code - 32); quarters 2 and 3 of a half have theirs in the upper halves of the bytes.
  static __device__ __forceinline__ u32 code(u32 w, u32 upper, int quarter) {
    u32 lower = and_xor(moved(w, quarter / 2 * 4, 2), 0x3c3c3c3cu, 0x80808080u);
    return and_xor(moved(upper, 2 * quarter, 6), 0xc0c0c0c0u, lower);
  }
};
