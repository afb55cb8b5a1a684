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
