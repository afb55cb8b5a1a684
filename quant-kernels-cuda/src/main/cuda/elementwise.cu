// One element a thread.
#include "epilogue.cuh"

static __device__ __forceinline__ i64 element() { return (i64)blockIdx.x * blockDim.x + threadIdx.x; }

KERNEL(256, add, (float* x, const float* y, i64 n)) {
  in_turn();
  i64 i = element();
  if (i < n) {
    x[i] += y[i];
  }
}

KERNEL(256, add_bias, (float* x, const float* bias, int dim, i64 n)) {
  in_turn();
  i64 i = element();
  if (i < n) {
    x[i] += bias[i % dim];
  }
}

// x[b] += sigmoid(gate[b]) * y[b]
KERNEL(256, add_gated, (float* x, const float* gate, const float* y, int dim, i64 n)) {
  in_turn();
  i64 i = element();
  if (i < n) {
    float share = 1.0f / (1.0f + expf(-gate[i / dim]));
    x[i] += share * y[i];
  }
}

KERNEL(256, scale, (float* x, float factor, i64 n)) {
  in_turn();
  i64 i = element();
  if (i < n) {
    x[i] *= factor;
  }
}

KERNEL(256, soft_cap, (float* x, float cap, i64 n)) {
  in_turn();
  i64 i = element();
  if (i < n) {
    x[i] = cap * tanhf(x[i] / cap);
  }
}

KERNEL(256, swi_glu, (float* gate, const float* up, i64 n)) {
  in_turn();
  i64 i = element();
  if (i < n) {
    gate[i] = gated(GATED_SILU, gate[i], up[i]);
  }
}

KERNEL(256, ge_glu, (float* gate, const float* up, i64 n)) {
  in_turn();
  i64 i = element();
  if (i < n) {
    gate[i] = gated(GATED_GELU, gate[i], up[i]);
  }
}

KERNEL(256, copy, (const float* source, float* target, i64 n)) {
  in_turn();
  i64 i = element();
  if (i < n) {
    target[i] = source[i];
  }
}

KERNEL(256, f32_to_f16, (const float* source, u16* target, i64 n)) {
  in_turn();
  i64 i = element();
  if (i < n) {
    target[i] = float_to_half(source[i]);
  }
}

KERNEL(256, f32_to_bf16, (const float* source, u16* target, i64 n)) {
  in_turn();
  i64 i = element();
  if (i < n) {
    target[i] = float_to_bfloat(source[i]);
  }
}

KERNEL(256, f16_to_f32, (const u16* source, float* target, i64 n)) {
  in_turn();
  i64 i = element();
  if (i < n) {
    target[i] = half_to_float(source[i]);
  }
}

KERNEL(256, bf16_to_f32, (const u16* source, float* target, i64 n)) {
  in_turn();
  i64 i = element();
  if (i < n) {
    target[i] = bfloat_to_float(source[i]);
  }
}

// The next step's position.
KERNEL(1, advance, (int* step, int by)) {
  in_turn();
  step[0] += by;
}
