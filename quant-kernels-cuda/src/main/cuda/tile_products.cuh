// Products of a few times 16 rows of a matrix with NB rows of input, a block's work on tensor cores: its warps
// take steps of columns in turn, and their sums meet in shared memory. A row's terms are added in the same order whatever
// NB and the number of tiles are.
#pragma once

#include "tile_input.cuh"

template <class T, int NB>
struct TileProducts {
  typedef typename T::Raw Raw;

  static __device__ __forceinline__ void fetch(
      const TileInput<NB>& shared, int tile, int step, int steps, int cols, Raw (&raw)[2]) {
    if (step < steps) {
      int lane = threadIdx.x % WARP;
      T::fetch(shared.places[tile * 16 + lane / 4], step, cols, lane % 4, raw[0]);
      T::fetch(shared.places[tile * 16 + lane / 4 + 8], step, cols, lane % 4, raw[1]);
    }
  }

  // Leaves the products of the rows at shared.places in shared.sums, a part for each warp. All threads of the block
  // call it after that is filled.
  static __device__ __forceinline__ void run(int tiles, const InputRows& in, TileInput<NB>& shared) {
    int lane = threadIdx.x % WARP;
    int warp = threadIdx.x / WARP;
    int steps = (in.cols + STEP - 1) / STEP;
    WarpInput<NB>& own = shared.warps[warp];
    int inputRow = lane % 4 < NB ? lane % 4 : NB - 1; // that the lane's sums are of
    SetInput x = {&own.fragments[0][lane / 4 % WarpInput<NB>::COLUMNS][lane % 4], 4 * WarpInput<NB>::COLUMNS,
                  &own.sums[0][inputRow], NB};
    Raw ahead[2];
    fetch(shared, 0, warp, steps, in.cols, ahead);
    float squares[NB];
#pragma unroll
    for (int b = 0; b < NB; b++) {
      squares[b] = 0;
    }
    for (int i = 0; i < tiles; i++) {
      shared.sums[warp][i][lane] = make_float4(0, 0, 0, 0);
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
#pragma unroll 1
      for (int i = 0; i < tiles; i++) {
        Raw now[2] = {ahead[0], ahead[1]};
        bool last = i + 1 == tiles;
        fetch(shared, last ? 0 : i + 1, last ? step + TILE_WARPS : step, steps, in.cols, ahead);
        float part[4] = {0, 0, 0, 0};
        T::multiply(now, x, part);
        float4* sums = &shared.sums[warp][i][lane];
        float4 so = *sums;
        *sums = make_float4(fmaf(factor, part[0], so.x), fmaf(factor, part[1], so.y), fmaf(factor, part[2], so.z),
                            fmaf(factor, part[3], so.w));
      }
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

  // Row r with row b of the input, after run.
  static __device__ __forceinline__ float result(const InputRows& in, const TileInput<NB>& shared, int r, int b) {
    float sum = 0;
    float squares = 0;
#pragma unroll
    for (int w = 0; w < TILE_WARPS; w++) {
      float4 fragment = shared.sums[w][r / 16][r % 8 * 4 + b];
      sum += r % 16 < 8 ? fragment.x + fragment.y : fragment.z + fragment.w;
      squares += in.gain != 0 ? shared.squares[w][b] : 0.0f;
    }
    return in.gain != 0 ? sum * rsqrtf(squares / in.cols + in.epsilon) : sum;
  }
};
