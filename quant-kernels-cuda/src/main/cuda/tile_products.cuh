// Products of a few times 16 rows of a matrix with NB rows of input, a block's work on tensor cores: its warps
// take steps of columns in turn, and their sums meet in shared memory. A row's terms are added in the same order whatever
// NB and the number of tiles are.
#pragma once

#include "tile_input.cuh"

template <class T, int NB>
struct TileProducts {
  typedef typename T::Raw Raw;
  static const int STEPS = WarpInput<NB>::STEPS;

  // Where a warp is: tile of the block, step of its own in the part, and the first step of the part.
  struct Unit {
    int tile;
    int step;
    int part;
  };

  // Steps are dealt to the warps in turn; a part is STEPS for each.
  static __device__ __forceinline__ int column_step(const Unit& u) {
    return u.part + u.step * TILE_WARPS + (int)threadIdx.x / WARP;
  }

  // The next unit: tiles one after the other, of each all steps of the part, then the next part.
  static __device__ __forceinline__ void advance(Unit& u, int tiles, int steps) {
    u.step++;
    if (u.step == STEPS || column_step(u) >= steps) {
      u.step = 0;
      u.tile++;
      if (u.tile == tiles) {
        u.tile = 0;
        u.part += STEPS * TILE_WARPS;
      }
    }
  }

  static __device__ __forceinline__ Refill refill(const TileInput<NB>& shared, const Unit& u, int steps, int cols) {
    int step = column_step(u);
    const RowPlaces* row = &shared.places[u.tile * 16 + threadIdx.x % WARP / 4];
    Refill r = {row, row + 8, step, cols, step < steps};
    return r;
  }

  // Brings the warp's input of a part.
  static __device__ __forceinline__ void bring(
      const InputRows& in, int part, int steps, WarpInput<NB>& own, float (&squares)[NB]) {
    int warp = threadIdx.x / WARP;
#pragma unroll
    for (int b = 0; b < NB; b++) {
      if (b < in.rows) {
        float v[STEPS][8];
#pragma unroll
        for (int s = 0; s < STEPS; s++) {
          load_step<T>(in, b, (part + s * TILE_WARPS + warp) * STEP, v[s], squares[b]);
        }
#pragma unroll
        for (int s = 0; s < STEPS; s++) {
          if (part + s * TILE_WARPS + warp < steps) {
            put_step<T, NB>(v[s], b, s, own);
          }
        }
      }
    }
  }

  // Leaves the products of the rows at shared.places in shared.sums, a part for each warp. All threads of the block call it
  // after the places are filled.
  static __device__ __forceinline__ void run(int tiles, const InputRows& in, TileInput<NB>& shared) {
    int lane = threadIdx.x % WARP;
    int warp = threadIdx.x / WARP;
    int steps = (in.cols + STEP - 1) / STEP;
    WarpInput<NB>& own = shared.warps[warp];
    int inputRow = lane % 4 < NB ? lane % 4 : NB - 1; // that the lane's sums are of
    Unit next = {0, 0, 0};
    Raw raw[2];
    Refill start = refill(shared, next, steps, in.cols);
    start.template half<T>(0, raw);
    start.template half<T>(1, raw);
    advance(next, tiles, steps);
    float squares[NB];
#pragma unroll
    for (int b = 0; b < NB; b++) {
      squares[b] = 0;
    }
    for (int i = 0; i < tiles; i++) {
      shared.sums[warp][i][lane] = make_float4(0, 0, 0, 0);
    }
    for (int part = 0; part + warp < steps; part += STEPS * TILE_WARPS) {
      __syncwarp();
      bring(in, part, steps, own, squares);
      __syncwarp();
      int count = (steps - part - warp + TILE_WARPS - 1) / TILE_WARPS;
      count = count < STEPS ? count : STEPS;
      for (int i = 0; i < tiles; i++) {
        float4 so = shared.sums[warp][i][lane];
#pragma unroll 1
        for (int s = 0; s < count; s++) {
          Refill following = refill(shared, next, steps, in.cols);
          advance(next, tiles, steps);
          SetInput x = {&own.fragments[s][0][lane / 4 % WarpInput<NB>::COLUMNS][lane % 4], 4 * WarpInput<NB>::COLUMNS,
                        &own.sums[s][0][inputRow], NB};
          float c[4] = {0, 0, 0, 0};
          T::multiply(raw, x, following, c);
          float factor = own.factors[s][inputRow];
          so = make_float4(fmaf(factor, c[0], so.x), fmaf(factor, c[1], so.y), fmaf(factor, c[2], so.z),
                           fmaf(factor, c[3], so.w));
        }
        shared.sums[warp][i][lane] = so;
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
