// How the codes of a row become fragments of tensor cores, for products with few rows of input.
//
// Of the 16 x 8 x 32 product of tensor.cuh, a holds 16 rows of the matrix as the codes of its format, b the input in
// integers of 16 bits with a scale for each 32 columns: the columns of b are the rows of the input, each twice, its upper
// bytes and its lower bytes. Sums of integers are exact. Which columns of the matrix meet in one product does not matter,
// as long as a and b agree and one scale applies; so every lane takes what its words hold. SETs are 32 columns; of a set
// each of the four lanes t of a row has 8 columns, two times four: SPREAD t on, and OTHER columns further.
//
// A step of 8 sets is a warp's work at once. `bring` begins to copy it to a stage in shared memory, STAGE bytes, from the
// Source that the lane has for a tile; `load` takes what the lane needs of a row; `multiply` adds the products to its sums
// of two rows. Rows consist of WHOLE columns; what the last step lacks is zeros.
#pragma once

#include "formats_tiled.cuh"
#include "tensor.cuh"

#define SET 32
#define SETS 8
#define STEP (SETS * SET)

// Input of a step for this lane.
struct StepInput {
  const uint4* fragments; // of the first pair of sets, column of this lane: b of the two sets
  int stride;             // to the next pair
  const float* scales;    // of the row of input of this lane, by set
  const float* sums;
  float unit;             // of scales and sums: what products are multiplied by after d
  __device__ __forceinline__ uint4 at(int pair) const { return fragments[pair * stride]; }
  __device__ __forceinline__ float4 scales_at(int half) const { return *(const float4*)(scales + 4 * half); }
  __device__ __forceinline__ float4 sums_at(int half) const { return *(const float4*)(sums + 4 * half); }
};

// Where a row's fields begin.
struct RowPlaces {
  const u8* codes;
  const u8* scales;
  const u8* upper;
  const u8* d;
};

// Codes of a stage come first, CHUNKS pieces of 16 bytes a row, 8 or 16. Odd rows have halves of eight pieces exchanged,
// so that the lanes of two rows read from different banks.
template <int CHUNKS>
static __device__ __forceinline__ int chunk_place(int row, int chunk) {
  return (row * CHUNKS + (chunk ^ row % 2 * 4)) * 16;
}

// The pieces of codes that a lane copies: the same one of every fourth or every second row.
template <int CHUNKS>
struct CodeSource {
  static const int COUNT = CHUNKS / 2;
  static const int DISTANCE = 32 / CHUNKS; // of rows
  const u8* from[COUNT];
  __device__ __forceinline__ explicit CodeSource(const RowPlaces* rows) {
    int lane = threadIdx.x % WARP;
#pragma unroll
    for (int i = 0; i < COUNT; i++) {
      from[i] = rows[i * DISTANCE + lane / CHUNKS].codes + lane % CHUNKS * 16;
    }
  }
  // `inside`: pieces that the rows have, zeros for the others.
  __device__ __forceinline__ void bring(int step, int inside, u8* stage) const {
    int lane = threadIdx.x % WARP;
    u8* to = stage + chunk_place<CHUNKS>(lane / CHUNKS, lane % CHUNKS);
#pragma unroll
    for (int i = 0; i < COUNT; i++) {
      copy_async(to + i * DISTANCE * CHUNKS * 16, from[i] + step * CHUNKS * 16, lane % CHUNKS < inside);
    }
  }
};

// Scales of eight blocks of 32, 16 bytes a row, in halves, since rows may end with the first.
struct BlockScaleSource {
  const u8* from;
  __device__ __forceinline__ explicit BlockScaleSource(const RowPlaces* rows) {
    from = rows[threadIdx.x % WARP / 2].scales + threadIdx.x % 2 * 8;
  }
  __device__ __forceinline__ void bring(int step, int cols, u8* to) const {
    bool inside = step * 256 + (int)threadIdx.x % 2 * 128 < cols;
    copy_async_part<8>(to + threadIdx.x % WARP * 8, from + step * 16, inside ? 8 : 0);
  }
};

static __device__ __forceinline__ uint4 piece_at(const u8* shared) { return *(const uint4*)shared; }
static __device__ __forceinline__ uint2 half_piece_at(const u8* shared) { return *(const uint2*)shared; }

static __device__ __forceinline__ u32 part_of(const uint4& q, int i) { return i == 0 ? q.x : i == 1 ? q.y : i == 2 ? q.z : q.w; }
static __device__ __forceinline__ float part_of(const float4& q, int i) { return i == 0 ? q.x : i == 1 ? q.y : i == 2 ? q.z : q.w; }

// Number i of four binary16.
static __device__ __forceinline__ float half_of(const uint2& four, int i) {
  return half_to_float((u16)((i < 2 ? four.x : four.y) >> i % 2 * 16));
}

// What products with the upper and the lower bytes make together.
static __device__ __forceinline__ float whole(int upper, int lower) { return (float)(upper * 256 + lower); }

// sums += factors of the two rows * products of them * scale of the input, which may be tiny
static __device__ __forceinline__ void add_scaled(
    float (&sums)[2], const int (&c)[4], float low, float high, float scale) {
  sums[0] = fmaf(low * whole(c[0], c[1]), scale, sums[0]);
  sums[1] = fmaf(high * whole(c[2], c[3]), scale, sums[1]);
}

struct TilesQ4_0 {
  typedef TiledQ4_0 Format;
  static const int WHOLE = 128;
  static const int STEPS = 2; // at once
  static const int SPREAD = 4;
  static const int OTHER = 16;
  static const bool SUMS = false;
  static const bool FACTOR_LAST = false;
  static constexpr float SCALE = 0.0625f; // codes are multiplied by 16
  struct Raw {
    uint4 q[2]; // word t of four blocks, twice
    uint2 d[2];
  };
  static __device__ __forceinline__ RowPlaces places(const Weight& w, i64 row, int cols) {
    i64 b = row * (cols / 32);
    RowPlaces p = {w.data + b * 16, w.data + w.blocks * 16 + b * 2, 0, 0};
    return p;
  }
  static const int CODES = 16 * 128;
  static const int STAGE = CODES + 16 * 16;
  struct Source {
    CodeSource<8> codes;
    BlockScaleSource scales;
    __device__ __forceinline__ explicit Source(const RowPlaces* rows) : codes(rows), scales(rows) {}
    __device__ __forceinline__ void bring(int step, int cols, u8* stage) const {
      codes.bring(step, step * 256 + 128 < cols ? 8 : 4, stage);
      scales.bring(step, cols, stage + CODES);
    }
  };
  static __device__ __forceinline__ void load(
      const u8* stage, const RowPlaces* rows, int step, int row, int t, Raw& raw) {
#pragma unroll
    for (int h = 0; h < 2; h++) {
      raw.q[h] = piece_at(stage + chunk_place<8>(row, h * 4 + t));
      raw.d[h] = half_piece_at(stage + CODES + row * 16 + h * 8);
    }
  }
  static __device__ __forceinline__ void multiply(const Raw (&raw)[2], const StepInput& x, float (&sums)[2]) {
#pragma unroll
    for (int i = 0; i < 8; i++) {
      uint4 b = x.at(i / 2);
      u32 w0 = part_of(raw[0].q[i / 4], i % 4);
      u32 w1 = part_of(raw[1].q[i / 4], i % 4);
      u32 a[4] = {upper_signed(w0 << 4), upper_signed(w1 << 4), upper_signed(w0), upper_signed(w1)};
      int c[4];
      MmaS8::first(c, a, i % 2 == 0 ? b.x : b.z, i % 2 == 0 ? b.y : b.w);
      float scale = part_of(x.scales_at(i / 4), i % 4);
      add_scaled(sums, c, half_of(raw[0].d[i / 4], i % 4), half_of(raw[1].d[i / 4], i % 4), scale);
    }
  }
  // 16 * (code - 8) of the codes in the upper halves of bytes.
  static __device__ __forceinline__ u32 upper_signed(u32 w) { return and_xor(w, 0xf0f0f0f0u, 0x80808080u); }
};

struct TilesQ8_0 {
  typedef TiledQ8_0 Format;
  static const int WHOLE = 128;
  static const int STEPS = 1; // at once
  static const int SPREAD = 8;
  static const int OTHER = 4;
  static const bool SUMS = false;
  static const bool FACTOR_LAST = false;
  static constexpr float SCALE = 1.0f;
  struct Raw {
    uint4 q[4]; // 8 bytes of each of two blocks, four times
    uint2 d[2];
  };
  static __device__ __forceinline__ RowPlaces places(const Weight& w, i64 row, int cols) {
    i64 b = row * (cols / 32);
    RowPlaces p = {w.data + b * 32, w.data + w.blocks * 32 + b * 2, 0, 0};
    return p;
  }
  static const int CODES = 16 * 256;
  static const int STAGE = CODES + 16 * 16;
  struct Source {
    CodeSource<16> codes;
    BlockScaleSource scales;
    __device__ __forceinline__ explicit Source(const RowPlaces* rows) : codes(rows), scales(rows) {}
    __device__ __forceinline__ void bring(int step, int cols, u8* stage) const {
      codes.bring(step, step * 256 + 128 < cols ? 16 : 8, stage);
      scales.bring(step, cols, stage + CODES);
    }
  };
  static __device__ __forceinline__ void load(
      const u8* stage, const RowPlaces* rows, int step, int row, int t, Raw& raw) {
#pragma unroll
    for (int i = 0; i < 4; i++) {
      raw.q[i] = piece_at(stage + chunk_place<16>(row, i * 4 + t));
    }
#pragma unroll
    for (int h = 0; h < 2; h++) {
      raw.d[h] = half_piece_at(stage + CODES + row * 16 + h * 8);
    }
  }
  static __device__ __forceinline__ void multiply(const Raw (&raw)[2], const StepInput& x, float (&sums)[2]) {
#pragma unroll
    for (int i = 0; i < 8; i++) {
      uint4 b = x.at(i / 2);
      const uint4& q0 = raw[0].q[i / 2];
      const uint4& q1 = raw[1].q[i / 2];
      u32 a[4] = {part_of(q0, i % 2 * 2), part_of(q1, i % 2 * 2), part_of(q0, i % 2 * 2 + 1), part_of(q1, i % 2 * 2 + 1)};
      int c[4];
      MmaS8::first(c, a, i % 2 == 0 ? b.x : b.z, i % 2 == 0 ? b.y : b.w);
      float scale = part_of(x.scales_at(i / 4), i % 4);
      add_scaled(sums, c, half_of(raw[0].d[i / 4], i % 4), half_of(raw[1].d[i / 4], i % 4), scale);
    }
  }
};
