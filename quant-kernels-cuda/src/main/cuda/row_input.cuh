// The input of a product of few rows, part by part in the shared memory of a block.
#pragma once

#include "units.cuh"

#define MATVEC_THREADS 256
#ifdef TILES // which need the room for other things, and this way only for odd numbers of columns
#define INPUT_FLOATS 4096
#else
#define INPUT_FLOATS 8192
#endif

// Shared memory of a block: NB rows of PART columns, padded as units.cuh says.
template <int NB>
struct RowInput {
  static const int PART = INPUT_FLOATS / NB;
  static const int STRIDE = PART + PART / 8;
  float x[NB * STRIDE];
  float squares[NB][MATVEC_THREADS / WARP];
};

// What every thread knows of the input. `gain` 0: used as it is; otherwise multiplied by gain, and the caller by
// 1 / sqrt(mean of squares + epsilon) at the end. `exact`: not to be rounded to less than floats.
struct InputRows {
  const float* x;
  const float* gain;
  float epsilon;
  int cols;
  int rows;
  bool exact;
};

// Four columns from `col` of a row, 0 beyond its end.
static __device__ __forceinline__ float4 four_columns(const float* row, int col, int cols) {
  if (cols % 4 == 0) {
    return col < cols ? *(const float4*)(row + col) : make_float4(0, 0, 0, 0);
  }
  return make_float4(
      col < cols ? row[col] : 0.0f,
      col + 1 < cols ? row[col + 1] : 0.0f,
      col + 2 < cols ? row[col + 2] : 0.0f,
      col + 3 < cols ? row[col + 3] : 0.0f);
}

// Brings the part that begins at column `first`, with the sums of its groups. Adds to the squares of this thread.
template <int NB>
static __device__ __forceinline__ void bring_part(
    const InputRows& in, int first, RowInput<NB>& shared, float (&squares)[NB]) {
  int length = in.cols - first < RowInput<NB>::PART ? in.cols - first : RowInput<NB>::PART;
  int pieces = (length + 127) / 128 * 32; // whole warps: the sums need all lanes
#pragma unroll
  for (int b = 0; b < NB; b++) {
    if (b >= in.rows) {
      break;
    }
    const float* row = in.x + (i64)b * in.cols;
    for (int piece = threadIdx.x; piece < pieces; piece += MATVEC_THREADS) {
      int col = first + piece * 4;
      float4 v = four_columns(row, col, in.cols);
      if (in.gain != 0) {
        float4 g = four_columns(in.gain, col, in.cols);
        squares[b] = fmaf(v.x, v.x, fmaf(v.y, v.y, fmaf(v.z, v.z, fmaf(v.w, v.w, squares[b]))));
        v = make_float4(v.x * g.x, v.y * g.y, v.z * g.z, v.w * g.w);
      }
      float sum = (v.x + v.y) + (v.z + v.w);
      sum += __shfl_xor_sync(ALL_LANES, sum, 1);
      sum += __shfl_xor_sync(ALL_LANES, sum, 2);
      float* to = shared.x + b * RowInput<NB>::STRIDE;
      *(float4*)(to + padded(piece * 4)) = v;
      if (piece % 4 == 0) {
        to[piece / 8 * 36 + 32 + piece / 4 % 2] = sum;
      }
    }
  }
}

// The factor of every row's products: 1, or that of the RMS norm. All threads of the block call it.
template <int NB>
static __device__ __forceinline__ void norm_factors(
    const InputRows& in, RowInput<NB>& shared, const float (&squares)[NB], float (&factors)[NB]) {
#pragma unroll
  for (int b = 0; b < NB; b++) {
    factors[b] = 1.0f;
  }
  if (in.gain == 0) {
    return;
  }
#pragma unroll
  for (int b = 0; b < NB; b++) {
    float sum = warp_sum(squares[b]);
    if (threadIdx.x % WARP == 0) {
      shared.squares[b][threadIdx.x / WARP] = sum;
    }
  }
  __syncthreads();
#pragma unroll
  for (int b = 0; b < NB; b++) {
    float sum = 0;
    for (int w = 0; w < MATVEC_THREADS / WARP; w++) {
      sum += shared.squares[b][w];
    }
    factors[b] = 1.0f / sqrtf(sum / in.cols + in.epsilon);
  }
}
