// Products of 16 rows of a matrix with NB rows of input, a block's work on tensor cores: its warps take steps of columns
// in turn, and their sums meet in shared memory. A row's terms are added in the same order whatever NB is.
#pragma once

#include "tile_input.cuh"

template <class T, int NB>
struct TileProducts {
  typedef typename T::Raw Raw;

  static __device__ __forceinline__ void fetch(
      const Weight (&w)[2], const i64 (&row)[2], int step, int steps, int cols, Raw (&raw)[2]) {
    if (step < steps) {
      T::fetch(w[0], row[0], step, cols, threadIdx.x % 4, raw[0]);
      T::fetch(w[1], row[1], step, cols, threadIdx.x % 4, raw[1]);
    }
  }

  // `w`, `row`: of rows lane / 4 and lane / 4 + 8 of the 16. Leaves the products in shared.results, a part for each warp.
  // All threads of the block call it.
  static __device__ __forceinline__ void run(
      const Weight (&w)[2], const i64 (&row)[2], const InputRows& in, TileInput<NB>& shared) {
    int lane = threadIdx.x % WARP;
    int warp = threadIdx.x / WARP;
    int steps = (in.cols + STEP - 1) / STEP;
    WarpInput<NB>& own = shared.warps[warp];
    int inputRow = lane % 4 < NB ? lane % 4 : NB - 1; // that the lane's sums are of
    SetInput x = {&own.fragments[0][lane / 4 % WarpInput<NB>::COLUMNS][lane % 4], 4 * WarpInput<NB>::COLUMNS,
                  &own.sums[0][inputRow], NB};
    Raw ahead[2];
    fetch(w, row, warp, steps, in.cols, ahead);
    float sums[4] = {0, 0, 0, 0};
    float squares[NB];
#pragma unroll
    for (int b = 0; b < NB; b++) {
      squares[b] = 0;
    }
    for (int step = warp; step < steps; step += TILE_WARPS) {
      float factor = 0;
      __syncwarp();
#pragma unroll
      for (int b = 0; b < NB; b++) {
        if (b < in.rows) {
          float f = bring_step<T, NB>(in, b, step * STEP, own, squares[b]);
          factor = b == inputRow ? f : factor;
        }
      }
      __syncwarp();
      Raw now[2] = {ahead[0], ahead[1]};
      fetch(w, row, step + TILE_WARPS, steps, in.cols, ahead);
      float part[4] = {0, 0, 0, 0};
      T::multiply(now, x, part);
      add_scaled(sums, part, factor, factor);
    }
    if (lane % 4 < NB) {
      shared.results[warp][lane / 4][lane % 4] = sums[0] + sums[1];
      shared.results[warp][lane / 4 + 8][lane % 4] = sums[2] + sums[3];
    }
    if (in.gain != 0) {
#pragma unroll
      for (int b = 0; b < NB; b++) {
        float sum = warp_sum(squares[b]);
        if (lane == 0) {
          shared.squares[warp][b] = sum;
        }
      }
    }
    __syncthreads();
  }

  // Row r of the 16 with row b of the input, after run.
  static __device__ __forceinline__ float result(const InputRows& in, const TileInput<NB>& shared, int r, int b) {
    float sum = 0;
    float squares = 0;
#pragma unroll
    for (int w = 0; w < TILE_WARPS; w++) {
      sum += shared.results[w][r][b];
      squares += in.gain != 0 ? shared.squares[w][b] : 0.0f;
    }
    return in.gain != 0 ? sum / sqrtf(squares / in.cols + in.epsilon) : sum;
  }
};
