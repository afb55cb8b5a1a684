// What becomes of the sums of two warpgroups (ring.cuh): straight to the result, or through shared memory where the sums of
// one gate those of the other.
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

// Four columns of the result for a thread, row after row, of sums that are scaled.
struct ResultColumns {
  Results to;
  int column;
  int count; // of those that are there

  __device__ __forceinline__ ResultColumns(const Results& results, int w)
      : to(results), column(results.firstOfW + w), count(results.r.n - column) {}
  __device__ __forceinline__ float* at(int x) const {
    int row = to.firstOfX + x;
    return to.r.out + (i64)(to.places != 0 ? to.places[row] : row) * to.r.ld + column;
  }
  // Whether they lie in pieces of 16 bytes.
  __device__ __forceinline__ bool areWhole() const { return count >= 4 && to.r.ld % 4 == 0 && (u64)to.r.out % 16 == 0; }

  // Rows x, x + step ... before `end`.
  __device__ __forceinline__ void put_rows(int x, int step, int end, const float* sums, int w) const {
    bool whole = areWhole();
    for (; x < end; x += step) {
      float4 v = *(const float4*)(sums + sum_place(x, w));
      float* out = at(x);
      if (whole) {
        *(float4*)out = v;
        continue;
      }
#pragma unroll
      for (int c = 0; c < 4; c++) {
        if (c < count) {
          out[c] = c == 0 ? v.x : c == 1 ? v.y : c == 2 ? v.z : v.w;
        }
      }
    }
  }
};

// Straight from registers: eight rows of the result at once, pieces of 32 bytes.
template <int N>
static __device__ __forceinline__ void put_directly(const Results& to, const float (&d)[N / 2]) {
  int w0 = to.firstOfW + own_row();
  bool there[2] = {w0 < to.r.n, w0 + 8 < to.r.n};
  float bias[2] = {to.r.bias != 0 && there[0] ? to.r.bias[w0] : 0.0f, to.r.bias != 0 && there[1] ? to.r.bias[w0 + 8] : 0.0f};
#pragma unroll
  for (int j = 0; j < N / 8; j += 4) {
    float v[8][2];
    float* places[8];
    bool inside[8];
#pragma unroll
    for (int i = 0; i < 8; i++) {
      int at = 4 * (j + i / 2) + i % 2;
      int row = to.firstOfX + (j + i / 2) * 8 + threadIdx.x % 4 * 2 + i % 2;
      inside[i] = row < to.r.m;
      float scale = inside[i] ? to.r.scales[row] : 0.0f;
      places[i] = to.r.out + (i64)(to.places != 0 && inside[i] ? to.places[row] : row) * to.r.ld + w0;
      v[i][0] = d[at] * scale + bias[0];
      v[i][1] = d[at + 2] * scale + bias[1];
      if (to.r.mode == ADD) {
        v[i][0] += inside[i] && there[0] ? places[i][0] : 0.0f;
        v[i][1] += inside[i] && there[1] ? places[i][8] : 0.0f;
      }
    }
#pragma unroll
    for (int i = 0; i < 8; i++) {
      if (inside[i] && there[0]) {
        places[i][0] = v[i][0];
      }
      if (inside[i] && there[1]) {
        places[i][8] = v[i][1];
      }
    }
  }
}

// By both warpgroups when all their products are done and no copy is on its way, so that the stages are free.
template <int N>
static __device__ __forceinline__ void put_gated(const Results& to, const float (&d)[N / 2], unsigned char* stages) {
  float* all = (float*)stages;
  float* own = all + threadIdx.x / WARPGROUP * HALF_ROWS * N;
  two_warpgroups_meet<1>();
#pragma unroll
  for (int i = 0; i < N / 2; i++) {
    own[sum_place(i / 4 * 8 + threadIdx.x % 4 * 2 + i % 2, own_row() + i / 2 % 2 * 8)] = d[i];
  }
  two_warpgroups_meet<1>();
  int end = to.r.m - to.firstOfX < N ? to.r.m - to.firstOfX : N;
#pragma unroll 2
  for (int i = threadIdx.x; i < end * HALF_ROWS; i += CONSUMERS) {
    float scale = to.r.scales[to.firstOfX + i / HALF_ROWS];
    all[i] = gated(to.r.mode, all[i] * scale, all[i + HALF_ROWS * N] * scale);
  }
  two_warpgroups_meet<1>();
  int w = threadIdx.x % (HALF_ROWS / 4) * 4;
  ResultColumns(to, w).put_rows(threadIdx.x / (HALF_ROWS / 4), CONSUMERS / (HALF_ROWS / 4), end, all, w);
}

template <int N>
static __device__ __forceinline__ void put_results(const Results& to, const float (&d)[N / 2], unsigned char* stages) {
  if (to.r.mode >= GATED_SILU) {
    put_gated<N>(to, d, stages);
  } else {
    put_directly<N>(to, d);
  }
}
