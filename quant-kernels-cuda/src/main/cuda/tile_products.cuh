// Products of a few times 16 rows of a matrix with NB rows of input, a block's work on tensor cores: its warps
// take steps of columns in turn, and their sums meet in shared memory. A row's terms are added in the same order whatever
// NB and the number of tiles are.
#pragma once

#include "tile_input.cuh"

template <class T, int NB>
struct TileProducts {
  static const int STEPS = NB == 1 ? T::STEPS : 1;
  typedef TileInput<NB, STEPS> Shared;
  typedef WarpInput<NB, STEPS> Own;
  static const int UNIT = STEPS * T::STAGE;
  static const int AHEAD = 2;

  // Steps are dealt to the warps in turn; a part is STEPS for each.
  static __device__ __forceinline__ int column_step(int part, int s) {
    return part + s * TILE_WARPS + (int)threadIdx.x / WARP;
  }

  // Begins to bring the unit `ahead`, a tile and a part, and goes on to the next.
  static __device__ __forceinline__ void bring_next(
      const Shared& shared, int tiles, int steps, int cols, u8* stages, int (&ahead)[2]) {
    typename T::Source source(shared.places + ahead[0] * 16);
#pragma unroll
    for (int s = 0; s < STEPS; s++) {
      int step = column_step(ahead[1], s);
      if (step < steps) {
        source.bring(step, cols, stages + s * T::STAGE);
      }
    }
    copies_end();
    if (++ahead[0] == tiles) {
      ahead[0] = 0;
      ahead[1] += STEPS * TILE_WARPS;
    }
  }

  // Reads the warp's input of a part.
  static __device__ __forceinline__ void load(
      const InputRows& in, int b, int part, float (&v)[STEPS][8], float (&squares)[NB]) {
#pragma unroll
    for (int s = 0; s < STEPS; s++) {
      load_step<T>(in, b, column_step(part, s) * STEP, v[s], squares[b]);
    }
  }

  // Makes fragments of it.
  static __device__ __forceinline__ void put(int b, int part, int steps, const float (&v)[STEPS][8], Own& own) {
#pragma unroll
    for (int s = 0; s < STEPS; s++) {
      if (column_step(part, s) < steps) {
        put_step<T>(v[s], b, s, own);
      }
    }
  }

  // Both, for all rows. One row is read a part ahead.
  static __device__ __forceinline__ void bring(
      const InputRows& in, int part, int steps, float (&ahead)[STEPS][8], Own& own, float (&squares)[NB]) {
    if (NB == 1) {
      put(0, part, steps, ahead, own);
      int next = part + STEPS * TILE_WARPS;
      if (column_step(next, 0) < steps) {
        load(in, 0, next, ahead, squares);
      }
    } else {
#pragma unroll
      for (int b = 0; b < NB; b++) {
        if (b < in.rows) {
          float v[STEPS][8];
          load(in, b, part, v, squares);
          put(b, part, steps, v, own);
        }
      }
    }
  }

  // Leaves the products of the rows at shared.places in shared.sums, a part for each warp. `codes`: shared memory
  // for two units of each warp. All threads of the block call it after the places are filled.
  static __device__ __forceinline__ void run(int tiles, const InputRows& in, Shared& shared, u8* codes) {
    int lane = threadIdx.x % WARP;
    int warp = threadIdx.x / WARP;
    int steps = (in.cols + STEP - 1) / STEP;
    Own& own = shared.warps[warp];
    int inputRow = lane % 4 < NB ? lane % 4 : NB - 1; // that the lane's sums are of
    // a unit is a part of a tile: all tiles of a part, then the next part; two units are there or on their way
    u8* first = codes + warp * (AHEAD * UNIT);
    u8* stages = first;
    int ahead[2] = {0, 0}; // tile and part of the next to be brought
#pragma unroll
    for (int i = 0; i < AHEAD; i++) {
      bring_next(shared, tiles, steps, in.cols, stages + i * UNIT, ahead);
    }
    earlier_done();
    float squares[NB];
#pragma unroll
    for (int b = 0; b < NB; b++) {
      squares[b] = 0;
    }
    float x[STEPS][8];
    if (NB == 1) {
      load(in, 0, 0, x, squares);
    }
    for (int part = 0; part == 0 || part + warp < steps; part += STEPS * TILE_WARPS) {
      __syncwarp();
      bring(in, part, steps, x, own, squares);
      __syncwarp();
#pragma unroll 1
      for (int i = 0; i < tiles; i++) {
        float2* to = &shared.sums[warp][i][lane / 4][inputRow];
        float sums[2] = {0, 0};
        if (part > 0) {
          sums[0] = to->x;
          sums[1] = to->y;
        }
        copies_wait<AHEAD - 1>();
        __syncwarp();
#pragma unroll
        for (int s = 0; s < STEPS; s++) {
          int step = column_step(part, s);
          if (step < steps) {
            typename T::Raw raw[2];
            T::load(stages + s * T::STAGE, shared.places + i * 16, step, lane / 4, lane % 4, raw[0]);
            T::load(stages + s * T::STAGE, shared.places + i * 16, step, lane / 4 + 8, lane % 4, raw[1]);
            StepInput x = {&own.fragments[s][0][lane / 4 % Own::COLUMNS][lane % 4], 4 * Own::COLUMNS,
                           own.scales[s][inputRow], own.sums[s][inputRow], own.units[s][inputRow]};
            T::multiply(raw, x, sums);
          }
        }
        __syncwarp();
        bring_next(shared, tiles, steps, in.cols, stages, ahead);
        stages = stages == first ? first + UNIT : first;
        if (lane % 4 < NB) {
          *to = make_float2(sums[0], sums[1]);
        }
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
  static __device__ __forceinline__ float result(const InputRows& in, const Shared& shared, int r, int b) {
    float sum = 0;
    float squares = 0;
#pragma unroll
    for (int w = 0; w < TILE_WARPS; w++) {
      float2 rows = shared.sums[w][r / 16][r % 8][b];
      sum += r % 16 < 8 ? rows.x : rows.y;
      squares += in.gain != 0 ? shared.squares[w][b] : 0.0f;
    }
    return in.gain != 0 ? sum * rsqrtf(squares / in.cols + in.epsilon) : sum;
  }
};
