// What becomes of a product.
#pragma once

#include "platform.cuh"

#define STORE 0
#define ADD 1
#define GATED_SILU 2
#define GATED_GELU 3

static __device__ __forceinline__ void put(int mode, float* to, float v) { *to = mode == ADD ? *to + v : v; }

static __device__ __forceinline__ float gated(int mode, float gate, float up) {
  return (mode == GATED_GELU ? gelu(gate) : silu(gate)) * up;
}

// Results of the products of many rows: (m, n) in rows of `ld`.
struct Result {
  float* out;
  const float* scales;
  const float* bias;
  int m;
  int n;
  int ld;
  int mode;
};

static __device__ __forceinline__ void put_result(const Result& r, int row, int col, float v) {
  if (row < r.m && col < r.n) {
    put(r.mode, r.out + (i64)row * r.ld + col, v * r.scales[row] + (r.bias != 0 ? r.bias[col] : 0.0f));
  }
}
