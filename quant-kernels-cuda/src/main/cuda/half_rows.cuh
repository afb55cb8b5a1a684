// A block's row of input as 16-bit numbers for the tensor cores, normalized on the way where wanted.
#pragma once

#include "platform.cuh"

// Row of the block times a factor, times a gain if there is one; 0 beyond the last column.
struct NormedRow {
  const float* row;
  const float* gain;
  float factor;
  int cols;

  __device__ __forceinline__ NormedRow(const float* x, const float* gains, float epsilon, int count, float* room) {
    row = x + (i64)blockIdx.x * count;
    gain = gains;
    cols = count;
    factor = gains != 0 ? norm_factor(epsilon, room) : 1.0f;
  }
  __device__ __forceinline__ float norm_factor(float epsilon, float* room) const {
    float squares = 0;
    for (int i = threadIdx.x; i < cols; i += 256) {
      squares = fmaf(row[i], row[i], squares);
    }
    return 1.0f / sqrtf(block_sum(squares, room) / cols + epsilon);
  }
  __device__ __forceinline__ float at(int i) const { return row[i] * factor * (gain != 0 ? gain[i] : 1.0f); }
};

// Binary16 times a power of two per row, which brings its largest magnitude into [1, 2): far from overflow, and what
// becomes subnormal is 2^-14 of the largest. A row that is not finite stays so.
struct HalfRow {
  NormedRow row;
  int exponent;

  __device__ __forceinline__ HalfRow(const float* x, const float* gain, float epsilon, int cols, float* room)
      : row(x, gain, epsilon, cols, room) {
    float largest = 0;
    for (int i = threadIdx.x; i < cols; i += 256) {
      largest = fmaxf(largest, fabsf(row.at(i)));
    }
    largest = block_max(largest, room);
    exponent = (int)(__float_as_uint(largest) >> 23 & 255) - 127;
    exponent = exponent < -100 ? 0 : exponent > 100 ? 100 : exponent;
  }
  __device__ __forceinline__ u16 at(int i) const {
    return i < row.cols ? float_to_half(row.at(i) * power_of_two(-exponent)) : 0;
  }
  __device__ __forceinline__ void put_scale(float* scales) const {
    if (threadIdx.x == 0) {
      scales[blockIdx.x] = power_of_two(exponent);
    }
  }
};

// bfloat16, which has the range of F32.
struct BrainRow {
  NormedRow row;

  __device__ __forceinline__ BrainRow(const float* x, const float* gain, float epsilon, int cols, float* room)
      : row(x, gain, epsilon, cols, room) {}
  __device__ __forceinline__ u16 at(int i) const { return i < row.cols ? float_to_bfloat(row.at(i)) : 0; }
  __device__ __forceinline__ void put_scale(float* scales) const {
    if (threadIdx.x == 0) {
      scales[blockIdx.x] = 1.0f;
    }
  }
};
