// Product of many rows in F32, for F32 matrices and for devices without the tensor cores that gemm_mma needs.
#include "epilogue.cuh"

#define SIDE 64
#define DEPTH 16

// 64 x 64 results a block, 4 x 4 a thread.
KERNEL(256, gemm_f32,
    (const float* x, const float* w, int m, int n, int k, int ldx, int ldw, float* out, int ldo, const float* bias, int mode)) {
  __shared__ float a[DEPTH][SIDE + 4];
  __shared__ float b[DEPTH][SIDE + 4];
  int firstM = (int)blockIdx.y * SIDE;
  int firstN = (int)blockIdx.x * SIDE;
  int ty = threadIdx.x / 16 * 4;
  int tx = threadIdx.x % 16 * 4;
  float sums[4][4] = {{0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}};
  for (int begin = 0; begin < k; begin += DEPTH) {
    for (int at = threadIdx.x; at < SIDE * DEPTH; at += 256) {
      int row = at / DEPTH;
      int col = begin + at % DEPTH;
      a[at % DEPTH][row] = firstM + row < m && col < k ? x[(i64)(firstM + row) * ldx + col] : 0.0f;
      b[at % DEPTH][row] = firstN + row < n && col < k ? w[(i64)(firstN + row) * ldw + col] : 0.0f;
    }
    __syncthreads();
#pragma unroll
    for (int d = 0; d < DEPTH; d++) {
      float4 u = *(const float4*)&a[d][ty];
      float4 v = *(const float4*)&b[d][tx];
      float left[4] = {u.x, u.y, u.z, u.w};
      float right[4] = {v.x, v.y, v.z, v.w};
#pragma unroll
      for (int i = 0; i < 4; i++) {
#pragma unroll
        for (int j = 0; j < 4; j++) {
          sums[i][j] = fmaf(left[i], right[j], sums[i][j]);
        }
      }
    }
    __syncthreads();
  }
  for (int i = 0; i < 4; i++) {
    for (int j = 0; j < 4; j++) {
      int row = firstM + ty + i;
      int col = firstN + tx + j;
      if (row < m && col < n) {
        put(mode, out + (i64)row * ldo + col, sums[i][j] + (bias != 0 ? bias[col] : 0.0f));
      }
    }
  }
}
