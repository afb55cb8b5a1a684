// Rows as 16-bit numbers in panels (wgmma.cuh), the input of the products of many rows on sm_90a; normalized on the way
// where wanted. Columns come in the order in which the fragments of a format have them.
#pragma once

#include "half_rows.cuh"
#include "wgmma.cuh"

// Column of a set of 32 that belongs at place 16 j + 8 h + 2 t + e: t, e, h and j times the bytes of `order`.
static __device__ __forceinline__ int column_at(int order, int place) {
  int t = place % 8 / 2;
  return t * (order & 255) + place % 2 * (order >> 8 & 255) + place / 8 % 2 * (order >> 16 & 255) + place / 16 * (order >> 24 & 255);
}

// Panels of the rows of the grid, in eights; those beyond the last row stay as they are.
template <class ROW>
static __device__ __forceinline__ void row_to_panels(const ROW& row, int cols, int order, u16* out) {
  i64 padded = (i64)(gridDim.x + 7) / 8 * 8;
  int pieces = (cols + PANEL - 1) / PANEL * 8;
  for (int i = threadIdx.x; i < pieces; i += 256) {
    u32 pairs[4];
#pragma unroll
    for (int p = 0; p < 4; p++) {
      int first = i * 8 % 32 + p * 2;
      int set = i * 8 / 32 * 32;
      pairs[p] = row.at(set + column_at(order, first)) | (u32)row.at(set + column_at(order, first + 1)) << 16;
    }
    u8* panel = (u8*)(out + (i64)(i / 8) * padded * PANEL);
    *(uint4*)(panel + (i64)blockIdx.x * PANEL_ROW_BYTES + (i % 8 ^ blockIdx.x % 8) * 16) =
        make_uint4(pairs[0], pairs[1], pairs[2], pairs[3]);
  }
}

KERNEL(256, rows_to_panels_f16,
    (const float* x, const float* gain, float epsilon, int cols, int order, u16* out, float* scales)) {
  __shared__ float room[33];
  HalfRow row(x, gain, epsilon, cols, room);
  row_to_panels(row, cols, order, out);
  row.put_scale(scales);
}

KERNEL(256, rows_to_panels_bf16,
    (const float* x, const float* gain, float epsilon, int cols, int order, u16* out, float* scales)) {
  __shared__ float room[33];
  BrainRow row(x, gain, epsilon, cols, room);
  row_to_panels(row, cols, order, out);
  row.put_scale(scales);
}
