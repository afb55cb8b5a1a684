// How a lane reads and multiplies its share of a row, its unit: a few 16-byte loads whose codes become floats with as
// few instructions as can be. The codes of 16 neighbours form a group; a unit is one or more groups.
//
// A code of n bits is put behind the exponent of 2^n, which makes it the float 2^n + code without a conversion. A group
// then counts scale(g).x * (sum of float * x) + scale(g).y * (sum of x), where the second term takes back 2^n, the code
// of zero and the minimum; the sums of x over groups are made once for all rows (see row_input.cuh).
#pragma once

#include "elements.cuh"
#include "formats_iq.cuh"
#include "formats_k.cuh"

#define GROUP 16

// Place of column i in shared memory: 4 floats more for every 32, so that lanes 16, 32 or 64 columns apart use
// different banks; the first two of the four hold the sums of the two groups.
static __device__ __forceinline__ int padded(int i) { return i + i / 32 * 4; }

template <class F>
struct GeneralUnit {
  static const int SIZE = 8;
  static const int GROUPS = 1;
  static const bool SUMS = false;
  struct Raw {
    float v[8];
  };
  static __device__ __forceinline__ bool fits(int cols) { return true; }
  static __device__ __forceinline__ void fetch(const Weight& w, i64 row, int u, int cols, Raw& raw) {
    load_elements<F>(w, row, u * SIZE, cols, raw.v);
  }
  static __device__ __forceinline__ int turn(int u, int g) { return 0; }
  static __device__ __forceinline__ int place(int u, int g) { return padded(u * SIZE); }
  static __device__ __forceinline__ int sum_place(int u, int g) { return 0; }
  static __device__ __forceinline__ void quad(const Raw& raw, int g, int i, float* v) {
    for (int k = 0; k < 4; k++) {
      v[k] = raw.v[4 * i + k];
    }
  }
  static __device__ __forceinline__ float2 scale(const Raw& raw, int u, int g) { return make_float2(1.0f, 0.0f); }
};

// Plain numbers in 16-byte loads; rows must consist of whole ones.
struct UnitF32 {
  static const int SIZE = 4;
  static const int GROUPS = 1;
  static const bool SUMS = false;
  struct Raw {
    uint4 q;
  };
  static __device__ __forceinline__ bool fits(int cols) { return cols % SIZE == 0; }
  static __device__ __forceinline__ void fetch(const Weight& w, i64 row, int u, int cols, Raw& raw) {
    raw.q = load_once(w.data + (row * cols + u * SIZE) * 4);
  }
  static __device__ __forceinline__ int turn(int u, int g) { return 0; }
  static __device__ __forceinline__ int place(int u, int g) { return padded(u * SIZE); }
  static __device__ __forceinline__ int sum_place(int u, int g) { return 0; }
  static __device__ __forceinline__ void quad(const Raw& raw, int g, int i, float* v) {
    v[0] = bits_to_float(raw.q.x);
    v[1] = bits_to_float(raw.q.y);
    v[2] = bits_to_float(raw.q.z);
    v[3] = bits_to_float(raw.q.w);
  }
  static __device__ __forceinline__ float2 scale(const Raw& raw, int u, int g) { return make_float2(1.0f, 0.0f); }
};

// PAIR: how the two numbers of a 32-bit word become floats.
template <class PAIR>
struct UnitOfPairs {
  static const int SIZE = 8;
  static const int GROUPS = 1;
  static const bool SUMS = false;
  struct Raw {
    uint4 q;
  };
  static __device__ __forceinline__ bool fits(int cols) { return cols % SIZE == 0; }
  static __device__ __forceinline__ void fetch(const Weight& w, i64 row, int u, int cols, Raw& raw) {
    raw.q = load_once(w.data + (row * cols + u * SIZE) * 2);
  }
  static __device__ __forceinline__ int turn(int u, int g) { return 0; }
  static __device__ __forceinline__ int place(int u, int g) { return padded(u * SIZE); }
  static __device__ __forceinline__ int sum_place(int u, int g) { return 0; }
  static __device__ __forceinline__ void quad(const Raw& raw, int g, int i, float* v) {
    u32 first = i == 0 ? raw.q.x : raw.q.z;
    u32 second = i == 0 ? raw.q.y : raw.q.w;
    v[0] = PAIR::lower(first);
    v[1] = PAIR::upper(first);
    v[2] = PAIR::lower(second);
    v[3] = PAIR::upper(second);
  }
  static __device__ __forceinline__ float2 scale(const Raw& raw, int u, int g) { return make_float2(1.0f, 0.0f); }
};

struct PairF16 {
  static __device__ __forceinline__ float lower(u32 pair) { return half_to_float((u16)(pair & 0xffff)); }
  static __device__ __forceinline__ float upper(u32 pair) { return half_to_float((u16)(pair >> 16)); }
};

struct PairBF16 {
  static __device__ __forceinline__ float lower(u32 pair) { return bits_to_float(pair << 16); }
  static __device__ __forceinline__ float upper(u32 pair) { return bits_to_float(pair & 0xffff0000u); }
};

static __device__ __forceinline__ u32 word(const uint4& q, int i) {
  return i == 0 ? q.x : i == 1 ? q.y : i == 2 ? q.z : q.w;
}

// The word moved so that its bit `from` becomes bit `to`.
static __device__ __forceinline__ u32 moved(u32 w, int from, int to) {
  return to >= from ? w << (to - from) : w >> (from - to);
}

// Half a block: signed bytes.
struct UnitQ8_0 {
  static const int SIZE = 16;
  static const int GROUPS = 1;
  static const bool SUMS = false;
  struct Raw {
    uint4 q;
    u16 d;
  };
  static __device__ __forceinline__ bool fits(int cols) { return true; }
  static __device__ __forceinline__ void fetch(const Weight& w, i64 row, int u, int cols, Raw& raw) {
    i64 e = row * cols + u * SIZE;
    raw.q = load_once(w.data + e);
    raw.d = *(const u16*)(w.data + w.blocks * 32 + e / 32 * 2);
  }
  static __device__ __forceinline__ int turn(int u, int g) { return 0; }
  static __device__ __forceinline__ int place(int u, int g) { return padded(u * SIZE); }
  static __device__ __forceinline__ int sum_place(int u, int g) { return 0; }
  static __device__ __forceinline__ void quad(const Raw& raw, int g, int i, float* v) {
    u32 codes = word(raw.q, i) ^ 0x80808080u;
    for (int k = 0; k < 4; k++) {
      v[k] = bits_to_float(pick_bytes(codes, 0x4b000000u, 0x7550u + k)) - 8388736.0f; // 2^23 + 128
    }
  }
  static __device__ __forceinline__ float2 scale(const Raw& raw, int u, int g) {
    return make_float2(half_to_float(raw.d), 0.0f);
  }
};

// A block: lower halves of the bytes are the first group, upper halves the second.
struct UnitQ4_0 {
  static const int SIZE = 32;
  static const int GROUPS = 2;
  static const bool SUMS = true;
  struct Raw {
    uint4 q;
    u16 d;
  };
  static __device__ __forceinline__ bool fits(int cols) { return true; }
  static __device__ __forceinline__ void fetch(const Weight& w, i64 row, int u, int cols, Raw& raw) {
    i64 b = row * (cols / SIZE) + u;
    raw.q = load_once(w.data + b * 16);
    raw.d = *(const u16*)(w.data + w.blocks * 16 + b * 2);
  }
  static __device__ __forceinline__ int turn(int u, int g) { return g; }
  static __device__ __forceinline__ int place(int u, int g) { return padded(u * SIZE) + g * GROUP; }
  static __device__ __forceinline__ int sum_place(int u, int g) { return padded(u * SIZE) + 32 + g; }
  static __device__ __forceinline__ void quad(const Raw& raw, int g, int i, float* v) {
    u32 codes = word(raw.q, i);
    for (int k = 0; k < 4; k++) {
      v[k] = bits_to_float((moved(codes, 8 * k + 4 * g, 19) & 0x00780000u) | 0x41800000u);
    }
  }
  static __device__ __forceinline__ float2 scale(const Raw& raw, int u, int g) {
    float d = half_to_float(raw.d);
    return make_float2(d, -24.0f * d);
  }
};

// The scales (.x) and minimums (.y) of groups of 32 number 2c (bits 0-7) and 2c + 1 (bits 8-15) of Q4_K and Q5_K.
static __device__ __forceinline__ uint2 six_bit_pairs(const uint4& header, int c) {
  int shift = c % 2 * 16;
  u32 first = header.y >> shift;
  u32 second = header.z >> shift;
  u32 third = header.w >> shift;
  if (c < 2) {
    return make_uint2(first & 0x3f3f, second & 0x3f3f);
  }
  return make_uint2(
      (third & 0x0f0f) | (first >> 2 & 0x3030), (third >> 4 & 0x0f0f) | (second >> 2 & 0x3030));
}

// Factors of group g (0, 1) of a unit of Q4_K or Q5_K whose floats are `offset` + code.
static __device__ __forceinline__ float2 affine_scale(const uint4& header, int c, int g, float offset) {
  uint2 pairs = six_bit_pairs(header, c);
  float d = half_to_float((u16)(header.x & 0xffff)) * (float)(pairs.x >> 8 * g & 63);
  float minimum = half_to_float((u16)(header.x >> 16)) * (float)(pairs.y >> 8 * g & 63);
  return make_float2(d, fmaf(-offset, d, -minimum));
}

// 16 bytes of codes: 16 elements of an even group of 32, and 16 of the odd one after it.
struct UnitQ4_K {
  static const int SIZE = 32;
  static const int GROUPS = 2;
  static const bool SUMS = true;
  struct Raw {
    uint4 header;
    uint4 q;
  };
  static __device__ __forceinline__ bool fits(int cols) { return true; }
  static __device__ __forceinline__ void fetch(const Weight& w, i64 row, int u, int cols, Raw& raw) {
    const u8* block = w.data + (row * (cols / 256) + u / 8) * 144;
    raw.header = load_once(block);
    raw.q = load_once(block + 16 + u % 8 * 16);
  }
  static __device__ __forceinline__ int turn(int u, int g) { return g; }
  static __device__ __forceinline__ int place(int u, int g) {
    return padded(u / 2 * 64 + g * 32) + u % 2 * GROUP;
  }
  static __device__ __forceinline__ int sum_place(int u, int g) { return padded(u / 2 * 64 + g * 32) + 32 + u % 2; }
  static __device__ __forceinline__ void quad(const Raw& raw, int g, int i, float* v) {
    u32 codes = word(raw.q, i);
    for (int k = 0; k < 4; k++) {
      v[k] = bits_to_float((moved(codes, 8 * k + 4 * g, 19) & 0x00780000u) | 0x41800000u);
    }
  }
  static __device__ __forceinline__ float2 scale(const Raw& raw, int u, int g) {
    return affine_scale(raw.header, u % 8 / 2, g, 16.0f);
  }
};

// As UnitQ4_K, with the upper bits of the two groups in bits 2c and 2c + 1 of 16 more bytes.
struct UnitQ5_K {
  static const int SIZE = 32;
  static const int GROUPS = 2;
  static const bool SUMS = true;
  struct Raw {
    uint4 header;
    uint4 q;
    uint4 upper;
  };
  static __device__ __forceinline__ bool fits(int cols) { return true; }
  static __device__ __forceinline__ void fetch(const Weight& w, i64 row, int u, int cols, Raw& raw) {
    const u8* block = w.data + (row * (cols / 256) + u / 8) * 176;
    int c = u % 8 / 2;
    raw.header = load_once(block);
    raw.q = load_once(block + 48 + u % 8 * 16);
    uint4 upper = load_once(block + 16 + u % 2 * 16);
    raw.upper = make_uint4(upper.x >> 2 * c, upper.y >> 2 * c, upper.z >> 2 * c, upper.w >> 2 * c);
  }
  static __device__ __forceinline__ int turn(int u, int g) { return g; }
  static __device__ __forceinline__ int place(int u, int g) { return UnitQ4_K::place(u, g); }
  static __device__ __forceinline__ int sum_place(int u, int g) { return UnitQ4_K::sum_place(u, g); }
  static __device__ __forceinline__ void quad(const Raw& raw, int g, int i, float* v) {
    u32 codes = word(raw.q, i);
    u32 upper = word(raw.upper, i);
    for (int k = 0; k < 4; k++) {
      u32 low = (moved(codes, 8 * k + 4 * g, 18) & 0x003c0000u) | 0x42000000u;
      v[k] = bits_to_float(low | (moved(upper, 8 * k + g, 22) & 0x00400000u));
    }
  }
  static __device__ __forceinline__ float2 scale(const Raw& raw, int u, int g) {
    return affine_scale(raw.header, u % 8 / 2, g, 32.0f);
  }
};

// 16 bytes of upper bits and twice 16 of lower ones: four groups 32 elements apart. Lanes of different blocks take the
// groups in different order, since their columns would meet in the same banks.
struct UnitQ6_K {
  static const int SIZE = 64;
  static const int GROUPS = 4;
  static const bool SUMS = true;
  struct Raw {
    uint4 low0;
    uint4 low1;
    uint4 upper;
    uint2 scales;
    u16 d;
  };
  static __device__ __forceinline__ bool fits(int cols) { return true; }
  static __device__ __forceinline__ void fetch(const Weight& w, i64 row, int u, int cols, Raw& raw) {
    i64 b = row * (cols / 256) + u / 4;
    int half = u / 2 % 2;
    const u8* low = w.data + b * 128 + half * 64 + u % 2 * 16;
    raw.low0 = load_once(low);
    raw.low1 = load_once(low + 32);
    raw.upper = load_once(w.data + w.blocks * 128 + b * 64 + half * 32 + u % 2 * 16);
    raw.scales = *(const uint2*)(w.data + w.blocks * 192 + b * 16 + half * 8);
    raw.d = *(const u16*)(w.data + w.blocks * 208 + b * 2);
  }
  static __device__ __forceinline__ int turn(int u, int g) { return (g + u / 2) % 4; }
  static __device__ __forceinline__ int place(int u, int t) {
    return padded(u / 2 * 128 + t * 32) + u % 2 * GROUP;
  }
  static __device__ __forceinline__ int sum_place(int u, int t) {
    return padded(u / 2 * 128 + t * 32) + 32 + u % 2;
  }
  static __device__ __forceinline__ void quad(const Raw& raw, int t, int i, float* v) {
    u32 codes = (t & 1 ? word(raw.low1, i) : word(raw.low0, i)) >> (t & 2) * 2;
    u32 upper = word(raw.upper, i) >> 2 * t;
    for (int k = 0; k < 4; k++) {
      u32 low = (moved(codes, 8 * k, 17) & 0x001e0000u) | 0x42800000u;
      v[k] = bits_to_float(low | (moved(upper, 8 * k, 21) & 0x00600000u));
    }
  }
  static __device__ __forceinline__ float2 scale(const Raw& raw, int u, int t) {
    u32 four = t & 2 ? raw.scales.y : raw.scales.x;
    int scale = (i8)(four >> ((t & 1) * 16 + u % 2 * 8));
    float d = half_to_float(raw.d) * (float)scale;
    return make_float2(d, -96.0f * d);
  }
};

// The unit of every format.
template <class F>
struct UnitOf {
  typedef GeneralUnit<F> Type;
};
template <>
struct UnitOf<F32> {
  typedef UnitF32 Type;
};
template <>
struct UnitOf<F16> {
  typedef UnitOfPairs<PairF16> Type;
};
template <>
struct UnitOf<BF16> {
  typedef UnitOfPairs<PairBF16> Type;
};
template <>
struct UnitOf<Q8_0> {
  typedef UnitQ8_0 Type;
};
template <>
struct UnitOf<Q4_0> {
  typedef UnitQ4_0 Type;
};
template <>
struct UnitOf<Q4_K> {
  typedef UnitQ4_K Type;
};
template <>
struct UnitOf<Q5_K> {
  typedef UnitQ5_K Type;
};
template <>
struct UnitOf<Q6_K> {
  typedef UnitQ6_K Type;
};
