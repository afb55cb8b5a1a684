// How the codes of a row become fragments of tensor cores, for products with few rows of input.
//
// Of the 16 x 8 x 16 product of tensor.cuh, a holds 16 rows of the matrix as integers that binary16 holds exactly, b the
// input: the columns of b are the rows of the input, each twice, as binary16 and what that leaves of it, so that 22 bits
// of the input count. Which columns of the matrix meet in one product does not matter, as long as a and b agree and one
// scale applies; so every lane takes what its words hold. SETs are 32 columns; of a set each of the four lanes t of a
// row has 8 columns, two times four, in the order of its fragments: FIRST + 4 t (or 8 t) on, and OTHER columns further.
//
// A step of 8 sets is a warp's work at once. `multiply` adds its products to the lane's four sums
// and fetches the next step meanwhile. Rows consist of WHOLE
// columns; what the last step lacks is zeros.
#pragma once

#include "formats_tiled.cuh"
#include "tensor.cuh"

// Input of a set for this lane: b0, b1 of the first product, b0, b1 of the second.
struct SetInput {
  const uint4* fragments; // of set 0, column of this lane
  int stride;             // to the next set
  const float* sums;      // of the row of input of this lane, by set
  int sumStride;
  __device__ __forceinline__ uint4 at(int set) const { return fragments[set * stride]; }
  __device__ __forceinline__ float sum(int set) const { return sums[set * sumStride]; }
};

#define ONES_1024 0x64006400u // pair of 1024: a code in its lowest bits is added to it
#define PAIR(bits) ((bits) * 0x00010001u)

// Where a row's fields begin.
struct RowPlaces {
  const u8* codes;
  const u8* scales;
  const u8* upper;
  const u8* d;
};

// What a lane is to read next, half by half, as soon as it is done with what it has.
struct Refill {
  const RowPlaces* row0;
  const RowPlaces* row1;
  int step;
  int cols;
  bool wanted;
  template <class T>
  __device__ __forceinline__ void half(int h, typename T::Raw (&raw)[2]) const {
    if (wanted) {
      T::fetch(*row0, step, cols, threadIdx.x % 4, h, raw[0]);
      T::fetch(*row1, step, cols, threadIdx.x % 4, h, raw[1]);
    }
  }
};

// 1024 + codes in bits 0-3 and 16-19.
static __device__ __forceinline__ u32 lower_codes(u32 w) { return and_or(w, 0x000f000fu, ONES_1024); }
// 1024 + 16 * codes in bits 4-7 and 20-23.
static __device__ __forceinline__ u32 upper_codes(u32 w) { return and_or(w, 0x00f000f0u, ONES_1024); }

// sums += factor of the row * part
static __device__ __forceinline__ void add_scaled(float (&sums)[4], const float (&part)[4], float low, float high) {
  sums[0] = fmaf(low, part[0], sums[0]);
  sums[1] = fmaf(low, part[1], sums[1]);
  sums[2] = fmaf(high, part[2], sums[2]);
  sums[3] = fmaf(high, part[3], sums[3]);
}

static __device__ __forceinline__ u32 part_of(const uint4& q, int i) { return i == 0 ? q.x : i == 1 ? q.y : i == 2 ? q.z : q.w; }

// Number i of four binary16.
static __device__ __forceinline__ float half_of(const uint2& four, int i) {
  return half_to_float((u16)((i < 2 ? four.x : four.y) >> i % 2 * 16));
}

struct TilesQ4_0 {
  typedef TiledQ4_0 Format;
  static const int WHOLE = 128;
  static const int SPREAD = 4; // a lane's first columns: SPREAD * t
  static const int OTHER = 16;
  static const bool SUMS = false;
  struct Raw {
    uint4 q[2]; // word t of four blocks, twice
    uint2 d[2];
  };
  // Order of the 8 columns in the fragments.
  static __device__ __forceinline__ int column(int i) { return i < 4 ? i / 2 * 4 + i % 2 * 2 : 1 + (i - 4) / 2 * 4 + i % 2 * 2; }
  static __device__ __forceinline__ RowPlaces places(const Weight& w, i64 row, int cols) {
    i64 b = row * (cols / 32);
    RowPlaces p = {w.data + b * 16, w.data + w.blocks * 16 + b * 2, 0, 0};
    return p;
  }
  // The second half is read only where the row has it.
  static __device__ __forceinline__ void fetch(const RowPlaces& p, int step, int cols, int t, int h, Raw& raw) {
    bool inside = step * 256 + h * 128 < cols;
    raw.q[h] = inside ? load_once(p.codes + step * 128 + h * 64 + t * 16) : make_uint4(0, 0, 0, 0);
    raw.d[h] = inside ? *(const uint2*)(p.scales + step * 16 + h * 8) : make_uint2(0, 0);
  }
  static __device__ __forceinline__ void multiply(
      Raw (&raw)[2], const SetInput& x, const Refill& refill, float (&sums)[4]) {
#pragma unroll
    for (int i = 0; i < 8; i++) {
      uint4 b = x.at(i);
      u32 w0 = part_of(raw[0].q[i / 4], i % 4);
      u32 w1 = part_of(raw[1].q[i / 4], i % 4);
      float part[4];
      multiply_word(w0, w1, b.x, b.y, part, true);
      multiply_word(w0 >> 8, w1 >> 8, b.z, b.w, part, false);
      add_scaled(sums, part, half_of(raw[0].d[i / 4], i % 4), half_of(raw[1].d[i / 4], i % 4));
      if (i % 4 == 3) {
        refill.half<TilesQ4_0>(i / 4, raw);
      }
    }
  }
  static __device__ __forceinline__ void multiply_word(u32 w0, u32 w1, u32 b0, u32 b1, float (&part)[4], bool first) {
    const u32 one = PAIR(0x3c00u), sixteenth = PAIR(0x2c00u);
    // less 1024 + 8, and 64 + 8
    u32 a[4] = {half_pair_fma(lower_codes(w0), one, PAIR(0xe408u)), half_pair_fma(lower_codes(w1), one, PAIR(0xe408u)),
                half_pair_fma(upper_codes(w0), sixteenth, PAIR(0xd480u)),
                half_pair_fma(upper_codes(w1), sixteenth, PAIR(0xd480u))};
    if (first) {
      MmaF16::first(part, a, b0, b1);
    } else {
      MmaF16::multiply(part, a, b0, b1);
    }
  }
};

struct TilesQ8_0 {
  typedef TiledQ8_0 Format;
  static const int WHOLE = 128;
  static const int SPREAD = 8;
  static const int OTHER = 4;
  static const bool SUMS = false;
  struct Raw {
    uint4 q[4]; // 8 bytes of each of two blocks, four times
    uint2 d[2];
  };
  static __device__ __forceinline__ int column(int i) { return i; }
  static __device__ __forceinline__ RowPlaces places(const Weight& w, i64 row, int cols) {
    i64 b = row * (cols / 32);
    RowPlaces p = {w.data + b * 32, w.data + w.blocks * 32 + b * 2, 0, 0};
    return p;
  }
  // The second half is read only where the row has it.
  static __device__ __forceinline__ void fetch(const RowPlaces& p, int step, int cols, int t, int h, Raw& raw) {
    bool inside = step * 256 + h * 128 < cols;
    const u8* q = p.codes + step * 256 + h * 128 + t * 16;
    raw.q[2 * h] = inside ? load_once(q) : make_uint4(0, 0, 0, 0);
    raw.q[2 * h + 1] = inside ? load_once(q + 64) : make_uint4(0, 0, 0, 0);
    raw.d[h] = inside ? *(const uint2*)(p.scales + step * 16 + h * 8) : make_uint2(0, 0);
  }
  // 1024 + 128 + codes of bytes 2i and 2i + 1, less 1152
  static __device__ __forceinline__ u32 codes(u32 w, int i) {
    u32 v = pick_bytes(w ^ 0x80808080u, 0x64646464u, i == 0 ? 0x4140u : 0x4342u);
    return half_pair_fma(v, PAIR(0x3c00u), PAIR(0xe480u));
  }
  static __device__ __forceinline__ void multiply(
      Raw (&raw)[2], const SetInput& x, const Refill& refill, float (&sums)[4]) {
#pragma unroll
    for (int i = 0; i < 8; i++) {
      uint4 b = x.at(i);
      float part[4];
#pragma unroll
      for (int j = 0; j < 2; j++) {
        u32 w0 = part_of(raw[0].q[i / 2], i % 2 * 2 + j);
        u32 w1 = part_of(raw[1].q[i / 2], i % 2 * 2 + j);
        u32 a[4] = {codes(w0, 0), codes(w1, 0), codes(w0, 1), codes(w1, 1)};
        if (j == 0) {
          MmaF16::first(part, a, b.x, b.y);
        } else {
          MmaF16::multiply(part, a, b.z, b.w);
        }
      }
      add_scaled(sums, part, half_of(raw[0].d[i / 4], i % 4), half_of(raw[1].d[i / 4], i % 4));
      if (i % 4 == 3) {
        refill.half<TilesQ8_0>(i / 4, raw);
      }
    }
  }
};
