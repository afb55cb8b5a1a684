// Rows of an embedding table by token.
#include "weights.cuh"

// out[b] = scale * table[tokens[b]]; 8 columns a thread.
KERNEL(256, embed, (const u8* data, i64 blocks, const i8* codebook, const int* tokens, int cols, float scale, float* out)) {
  in_turn();
  int col = (int)(blockIdx.x * 256 + threadIdx.x) * 8;
  if (col >= cols) {
    return;
  }
  Weight w = {data, blocks, codebook};
  float v[8];
  load_elements<FORMAT>(w, tokens[blockIdx.y], col, cols, v);
  float* to = out + (i64)blockIdx.y * cols + col;
  for (int i = 0; i < 8 && col + i < cols; i++) {
    to[i] = scale * v[i];
  }
}
