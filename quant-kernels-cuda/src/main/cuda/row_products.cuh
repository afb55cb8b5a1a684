// Products of two rows of a matrix, one warp's work, with NB input rows.
//
// Lane l of the warp has units l, l + 32, ... of each row. Weights are requested AHEAD units before they are used, so
// that memory is kept busy while codes are unpacked. A row's terms are added in the same order whatever NB is.
#pragma once

#include "row_input.cuh"

#define ROWS_PER_WARP 2

template <class U, int NB>
struct Products {
  static const int R = ROWS_PER_WARP;
  static const int PART_STEPS = RowInput<NB>::PART / (WARP * U::SIZE);
  static const int AHEAD = U::SIZE >= 64 ? 1 : 2;
  typedef typename U::Raw Raw;

  // Adds the products of unit u, whose place in the part is that of unit `local`.
  static __device__ __forceinline__ void add(
      const Raw (&raw)[R], int u, int local, const float* x, float (&sums)[R][NB]) {
#pragma unroll
    for (int turn = 0; turn < U::GROUPS; turn++) {
      int g = U::turn(u, turn);
      const float* at = x + U::place(local, g);
      float part[R][NB];
#pragma unroll
      for (int i = 0; i < (U::SIZE < GROUP ? U::SIZE : GROUP) / 4; i++) {
        float v[R][4];
#pragma unroll
        for (int r = 0; r < R; r++) {
          U::quad(raw[r], g, i, v[r]);
        }
#pragma unroll
        for (int b = 0; b < NB; b++) {
          float4 in = *(const float4*)(at + b * RowInput<NB>::STRIDE + 4 * i);
#pragma unroll
          for (int r = 0; r < R; r++) {
            float sum = i == 0 ? v[r][0] * in.x : fmaf(v[r][0], in.x, part[r][b]);
            part[r][b] = fmaf(v[r][3], in.w, fmaf(v[r][2], in.z, fmaf(v[r][1], in.y, sum)));
          }
        }
      }
      finish(raw, u, g, x + U::sum_place(local, g), part, sums);
    }
  }

  // Scales a group's products; `groupSum`: where its sum of x is.
  static __device__ __forceinline__ void finish(
      const Raw (&raw)[R], int u, int g, const float* groupSum, const float (&part)[R][NB], float (&sums)[R][NB]) {
#pragma unroll
    for (int r = 0; r < R; r++) {
      float2 scale = U::scale(raw[r], u, g);
#pragma unroll
      for (int b = 0; b < NB; b++) {
        sums[r][b] = fmaf(scale.x, part[r][b], sums[r][b]);
        if (U::SUMS) {
          sums[r][b] = fmaf(scale.y, groupSum[b * RowInput<NB>::STRIDE], sums[r][b]);
        }
      }
    }
  }

  static __device__ __forceinline__ void fetch(
      const Weight (&w)[R], const i64 (&row)[R], int u, int units, int cols, Raw (&raw)[R]) {
    if (u < units) {
#pragma unroll
      for (int r = 0; r < R; r++) {
        U::fetch(w[r], row[r], u, cols, raw[r]);
      }
    }
  }

  // All products of the warp's rows, normalized, in every lane. All threads of the block call it.
  static __device__ __forceinline__ void run(
      const Weight (&w)[R], const i64 (&row)[R], const InputRows& in, RowInput<NB>& shared, float (&sums)[R][NB]) {
    int lane = threadIdx.x % WARP;
    int units = (in.cols + U::SIZE - 1) / U::SIZE;
    int steps = (units + WARP - 1) / WARP;
    Raw ahead[AHEAD][R];
    float squares[NB];
#pragma unroll
    for (int b = 0; b < NB; b++) {
      squares[b] = 0;
      sums[0][b] = sums[1][b] = 0;
    }
#pragma unroll
    for (int i = 0; i < AHEAD; i++) {
      fetch(w, row, i * WARP + lane, units, in.cols, ahead[i]);
    }
    earlier_done();
    for (int begin = 0; begin < steps; begin += PART_STEPS) {
      if (begin > 0) {
        __syncthreads();
      }
      bring_part<NB>(in, begin * WARP * U::SIZE, shared, squares);
      __syncthreads();
      int end = begin + PART_STEPS < steps ? begin + PART_STEPS : steps;
      for (int step = begin; step < end; step += AHEAD) {
#pragma unroll
        for (int i = 0; i < AHEAD; i++) {
          int u = (step + i) * WARP + lane;
          Raw now[R];
#pragma unroll
          for (int r = 0; r < R; r++) {
            now[r] = ahead[i][r];
          }
          fetch(w, row, u + AHEAD * WARP, units, in.cols, ahead[i]);
          if (u < units) {
            add(now, u, u - begin * WARP, shared.x, sums);
          }
        }
      }
    }
    float factors[NB];
    norm_factors<NB>(in, shared, squares, factors);
#pragma unroll
    for (int b = 0; b < NB; b++) {
#pragma unroll
      for (int r = 0; r < R; r++) {
        sums[r][b] = warp_sum(sums[r][b]) * factors[b];
      }
    }
  }
};
