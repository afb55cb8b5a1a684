// As tiles.cuh, for Q4_K, Q5_K and Q6_K.
#pragma once

#include "tiles.cuh"
#include "units.cuh"

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
static __device__ __forceinline__ float byte_to_float(u32 w, int i) {
  return bits_to_float(pick_bytes(w, 0x4b000000u, 0x7550u + i)) - 8388608.0f;
}

// What the minimums of a block take away, divided by dmin.
static __device__ __forceinline__ float minimum_sum(const SixBits& s, const SetInput& x) {
  float sum = 0;
#pragma unroll
  for (int g = 0; g < 8; g++) {
    sum = fmaf(byte_to_float(s.minimums[g / 4], g % 4), x.sum(g), sum);
  }
  return sum;
}

// Multiplier and addend that turn 1024 + code (even group), or 1024 + 16 * code (odd group), into scale * code: all of
// these are integers below 2048 or such by 16, which binary16 holds exactly.
static __device__ __forceinline__ uint2 scale_pair(const SixBits& s, int g) {
  u32 v = pick_bytes(s.scales[g / 4], 0x64646464u, 0x4040u + g % 4 * 0x0101u);
  u32 scale = g % 2 == 0 ? half_pair_fma(v, PAIR(0x3c00u), PAIR(0xe400u)) : half_pair_fma(v, PAIR(0x2c00u), PAIR(0xd400u));
  return make_uint2(scale, half_pair_fma(scale, PAIR(0xe400u), 0x80008000u));
}

// Adds what d and dmin make of a block's sums.
static __device__ __forceinline__ void finish_affine(
    const uint4 (&headers)[2], const SixBits (&bits)[2], const SetInput& x, const float (&part)[4], float (&sums)[4]) {
  add_scaled(sums, part, half_to_float((u16)headers[0].x), half_to_float((u16)headers[1].x));
  // the minimums count for the whole input; it is the even columns that stand for it
  sums[0] = fmaf(-half_to_float((u16)(headers[0].x >> 16)), minimum_sum(bits[0], x), sums[0]);
  sums[2] = fmaf(-half_to_float((u16)(headers[1].x >> 16)), minimum_sum(bits[1], x), sums[2]);
}

// Order of a lane's 8 columns for Q4_K and Q5_K: even ones, odd ones of four.
static __device__ __forceinline__ int even_then_odd(int i) { return i / 4 * 4 + i / 2 % 2 + i % 2 * 2; }

struct TilesQ4_K {
  typedef TiledQ4_K Format;
  static const int WHOLE = 256;
  static const int SPREAD = 8;
  static const int OTHER = 4;
  static const bool SUMS = true;
  struct Raw {
    uint4 header;
    uint4 q[2]; // 8 bytes of each of two chunks, twice
  };
  static __device__ __forceinline__ int column(int i) { return even_then_odd(i); }
  static __device__ __forceinline__ RowPlaces places(const Weight& w, i64 row, int cols) {
    i64 b = row * (cols / 256);
    RowPlaces p = {w.data + b * 128, w.data + w.blocks * 128 + b * 16, 0, 0};
    return p;
  }
  static __device__ __forceinline__ void fetch(const RowPlaces& p, int step, int cols, int t, int h, Raw& raw) {
    raw.q[h] = load_once(p.codes + step * 128 + t * 16 + h * 64);
    if (h == 1) {
      raw.header = load_once(p.scales + step * 16);
    }
  }
  static __device__ __forceinline__ void multiply(
      Raw (&raw)[2], const SetInput& x, const Refill& refill, float (&sums)[4]) {
    SixBits bits[2] = {six_bits_of(raw[0].header), six_bits_of(raw[1].header)};
    float part[4] = {0, 0, 0, 0};
#pragma unroll
    for (int g = 0; g < 8; g++) {
      uint4 b = x.at(g);
      uint2 s0 = scale_pair(bits[0], g);
      uint2 s1 = scale_pair(bits[1], g);
#pragma unroll
      for (int j = 0; j < 2; j++) {
        u32 w0 = part_of(raw[0].q[g / 4], g / 2 % 2 * 2 + j);
        u32 w1 = part_of(raw[1].q[g / 4], g / 2 % 2 * 2 + j);
        u32 a[4] = {scaled(w0, g, s0), scaled(w1, g, s1), scaled(w0 >> 8, g, s0), scaled(w1 >> 8, g, s1)};
        MmaF16::multiply(part, a, j == 0 ? b.x : b.z, j == 0 ? b.y : b.w);
      }
      if (g == 3) {
        refill.half<TilesQ4_K>(0, raw);
      }
    }
    uint4 headers[2] = {raw[0].header, raw[1].header};
    finish_affine(headers, bits, x, part, sums);
    refill.half<TilesQ4_K>(1, raw);
  }
  static __device__ __forceinline__ u32 scaled(u32 w, int g, const uint2& s) {
    return half_pair_fma(g % 2 == 0 ? lower_codes(w) : upper_codes(w), s.x, s.y);
  }
};

struct TilesQ5_K {
  typedef TiledQ5_K Format;
  static const int WHOLE = 256;
  static const int SPREAD = 8;
  static const int OTHER = 4;
  static const bool SUMS = true;
  struct Raw {
    uint4 header;
    uint4 q[2];
    uint2 upper;
  };
  static __device__ __forceinline__ int column(int i) { return even_then_odd(i); }
  static __device__ __forceinline__ RowPlaces places(const Weight& w, i64 row, int cols) {
    i64 b = row * (cols / 256);
    RowPlaces p = {w.data + b * 128, w.data + w.blocks * 128 + b * 16, w.data + w.blocks * 144 + b * 32, 0};
    return p;
  }
  static __device__ __forceinline__ void fetch(const RowPlaces& p, int step, int cols, int t, int h, Raw& raw) {
    raw.q[h] = load_once(p.codes + step * 128 + t * 16 + h * 64);
    if (h == 1) {
      raw.header = load_once(p.scales + step * 16);
      raw.upper = *(const uint2*)(p.upper + step * 32 + t * 8);
    }
  }
  static __device__ __forceinline__ void multiply(
      Raw (&raw)[2], const SetInput& x, const Refill& refill, float (&sums)[4]) {
    SixBits bits[2] = {six_bits_of(raw[0].header), six_bits_of(raw[1].header)};
    float part[4] = {0, 0, 0, 0};
#pragma unroll
    for (int g = 0; g < 8; g++) {
      uint4 b = x.at(g);
      uint2 s0 = scale_pair(bits[0], g);
      uint2 s1 = scale_pair(bits[1], g);
#pragma unroll
      for (int j = 0; j < 2; j++) {
        u32 w0 = part_of(raw[0].q[g / 4], g / 2 % 2 * 2 + j);
        u32 w1 = part_of(raw[1].q[g / 4], g / 2 % 2 * 2 + j);
        u32 u0 = j == 0 ? raw[0].upper.x : raw[0].upper.y;
        u32 u1 = j == 0 ? raw[1].upper.x : raw[1].upper.y;
        u32 a[4] = {scaled(w0, u0, g, s0), scaled(w1, u1, g, s1), scaled(w0 >> 8, u0 >> 8, g, s0),
                    scaled(w1 >> 8, u1 >> 8, g, s1)};
        MmaF16::multiply(part, a, j == 0 ? b.x : b.z, j == 0 ? b.y : b.w);
      }
      if (g == 3) {
        refill.half<TilesQ5_K>(0, raw);
      }
    }
    uint4 headers[2] = {raw[0].header, raw[1].header};
    finish_affine(headers, bits, x, part, sums);
    refill.half<TilesQ5_K>(1, raw);
  }
  // The fifth bit is bit g of the bytes of `upper`.
  static __device__ __forceinline__ u32 scaled(u32 w, u32 upper, int g, const uint2& s) {
    u32 code = g % 2 == 0 ? and_or(moved(upper, g, 4), 0x00100010u, lower_codes(w))
                          : and_or(moved(upper, g, 8), 0x01000100u, upper_codes(w));
    return half_pair_fma(code, s.x, s.y);
  }
};

struct TilesQ6_K {
  typedef TiledQ6_K Format;
  static const int WHOLE = 256;
  static const int SPREAD = 4;
  static const int OTHER = 16;
  static const bool SUMS = false;
  struct Raw {
    uint4 low[2];
    uint4 upper;
    uint4 scales;
    u16 d;
  };
  static __device__ __forceinline__ int column(int i) { return even_then_odd(i); }
  static __device__ __forceinline__ RowPlaces places(const Weight& w, i64 row, int cols) {
    i64 b = row * (cols / 256);
    RowPlaces p = {w.data + b * 128, w.data + w.blocks * 192 + b * 16, w.data + w.blocks * 128 + b * 64,
                   w.data + w.blocks * 208 + b * 2};
    return p;
  }
  static __device__ __forceinline__ void fetch(const RowPlaces& p, int step, int cols, int t, int h, Raw& raw) {
    raw.low[h] = load_once(p.codes + step * 128 + t * 16 + h * 64);
    if (h == 1) {
      raw.upper = load_once(p.upper + step * 64 + t * 16);
      raw.scales = load_once(p.scales + step * 16);
      raw.d = *(const u16*)(p.d + step * 2);
    }
  }
  static __device__ __forceinline__ void multiply(
      Raw (&raw)[2], const SetInput& x, const Refill& refill, float (&sums)[4]) {
    float block[4] = {0, 0, 0, 0};
#pragma unroll
    for (int pair = 0; pair < 8; pair++) {
      uint4 b = x.at(pair);
#pragma unroll
      for (int p = 0; p < 2; p++) {
        int g = 2 * pair + p; // of 16 columns
        int quarter = pair % 4;
        u32 a[4];
#pragma unroll
        for (int r = 0; r < 2; r++) {
          u32 w = part_of(raw[r].low[g / 8], g % 4);
          u32 upper = part_of(raw[r].upper, g / 8 * 2 + p);
          a[r] = code(w, upper, quarter);
          a[2 + r] = code(w >> 8, upper >> 8, quarter);
        }
        float part[4];
        MmaF16::first(part, a, p == 0 ? b.x : b.z, p == 0 ? b.y : b.w);
        add_scaled(block, part, scale(raw[0].scales, g), scale(raw[1].scales, g));
      }
      if (pair == 3) {
        refill.half<TilesQ6_K>(0, raw);
      }
    }
    add_scaled(sums, block, half_to_float(raw[0].d), half_to_float(raw[1].d));
    refill.half<TilesQ6_K>(1, raw);
  }
  static __device__ __forceinline__ float scale(const uint4& scales, int g) {
    return byte_to_float(part_of(scales, g / 4) ^ 0x80808080u, g % 4) - 128.0f;
  }
  // Codes less 32; quarters 2 and 3 of a half have theirs in the upper halves of the bytes.
  static __device__ __forceinline__ u32 code(u32 w, u32 upper, int quarter) {
    return quarter < 2
               ? half_pair_fma(and_or(moved(upper, 2 * quarter, 4), 0x00300030u, lower_codes(w)), PAIR(0x3c00u), PAIR(0xe420u))
               : half_pair_fma(and_or(moved(upper, 2 * quarter, 8), 0x03000300u, upper_codes(w)), PAIR(0x2c00u), PAIR(0xd600u));
  }
};
