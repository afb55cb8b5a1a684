// What becomes of the sums of two warpgroups (ring.cuh): through shared memory, so that whole lines of the result are written.
#pragma once

#include "ring.cuh"

#define HALF_ROWS (TILE_ROWS / 2)

// Place of a sum among 64 x N of a warpgroup: a row of the input after the other, and what the lanes of a warp write at once
// in different banks.
static __device__ __forceinline__ int sum_place(int x, int w) { return x * HALF_ROWS + (w ^ x / 2 % 4 * 8); }

// `places`: rows of the result, 0: those of the input.
struct Results {
  Result r;
  const int* places;
  int firstOfX;
  int firstOfW;
};

// Four columns of the result for a thread, row after row.
struct ResultColumns {
  Results to;
  int column;
  int count; // of those that are there
  bool scaled; // already
  float4 bias;

  __device__ __forceinline__ ResultColumns(const Results& results, int w) : to(results), column(results.firstOfW + w) {
    count = to.r.n - column;
    scaled = to.r.mode >= GATED_SILU;
    float b[4];
#pragma unroll
    for (int c = 0; c < 4; c++) {
      b[c] = to.r.bias != 0 && c < count ? to.r.bias[column + c] : 0.0f;
    }
    bias = make_float4(b[0], b[1], b[2], b[3]);
  }
  __device__ __forceinline__ float* at(int x) const {
    int row = to.firstOfX + x;
    return to.r.out + (i64)(to.places != 0 ? to.places[row] : row) * to.r.ld + column;
  }
  // Whether they lie in pieces of 16 bytes.
  __device__ __forceinline__ bool areWhole() const { return count >= 4 && to.r.ld % 4 == 0 && (u64)to.r.out % 16 == 0; }
  __device__ __forceinline__ float4 value(int x, const float4& sum) const {
    float scale = scaled ? 1.0f : to.r.scales[to.firstOfX + x];
    return make_float4(sum.x * scale + bias.x, sum.y * scale + bias.y, sum.z * scale + bias.z, sum.w * scale + bias.w);
  }

  // Rows x, x + step ... before `end`, some at once: everything is read before anything is written, so that reads need not wait.
  template <bool ADDING>
  __device__ __forceinline__ void put_whole(int x, int step, int end, const float* sums, int w) const {
    const int ROWS = 4;
#pragma unroll 1
    for (; x < end; x += ROWS * step) {
      float4 v[ROWS];
      float4* places[ROWS];
#pragma unroll
      for (int i = 0; i < ROWS; i++) {
        int row = x + i * step < end ? x + i * step : x; // again what is put anyway
        places[i] = (float4*)at(row);
        v[i] = value(row, *(const float4*)(sums + sum_place(row, w)));
      }
      if (ADDING) {
        float4 old[ROWS];
#pragma unroll
        for (int i = 0; i < ROWS; i++) {
          old[i] = *places[i];
        }
#pragma unroll
        for (int i = 0; i < ROWS; i++) {
          v[i] = make_float4(v[i].x + old[i].x, v[i].y + old[i].y, v[i].z + old[i].z, v[i].w + old[i].w);
        }
      }
#pragma unroll
      for (int i = 0; i < ROWS; i++) {
        *places[i] = v[i];
      }
    }
  }

  __device__ __forceinline__ void put_parts(int x, int step, int end, const float* sums, int w) const {
#pragma unroll 1
    for (; x < end; x += step) {
      float4 v = value(x, *(const float4*)(sums + sum_place(x, w)));
      float* out = at(x);
#pragma unroll
      for (int c = 0; c < 4; c++) {
        if (c >= count) {
          break;
        }
        put(to.r.mode, out + c, c == 0 ? v.x : c == 1 ? v.y : c == 2 ? v.z : v.w);
      }
    }
  }

  __device__ __forceinline__ void put_rows(int x, int step, int end, const float* sums, int w) const {
    if (!areWhole()) {
      put_parts(x, step, end, sums, w);
    } else if (to.r.mode == ADD) {
      put_whole<true>(x, step, end, sums, w);
    } else {
      put_whole<false>(x, step, end, sums, w);
    }
  }
};

// By both warpgroups when all their products are done and no copy is on its way, so that the stages are free.
template <int N>
static __device__ __forceinline__ void put_results(const Results& to, const float (&d)[N / 2], unsigned char* stages) {
  float* all = (float*)stages;
  float* own = all + threadIdx.x / WARPGROUP * HALF_ROWS * N;
  two_warpgroups_meet<1>();
#pragma unroll
  for (int i = 0; i < N / 2; i++) {
    own[sum_place(i / 4 * 8 + threadIdx.x % 4 * 2 + i % 2, own_row() + i / 2 % 2 * 8)] = d[i];
  }
  two_warpgroups_meet<1>();
  int end = to.r.m - to.firstOfX < N ? to.r.m - to.firstOfX : N;
  bool pairs = to.r.mode >= GATED_SILU;
  if (pairs) {
#pragma unroll 2
    for (int i = threadIdx.x; i < end * HALF_ROWS; i += CONSUMERS) {
      float scale = to.r.scales[to.firstOfX + i / HALF_ROWS];
      all[i] = gated(to.r.mode, all[i] * scale, all[i + HALF_ROWS * N] * scale);
    }
    two_warpgroups_meet<1>();
  }
  int thread = pairs ? threadIdx.x : threadIdx.x % WARPGROUP;
  int w = thread % (HALF_ROWS / 4) * 4;
  int step = (pairs ? CONSUMERS : WARPGROUP) / (HALF_ROWS / 4);
  ResultColumns(to, w).put_rows(thread / (HALF_ROWS / 4), step, end, pairs ? all : own, w);
}
