// The input of products on tensor cores as fragments (tiles.cuh), each step of columns in the shared memory of the warp
// that works on it, so that warps need not wait for each other.
#pragma once

#include "row_input.cuh"
#include "tiles.cuh"

#define TILE_WARPS (MATVEC_THREADS / WARP)
#define SET 32
#define SETS 8
#define STEP (SETS * SET)

template <int NB>
struct WarpInput {
  static const int COLUMNS = 2 * NB; // of b
  uint4 fragments[SETS][COLUMNS][4];
  float sums[SETS][NB];
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

// Brings a step of row b: lane 4 s + t the eight columns of lane t in set s. They are multiplied by a power of two that
// brings the largest magnitude of the step to about 2^12, so that neither it nor what is left of it leaves binary16;
// returns the factor that undoes it. Adds to the squares of this lane.
template <class T, int NB>
static __device__ __forceinline__ float bring_step(
    const InputRows& in, int b, int first, WarpInput<NB>& shared, float& squares) {
  int lane = threadIdx.x % WARP;
  int set = lane / 4;
  int t = lane % 4;
  const float* row = in.x + (i64)b * in.cols;
  float v[8] = {0, 0, 0, 0, 0, 0, 0, 0};
  if (first + set * SET < in.cols) {
#pragma unroll
    for (int half = 0; half < 2; half++) {
      int col = first + set * SET + t * T::SPREAD + half * T::OTHER;
      float4 four = *(const float4*)(row + col);
      if (in.gain != 0) {
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
  float largest = 0;
#pragma unroll
  for (int i = 0; i < 8; i++) {
    largest = fmaxf(largest, fabsf(v[i]));
  }
  largest = warp_max(largest);
  int exponent = (int)(__float_as_uint(largest) >> 23 & 255) - 127 - 12;
  exponent = exponent < -110 ? -110 : exponent;
  float up = power_of_two(-exponent);
  u32 whole[4];
  u32 rest[4];
#pragma unroll
  for (int i = 0; i < 4; i++) {
    float x = v[T::column(2 * i)] * up;
    float y = v[T::column(2 * i + 1)] * up;
    whole[i] = half_pair(x, y);
    rest[i] =
        half_pair(x - half_to_float((u16)(whole[i] & 0xffff)), y - half_to_float((u16)(whole[i] >> 16)));
  }
  shared.fragments[set][2 * b][t] = make_uint4(whole[0], whole[1], whole[2], whole[3]);
  shared.fragments[set][2 * b + 1][t] = make_uint4(rest[0], rest[1], rest[2], rest[3]);
  if (T::SUMS) {
    float sum = ((v[0] + v[1]) + (v[2] + v[3])) + ((v[4] + v[5]) + (v[6] + v[7]));
    sum += __shfl_xor_sync(ALL_LANES, sum, 1);
    sum += __shfl_xor_sync(ALL_LANES, sum, 2);
    if (t == 0) {
      shared.sums[set][b] = sum * up;
    }
  }
  return power_of_two(exponent);
}
