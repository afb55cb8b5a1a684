// Rows as 16-bit numbers for the tensor cores, normalized on the way where wanted.
#include "platform.cuh"

static __device__ __forceinline__ float norm_factor(const float* row, int cols, float epsilon, float* room) {
  float squares = 0;
  for (int i = threadIdx.x; i < cols; i += 256) {
    squares = fmaf(row[i], row[i], squares);
  }
  return 1.0f / sqrtf(block_sum(squares, room) / cols + epsilon);
}

// Binary16 times a power of two per row.
KERNEL(256, rows_to_f16, (const float* x, const float* gain, float epsilon, int cols, u16* out, int ld, float* scales)) {
  in_turn();
  __shared__ float room[33];
  const float* row = x + (i64)blockIdx.x * cols;
  u16* to = out + (i64)blockIdx.x * ld;
  float factor = gain != 0 ? norm_factor(row, cols, epsilon, room) : 1.0f;
  float largest = 0;
  for (int i = threadIdx.x; i < cols; i += 256) {
    largest = fmaxf(largest, fabsf(row[i] * factor * (gain != 0 ? gain[i] : 1.0f)));
  }
  largest = block_max(largest, room);
  int exponent = row_exponent(largest);
  float up = power_of_two(-exponent);
  for (int i = threadIdx.x; i < ld; i += 256) {
    to[i] = i < cols ? float_to_half(row[i] * factor * (gain != 0 ? gain[i] : 1.0f) * up) : 0;
  }
  if (threadIdx.x == 0) {
    scales[blockIdx.x] = power_of_two(exponent);
  }
}

// bfloat16, which has the range of F32.
KERNEL(256, rows_to_bf16, (const float* x, const float* gain, float epsilon, int cols, u16* out, int ld, float* scales)) {
  in_turn();
  __shared__ float room[33];
  const float* row = x + (i64)blockIdx.x * cols;
  u16* to = out + (i64)blockIdx.x * ld;
  float factor = gain != 0 ? norm_factor(row, cols, epsilon, room) : 1.0f;
  for (int i = threadIdx.x; i < ld; i += 256) {
    to[i] = i < cols ? float_to_bfloat(row[i] * factor * (gain != 0 ? gain[i] : 1.0f)) : 0;
  }
  if (threadIdx.x == 0) {
    scales[blockIdx.x] = 1.0f;
  }
}
