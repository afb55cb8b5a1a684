// Rows as 16-bit numbers for the tensor cores, one after the other.
#include "half_rows.cuh"

KERNEL(256, rows_to_f16, (const float* x, const float* gain, float epsilon, int cols, u16* out, int ld, float* scales)) {
  in_turn();
  __shared__ float room[33];
  HalfRow row(x, gain, epsilon, cols, room);
  u16* to = out + (i64)blockIdx.x * ld;
  for (int i = threadIdx.x; i < ld; i += 256) {
    to[i] = row.at(i);
  }
  row.put_scale(scales);
}

KERNEL(256, rows_to_bf16, (const float* x, const float* gain, float epsilon, int cols, u16* out, int ld, float* scales)) {
  in_turn();
  __shared__ float room[33];
  BrainRow row(x, gain, epsilon, cols, room);
  u16* to = out + (i64)blockIdx.x * ld;
  for (int i = threadIdx.x; i < ld; i += 256) {
    to[i] = row.at(i);
  }
  row.put_scale(scales);
}
