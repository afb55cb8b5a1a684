// What becomes of the sums of two warpgroups (ring.cuh): through shared memory, so that whole lines of the result are written.
#pragma once

#include "ring.cuh"

#define HALF_ROWS (TILE_ROWS / 2)

// Place of a sum among 64 x N of a warpgroup: a row of the input after the other, and what the lanes of a warp write at once
// in different banks.
static __device__ __forceinline__ int sum_place(int x, int w) { return x * HALF_ROWS + (w ^ x / 2 % 4 * 8); }

struct Results {
  Result r;
  const int* places; // rows of the result, 0: those of the input
  int firstOfX;
  int firstOfW;

  // Number of rows of the result that a thread puts at once.
  static const int ROWS = 4;

  __device__ __forceinline__ float* at(int x, int w) const {
    return r.out + (i64)(places != 0 ? places[firstOfX + x] : firstOfX + x) * r.ld + firstOfW + w;
  }
  __device__ __forceinline__ bool isWhole(const float* to, int w) const {
    return firstOfW + w + 4 <= r.n && (u64)to % 16 == 0;
  }
  __device__ __forceinline__ float value(int x, int w, float sum, float up) const {
    float scale = r.scales[firstOfX + x];
    if (r.mode >= GATED_SILU) {
      return gated(r.mode, sum * scale, up * scale);
    }
    return sum * scale + (r.bias != 0 && firstOfW + w < r.n ? r.bias[firstOfW + w] : 0.0f);
  }

  // Columns w to w + 3 of rows x, x + step ... of the result, before `end`. Everything is read before anything is written, so
  // that reads need not wait.
  __device__ __forceinline__ void put_rows(int x, int step, int end, int w, const float* sums, const float* ups) const {
    float v[ROWS][4];
    float4 old[ROWS];
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
      int row = x + i * step;
      if (row < end) {
        float4 s = *(const float4*)(sums + sum_place(row, w));
        float4 u = *(const float4*)(ups + sum_place(row, w));
        v[i][0] = value(row, w, s.x, u.x);
        v[i][1] = value(row, w + 1, s.y, u.y);
        v[i][2] = value(row, w + 2, s.z, u.z);
        v[i][3] = value(row, w + 3, s.w, u.w);
        const float* to = at(row, w);
        old[i] = r.mode == ADD && isWhole(to, w) ? *(const float4*)to : make_float4(0, 0, 0, 0);
      }
    }
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
      int row = x + i * step;
      if (row < end) {
        float* to = at(row, w);
        if (isWhole(to, w)) {
          *(float4*)to = make_float4(v[i][0] + old[i].x, v[i][1] + old[i].y, v[i][2] + old[i].z, v[i][3] + old[i].w);
        } else {
#pragma unroll
          for (int c = 0; c < 4; c++) {
            if (firstOfW + w + c < r.n) {
              put(r.mode, to + c, v[i][c]);
            }
          }
        }
      }
    }
  }
};

// By both warpgroups when all their products are done and no copy is on its way, so that the stages are free.
template <int N>
static __device__ __forceinline__ void put_results(const Results& to, const float (&d)[N / 2], unsigned char* stages) {
  int group = threadIdx.x / WARPGROUP;
  float* sums = (float*)stages + group * HALF_ROWS * N;
  two_warpgroups_meet<1>();
#pragma unroll
  for (int i = 0; i < N / 2; i++) {
    sums[sum_place(i / 4 * 8 + threadIdx.x % 4 * 2 + i % 2, own_row() + i / 2 % 2 * 8)] = d[i];
  }
  two_warpgroups_meet<1>();
  bool pairs = to.r.mode >= GATED_SILU;
  int thread = pairs ? threadIdx.x : threadIdx.x % WARPGROUP;
  int step = (pairs ? CONSUMERS : WARPGROUP) / (HALF_ROWS / 4);
  int end = to.r.m - to.firstOfX < N ? to.r.m - to.firstOfX : N;
  const float* first = pairs ? (const float*)stages : sums;
  for (int x = thread / (HALF_ROWS / 4); x < end; x += Results::ROWS * step) {
    to.put_rows(x, step, end, thread % (HALF_ROWS / 4) * 4, first, pairs ? first + HALF_ROWS * N : first);
  }
}
