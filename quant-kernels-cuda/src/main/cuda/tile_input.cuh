// The input of products on tensor cores as fragments (tiles.cuh), each step of columns in the shared memory of the warp
// that works on it, so that warps need not wait for each other.
#pragma once

#include "row_input.cuh"
#include "tiles_k.cuh"

#define TILE_WARPS (MATVEC_THREADS / WARP)
#define SET 32
#define SETS 8
#define STEP (SETS * SET)

// Steps of one warp; `factors` undo the scales of their columns.
template <int NB>
struct WarpInput {
  static const int COLUMNS = 2 * NB; // of b
  static const int STEPS = NB == 1 ? 2 : 1; // at once
  uint4 fragments[STEPS][SETS][COLUMNS][4];
  float sums[STEPS][SETS][NB];
  float factors[STEPS][NB];
};

// `places`: of the rows of the tiles; `sums`: the fragments of results of each lane so far.
template <int NB>
struct TileInput {
  static const int MOST_TILES = NB < 4 ? 4 : 2; // of 16 rows, at once
  RowPlaces places[MOST_TILES * 16];
  WarpInput<NB> warps[TILE_WARPS];
  float4 sums[TILE_WARPS][MOST_TILES][WARP];
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

// Makes fragments of them. They are multiplied by a power of two that brings the largest magnitude of the step to about
// 2^12, so that neither it nor what is left of it leaves binary16.
template <class T, int NB>
static __device__ __forceinline__ void put_step(const float (&v)[8], int b, int step, WarpInput<NB>& shared) {
  int lane = threadIdx.x % WARP;
  int set = lane / 4;
  int t = lane % 4;
  float largest = 0;
#pragma unroll
  for (int i = 0; i < 8; i++) {
    largest = fmaxf(largest, fabsf(v[i]));
  }
  largest = warp_max(largest);
  int exponent = (int)(__float_as_uint(largest) >> 23 & 255) - 127 - 12;
  exponent = exponent < -126 ? -126 : exponent;
  float up = power_of_two(-exponent);
  u32 whole[4];
  u32 rest[4];
#pragma unroll
  for (int i = 0; i < 4; i++) {
    float x = v[T::column(2 * i)] * up;
    float y = v[T::column(2 * i + 1)] * up;
    whole[i] = half_pair(x, y);
    rest[i] = half_pair(x - half_to_float((u16)(whole[i] & 0xffff)), y - half_to_float((u16)(whole[i] >> 16)));
  }
  shared.fragments[step][set][2 * b][t] = make_uint4(whole[0], whole[1], whole[2], whole[3]);
  shared.fragments[step][set][2 * b + 1][t] = make_uint4(rest[0], rest[1], rest[2], rest[3]);
  if (T::SUMS) {
    float sum = ((v[0] + v[1]) + (v[2] + v[3])) + ((v[4] + v[5]) + (v[6] + v[7]));
    sum += __shfl_xor_sync(ALL_LANES, sum, 1);
    sum += __shfl_xor_sync(ALL_LANES, sum, 2);
    if (t == 0) {
      shared.sums[step][set][b] = sum * up;
    }
  }
  if (lane == 0) {
    shared.factors[step][b] = power_of_two(exponent);
  }
}
