// Rows of a matrix as plain numbers, for the products of many rows.
#include "weights.cuh"

// out[r] = w[firstRow + r]; 8 columns a thread.
KERNEL(256, dequantize_f32, (const u8* data, i64 blocks, const i8* codebook, i64 firstRow, int cols, float* out, i64 ld)) {
  in_turn();
  int col = (int)(blockIdx.x * 256 + threadIdx.x) * 8;
  if (col >= cols) {
    return;
  }
  Weight w = {data, blocks, codebook};
  float v[8];
  load_elements<FORMAT>(w, firstRow + blockIdx.y, col, cols, v);
  float* to = out + blockIdx.y * ld + col;
  for (int i = 0; i < 8 && col + i < cols; i++) {
    to[i] = v[i];
  }
}

// The same as binary16, no number becoming infinite.
KERNEL(256, dequantize_f16, (const u8* data, i64 blocks, const i8* codebook, i64 firstRow, int cols, u16* out, i64 ld)) {
  in_turn();
  int col = (int)(blockIdx.x * 256 + threadIdx.x) * 8;
  if (col >= cols) {
    return;
  }
  Weight w = {data, blocks, codebook};
  float v[8];
  load_elements<FORMAT>(w, firstRow + blockIdx.y, col, cols, v);
  u16* to = out + blockIdx.y * ld + col;
  if (col + 8 <= cols && ld % 8 == 0) {
    u32 pairs[4];
    for (int i = 0; i < 4; i++) {
      pairs[i] = float_to_finite_half(v[2 * i]) | (u32)float_to_finite_half(v[2 * i + 1]) << 16;
    }
    *(uint4*)to = make_uint4(pairs[0], pairs[1], pairs[2], pairs[3]);
    return;
  }
  for (int i = 0; i < 8 && col + i < cols; i++) {
    to[i] = float_to_finite_half(v[i]);
  }
}
