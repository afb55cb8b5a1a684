// The input of products on tensor cores as fragments (tiles.cuh), each step of columns in the shared memory of the warp
// that works on it, so that warps need not wait for each other.
#pragma once

#include "row_input.cuh"
#include "tiles_k.cuh"

#define TILE_WARPS (MATVEC_THREADS / WARP)
#define LARGEST_FIXED 32512.0f // whose upper byte, rounded, is 127
#define HUGE_UNIT 0x1p32f

// The STEPS of one warp at once, for lane t and column c of b: a pair of sets at once. `units`: what the products of a step
// are multiplied by at the end where that is the only factor of the format (FACTOR_LAST); scales of huge input have it
// taken out, since a block's products, not yet multiplied by its d, are up to 2^20 times as large as the input.
template <int NB, int STEPS>
struct WarpInput {
  static const int COLUMNS = 2 * NB; // of b
  uint4 fragments[STEPS][SETS / 2][COLUMNS][4];
  float scales[STEPS][NB][SETS];
  float sums[STEPS][NB][SETS];
  float units[STEPS][NB];
};

// `places`: of the rows of the tiles; `sums`: the results so far, of the lanes that have columns of the input.
template <int NB, int STEPS>
struct TileInput {
  static const int MOST_TILES = 8 / NB; // of 16 rows, at once
  RowPlaces places[MOST_TILES * 16];
  WarpInput<NB, STEPS> warps[TILE_WARPS];
  float2 sums[TILE_WARPS][MOST_TILES][8][NB];
  float squares[TILE_WARPS][NB];
};

// The eight columns of lane 4 s + t in set s, as lane t of a row has them (tiles.cuh); 0 beyond the row. Adds to the
// squares of this lane.
template <class T>
static __device__ __forceinline__ void load_step(const InputRows& in, int b, int first, float (&v)[8], float& squares) {
  int lane = threadIdx.x % WARP;
  const float* row = in.x + (i64)b * in.cols;
#pragma unroll
  for (int half = 0; half < 2; half++) {
    int col = first + lane / 4 * SET + lane % 4 * T::SPREAD + half * T::OTHER;
    float4 four = make_float4(0, 0, 0, 0);
    if (col < in.cols) {
      four = *(const float4*)(row + col);
    }
    if (in.gain != 0 && col < in.cols) {
      squares = fmaf(four.x, four.x, fmaf(four.y, four.y, fmaf(four.z, four.z, fmaf(four.w, four.w, squares))));
      float4 g = *(const float4*)(in.gain + col);
      four = make_float4(four.x * g.x, four.y * g.y, four.z * g.z, four.w * g.w);
    }
    v[4 * half] = four.x;
    v[4 * half + 1] = four.y;
    v[4 * half + 2] = four.z;
    v[4 * half + 3] = four.w;
  }
}

// How the columns of a set become integers of up to LARGEST_FIXED: times `up` and `further`; `scale` takes it back. Its
// inverse is a normal number, which that of `largest` need not be. Tiny ones are multiplied by powers of two, since the
// others' factors would not be normal numbers.
struct FixedScale {
  float up;
  float further;
  float scale;
};

static __device__ __forceinline__ FixedScale fixed_scale(float largest) {
  if (!(largest < 0x1p-80f)) { // with NaN the scale is NaN, and so is every result
    float scale = largest * (1.0f / LARGEST_FIXED);
    FixedScale s = {fast_inverse(scale), 1.0f, scale};
    return s;
  }
  int exponent = (int)(__float_as_uint(largest * 0x1p64f) >> 23) - 127 - 64; // -191 for 0
  exponent = exponent < -136 ? -136 : exponent;
  FixedScale s = {power_of_two(100), power_of_two(-exponent + 13 - 100), power_of_two(-26) * power_of_two(exponent + 13)};
  return s;
}

// Four integers in the lower halves of floats' bits: their lower bytes, and their upper bytes, rounded.
static __device__ __forceinline__ u32 lower_bytes(const u32* q) {
  return pick_bytes(pick_bytes(q[0], q[1], 0x0040u), pick_bytes(q[2], q[3], 0x0040u), 0x5410u);
}
static __device__ __forceinline__ u32 upper_bytes(const u32* q) {
  return pick_bytes(
      pick_bytes(q[0] + 128, q[1] + 128, 0x0051u), pick_bytes(q[2] + 128, q[3] + 128, 0x0051u), 0x5410u);
}

// What the integers of a lane's columns make together, in the lower bits of floats that begin at 1.5 * 2^23.
static __device__ __forceinline__ u32 integer_sum(const u32 (&q)[8]) {
  return ((q[0] + q[1]) + (q[2] + q[3])) + ((q[4] + q[5]) + (q[6] + q[7])) - 8 * 0x4b400000u;
}

// Makes fragments of them: integers of 16 bits, of which the columns of b have the upper and the lower byte. Sums are those
// of the integers, so that a column's error is that of its rounding times its weight.
template <class T, class IN>
static __device__ __forceinline__ void put_step(const float (&v)[8], int b, int step, IN& shared) {
  int lane = threadIdx.x % WARP;
  int set = lane / 4;
  int t = lane % 4;
  float largest = 0;
#pragma unroll
  for (int i = 0; i < 8; i++) {
    largest = max_or_nan(largest, fabsf(v[i]));
  }
  largest = max_or_nan(largest, __shfl_xor_sync(ALL_LANES, largest, 1));
  largest = max_or_nan(largest, __shfl_xor_sync(ALL_LANES, largest, 2));
  FixedScale fixed = fixed_scale(largest);
  float scale = fixed.scale * T::SCALE;
  if (T::FACTOR_LAST) {
    bool huge = __ballot_sync(ALL_LANES, largest > 0x1p60f) != 0;
    scale = huge ? scale * (1 / HUGE_UNIT) : scale;
    if (lane == 0) {
      shared.units[step][b] = huge ? HUGE_UNIT : 1.0f;
    }
  }
  u32 q[8];
#pragma unroll
  for (int i = 0; i < 8; i++) {
    q[i] = __float_as_uint(fmaf(v[i] * fixed.further, fixed.up, 12582912.0f)); // 1.5 * 2^23: to the nearest integer
  }
  uint2* pair = (uint2*)&shared.fragments[step][set / 2][2 * b][t] + set % 2;
  pair[0] = make_uint2(upper_bytes(q), upper_bytes(q + 4));
  pair[8] = make_uint2(lower_bytes(q), lower_bytes(q + 4));
  if (t == 0) {
    shared.scales[step][b][set] = scale;
  }
  if (T::SUMS) {
    u32 sum = integer_sum(q);
    sum += __shfl_xor_sync(ALL_LANES, sum, 1);
    sum += __shfl_xor_sync(ALL_LANES, sum, 2);
    if (t == 0) {
      shared.sums[step][b][set] = (float)(int)sum * scale;
    }
  }
}
