// Stored blocks as fragments of binary16 for products of many rows (gemm_wgmma_tiles.cu): what `dequantize_f16` makes of them
// but that what is too large becomes infinite. A lane's fragments are the columns that its words hold (tiles.cuh); the input
// has its columns in that order (rows_to_panels.cuh).
//
// Order is that of the columns. Raw is what lane t of a row holds of 128 columns, number `chunk` of the row, whose first block is `b`. `begin` prepares the
// scales of two rows, `fragment` makes a[0..3] of the 16 columns j (0 or 1) of set s (0 to 3) of 32.
#pragma once

#include "rows_to_panels.cuh"
#include "tiles_k.cuh"

#define CHUNK 128
#define ONES_1024 0x64006400u // pair of 1024: a code in its lowest bits is added to it
#define PAIR(bits) ((bits) * 0x00010001u)

// 1024 + codes in bits 0-3 and 16-19.
static __device__ __forceinline__ u32 lower_codes(u32 w) { return and_or(w, 0x000f000fu, ONES_1024); }
// 1024 + 16 * codes in bits 4-7 and 20-23.
static __device__ __forceinline__ u32 upper_codes(u32 w) { return and_or(w, 0x00f000f0u, ONES_1024); }

static __device__ __forceinline__ u32 half_pair_times(u32 a, u32 b) { return half_pair_fma(a, b, 0x80008000u); }

// Number i of four binary16, twice.
static __device__ __forceinline__ u32 both_of(const uint2& four, int i) {
  return pick_bytes(i < 2 ? four.x : four.y, 0, i % 2 == 0 ? 0x1010u : 0x3232u);
}

struct FragmentsQ4_0 {
  typedef FragmentOrder<4, 16, 2, 16, 1> Order;
  static const int BLOCKS = 4; // of 128 columns
  struct Raw {
    uint4 q;
    uint2 d;
  };
  static __device__ __forceinline__ void fetch(const Weight& w, i64 b, int chunk, int t, Raw& raw) {
    raw.q = load_once(w.data + (b + chunk * 4) * 16 + t * 16);
    raw.d = *(const uint2*)(w.data + w.blocks * 16 + (b + chunk * 4) * 2);
  }
  Raw row[2];
  __device__ __forceinline__ FragmentsQ4_0(const Raw (&raw)[2], int) : row{raw[0], raw[1]} {}
  __device__ __forceinline__ void fragment(int s, int j, u32 (&a)[4]) const {
#pragma unroll
    for (int r = 0; r < 2; r++) {
      u32 w = part_of(row[r].q, s) >> 8 * j;
      u32 d = both_of(row[r].d, s);
      // less 1024 + 8, and 64 + 8
      a[r] = half_pair_times(half_pair_fma(lower_codes(w), PAIR(0x3c00u), PAIR(0xe408u)), d);
      a[2 + r] = half_pair_times(half_pair_fma(upper_codes(w), PAIR(0x2c00u), PAIR(0xd480u)), d);
    }
  }
};

struct FragmentsQ8_0 {
  typedef FragmentOrder<8, 4, 1, 2, 4> Order;
  static const int BLOCKS = 4;
  struct Raw {
    uint4 q[2];
    uint2 d;
  };
  static __device__ __forceinline__ void fetch(const Weight& w, i64 b, int chunk, int t, Raw& raw) {
    const u8* q = w.data + (b + chunk * 4) * 32 + t * 16;
    raw.q[0] = load_once(q);
    raw.q[1] = load_once(q + 64);
    raw.d = *(const uint2*)(w.data + w.blocks * 32 + (b + chunk * 4) * 2);
  }
  // Two bytes, by selector: 1024 + 128 + codes, less 1152.
  static __device__ __forceinline__ u32 codes(u32 w, u32 selector) {
    return half_pair_fma(pick_bytes(w ^ 0x80808080u, 0x64646464u, selector), PAIR(0x3c00u), PAIR(0xe480u));
  }
  Raw row[2];
  __device__ __forceinline__ FragmentsQ8_0(const Raw (&raw)[2], int) : row{raw[0], raw[1]} {}
  __device__ __forceinline__ void fragment(int s, int j, u32 (&a)[4]) const {
#pragma unroll
    for (int r = 0; r < 2; r++) {
      u32 w = part_of(row[r].q[s / 2], s % 2 * 2 + j);
      u32 d = both_of(row[r].d, s);
      a[r] = half_pair_times(codes(w, 0x4140u), d);
      a[2 + r] = half_pair_times(codes(w, 0x4342u), d);
    }
  }
};

// 128 + byte i of a word of codes up to 127, as a float.
static __device__ __forceinline__ float code_to_float(u32 codes, int i) {
  return bits_to_float(pick_bytes(codes, 0x43000000u, 0x7044u + i * 0x100));
}

// scale * code + offset of the bytes of a word, where the offset makes up for the 128: 0 and 2 to a[0], 1 and 3 to a[2].
static __device__ __forceinline__ void put_codes(u32 codes, float scale, float offset, u32& first, u32& second) {
  float v[4];
#pragma unroll
  for (int i = 0; i < 4; i++) {
    v[i] = fmaf(scale, code_to_float(codes, i), offset);
  }
  first = half_pair(v[0], v[2]);
  second = half_pair(v[1], v[3]);
}

static __device__ __forceinline__ u32 nibbles(u32 w, bool upper) { return (upper ? w >> 4 : w) & 0x0f0f0f0fu; }

// Scales and offsets of four groups of 32 columns of a row of Q4_K or Q5_K.
struct AffineScales {
  u32 scales;
  u32 minimums;
  float d;
  float dmin;
  __device__ __forceinline__ void read(const uint4& header, int half) {
    SixBits bits = six_bits_of(header);
    scales = half == 0 ? bits.scales[0] : bits.scales[1];
    minimums = half == 0 ? bits.minimums[0] : bits.minimums[1];
    d = half_to_float((u16)header.x);
    dmin = half_to_float((u16)(header.x >> 16));
  }
  __device__ __forceinline__ float scale(int s) const { return d * byte_to_float(scales, s); }
  __device__ __forceinline__ float offset(int s) const {
    return fmaf(-128.0f, scale(s), -(dmin * byte_to_float(minimums, s)));
  }
};

struct FragmentsQ4_K {
  typedef FragmentOrder<8, 4, 2, 1, 4> Order;
  static const int BLOCKS = 1; // of 256 columns
  struct Raw {
    uint4 q;
    uint4 header;
  };
  static __device__ __forceinline__ void fetch(const Weight& w, i64 b, int chunk, int t, Raw& raw) {
    b += chunk / 2;
    raw.q = load_once(w.data + b * 128 + chunk % 2 * 64 + t * 16);
    raw.header = load_once(w.data + w.blocks * 128 + b * 16);
  }
  uint4 q[2];
  AffineScales scales[2];
  __device__ __forceinline__ FragmentsQ4_K(const Raw (&raw)[2], int chunk) : q{raw[0].q, raw[1].q} {
    scales[0].read(raw[0].header, chunk % 2);
    scales[1].read(raw[1].header, chunk % 2);
  }
  __device__ __forceinline__ void fragment(int s, int j, u32 (&a)[4]) const {
#pragma unroll
    for (int r = 0; r < 2; r++) {
      u32 codes = nibbles(part_of(q[r], s / 2 * 2 + j), s % 2 != 0);
      put_codes(codes, scales[r].scale(s), scales[r].offset(s), a[r], a[2 + r]);
    }
  }
};

struct FragmentsQ5_K {
  typedef FragmentOrder<8, 4, 2, 1, 4> Order;
  static const int BLOCKS = 1;
  struct Raw {
    uint4 q;
    uint4 header;
    uint2 upper;
  };
  static __device__ __forceinline__ void fetch(const Weight& w, i64 b, int chunk, int t, Raw& raw) {
    b += chunk / 2;
    raw.q = load_once(w.data + b * 128 + chunk % 2 * 64 + t * 16);
    raw.header = load_once(w.data + w.blocks * 128 + b * 16);
    raw.upper = *(const uint2*)(w.data + w.blocks * 144 + b * 32 + t * 8);
  }
  uint4 q[2];
  uint2 upper[2]; // bit s of a byte: that of set s
  AffineScales scales[2];
  __device__ __forceinline__ FragmentsQ5_K(const Raw (&raw)[2], int chunk) : q{raw[0].q, raw[1].q} {
#pragma unroll
    for (int r = 0; r < 2; r++) {
      scales[r].read(raw[r].header, chunk % 2);
      upper[r] = make_uint2(raw[r].upper.x >> chunk % 2 * 4, raw[r].upper.y >> chunk % 2 * 4);
    }
  }
  __device__ __forceinline__ void fragment(int s, int j, u32 (&a)[4]) const {
#pragma unroll
    for (int r = 0; r < 2; r++) {
      u32 fifth = moved(j == 0 ? upper[r].x : upper[r].y, s, 4) & 0x10101010u;
      u32 codes = nibbles(part_of(q[r], s / 2 * 2 + j), s % 2 != 0) | fifth;
      put_codes(codes, scales[r].scale(s), scales[r].offset(s), a[r], a[2 + r]);
    }
  }
};

struct FragmentsQ6_K {
  typedef FragmentOrder<4, 16, 2, 1, 16> Order;
  static const int BLOCKS = 1;
  struct Raw {
    uint4 low;
    uint2 upper;
    uint2 scales;
    u32 d;
  };
  static __device__ __forceinline__ void fetch(const Weight& w, i64 b, int chunk, int t, Raw& raw) {
    b += chunk / 2;
    int half = chunk % 2;
    raw.low = load_once(w.data + b * 128 + half * 64 + t * 16);
    raw.upper = *(const uint2*)(w.data + w.blocks * 128 + b * 64 + t * 16 + half * 8);
    raw.scales = *(const uint2*)(w.data + w.blocks * 192 + b * 16 + half * 8);
    raw.d = *(const u16*)(w.data + w.blocks * 208 + b * 2);
  }
  Raw row[2];
  __device__ __forceinline__ FragmentsQ6_K(const Raw (&raw)[2], int) : row{raw[0], raw[1]} {}
  __device__ __forceinline__ void fragment(int s, int j, u32 (&a)[4]) const {
#pragma unroll
    for (int r = 0; r < 2; r++) {
      u32 w = part_of(row[r].low, (2 * s + j) % 4);
      u32 above = moved(j == 0 ? row[r].upper.x : row[r].upper.y, 2 * s, 4) & 0x30303030u;
      float scale = half_to_float((u16)row[r].d) * (byte_to_float((s < 2 ? row[r].scales.x : row[r].scales.y) ^ 0x80808080u, (2 * s + j) % 4) - 128.0f);
      put_codes(nibbles(w, s >= 2) | above, scale, -160.0f * scale, a[r], a[2 + r]);
    }
  }
};
