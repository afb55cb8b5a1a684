// Root mean square norm of rows.
#include "platform.cuh"

// A block a row. Squares are added in double precision, as the reference does.
KERNEL(256, rms_norm, (const float* x, const float* gain, float epsilon, int dim, float* out)) {
  in_turn();
  __shared__ double room[8];
  const float* row = x + (i64)blockIdx.x * dim;
  double squares = 0;
  for (int i = threadIdx.x; i < dim; i += 256) {
    squares += (double)row[i] * row[i];
  }
  for (int mask = 16; mask > 0; mask >>= 1) {
    squares += __shfl_xor_sync(ALL_LANES, squares, mask);
  }
  if (threadIdx.x % WARP == 0) {
    room[threadIdx.x / WARP] = squares;
  }
  __syncthreads();
  squares = 0;
  for (int w = 0; w < 8; w++) {
    squares += room[w];
  }
  float scale = (float)(1 / sqrt(squares / dim + epsilon));
  for (int i = threadIdx.x; i < dim; i += 256) {
    out[(i64)blockIdx.x * dim + i] = row[i] * scale * gain[i];
  }
}
