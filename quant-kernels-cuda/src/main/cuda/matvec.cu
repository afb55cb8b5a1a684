// Products of a matrix with few rows, and what goes with them: the norm of the input, bias, residual, gated activation.
#include "epilogue.cuh"
#include "weights.cuh"

typedef UnitOf<FORMAT>::Type Fast;

// Matrices that share the input. Row slots: rows of the first, then of the second, then of the third; in the gated
// modes rows of the first and the second in turn, so that a warp has both rows of an element.
struct Matrices {
  const u8* data[3];
  i64 blocks[3];
  float* out[3];
  const float* bias[3];
  int rows[3];
};

static __device__ __forceinline__ int matrix_of(const Matrices& m, int mode, int slot, int* row) {
  if (mode >= GATED_SILU) {
    *row = slot / 2;
    return slot % 2;
  }
  int matrix = 0;
  while (matrix < 2 && slot >= m.rows[matrix]) {
    slot -= m.rows[matrix];
    matrix++;
  }
  *row = slot;
  return matrix;
}

template <int NB>
static __device__ __forceinline__ void matvec(
    const Matrices& m, InputRows in, int batch, int mode, const i8* codebook, RowInput<NB>& shared) {
  int firstRow = (int)blockIdx.x * NB;
  in.x += (i64)firstRow * in.cols;
  in.rows = batch - firstRow < NB ? batch - firstRow : NB;
  int slots = m.rows[0] + m.rows[1] + m.rows[2];
  int slot = ((int)blockIdx.y * (MATVEC_THREADS / WARP) + (int)threadIdx.x / WARP) * ROWS_PER_WARP;
  Weight w[ROWS_PER_WARP];
  i64 weightRow[ROWS_PER_WARP];
  int matrix[ROWS_PER_WARP];
  int row[ROWS_PER_WARP];
#pragma unroll
  for (int r = 0; r < ROWS_PER_WARP; r++) {
    // beyond the last slot: the last one again, for the whole block must go on
    matrix[r] = matrix_of(m, mode, slot + r < slots ? slot + r : slots - 1, &row[r]);
    w[r].data = m.data[matrix[r]];
    w[r].blocks = m.blocks[matrix[r]];
    w[r].codebook = codebook;
    weightRow[r] = row[r];
  }
  float sums[ROWS_PER_WARP][NB];
  if (Fast::fits(in.cols)) {
    Products<Fast, NB>::run(w, weightRow, in, shared, sums);
  } else {
    Products<GeneralUnit<FORMAT>, NB>::run(w, weightRow, in, shared, sums);
  }
  if (threadIdx.x % WARP != 0) {
    return;
  }
#pragma unroll
  for (int b = 0; b < NB; b++) {
    if (b >= in.rows) {
      break;
    }
    i64 token = firstRow + b;
    float v[ROWS_PER_WARP];
#pragma unroll
    for (int r = 0; r < ROWS_PER_WARP; r++) {
      const float* bias = m.bias[matrix[r]];
      v[r] = sums[r][b] + (bias != 0 ? bias[row[r]] : 0.0f);
    }
    if (mode >= GATED_SILU) {
      if (slot < slots) {
        m.out[0][token * m.rows[0] + row[0]] = gated(mode, v[0], v[1]);
      }
      continue;
    }
#pragma unroll
    for (int r = 0; r < ROWS_PER_WARP; r++) {
      if (slot + r < slots) {
        put(mode, m.out[matrix[r]] + token * m.rows[matrix[r]] + row[r], v[r]);
      }
    }
  }
}

#define MATVEC(NB)                                                                                                   \
  KERNEL_RESIDENT(MATVEC_THREADS, 2, matvec_##NB,                                                                              \
      (const u8* w0, const u8* w1, const u8* w2, i64 n0, i64 n1, i64 n2, float* y0, float* y1, float* y2,            \
       const float* b0, const float* b1, const float* b2, int r0, int r1, int r2, const float* x, const float* gain, \
       float epsilon, int cols, int batch, int mode, const i8* codebook)) {                                          \
    __shared__ RowInput<NB> shared;                                                                                  \
    Matrices m = {{w0, w1, w2}, {n0, n1, n2}, {y0, y1, y2}, {b0, b1, b2}, {r0, r1, r2}};                             \
    InputRows in = {x, gain, epsilon, cols, 0};                                                                      \
    matvec<NB>(m, in, batch, mode, codebook, shared);                                                                \
  }

MATVEC(1)
MATVEC(2)
MATVEC(4)

// As matvec_1 for every slot (token, k), with the matrix of the expert chosen for it.
KERNEL_RESIDENT(MATVEC_THREADS, 2, matvec_experts,
    (const u8* w0, const u8* w1, i64 n0, i64 n1, float* y, int rows, const float* x, const float* gain, float epsilon,
     int xRowsPerToken, int cols, const int* experts, int used, int mode, const i8* codebook)) {
  __shared__ RowInput<1> shared;
  int place = blockIdx.x;
  InputRows in = {x + (i64)(xRowsPerToken == 1 ? place / used : place) * cols, gain, epsilon, cols, 1};
  bool pairs = mode >= GATED_SILU;
  int slots = pairs ? 2 * rows : rows;
  int slot = ((int)blockIdx.y * (MATVEC_THREADS / WARP) + (int)threadIdx.x / WARP) * ROWS_PER_WARP;
  Weight w[ROWS_PER_WARP];
  i64 weightRow[ROWS_PER_WARP];
#pragma unroll
  for (int r = 0; r < ROWS_PER_WARP; r++) {
    int s = slot + r < slots ? slot + r : slots - 1;
    bool second = pairs && s % 2 == 1;
    w[r].data = second ? w1 : w0;
    w[r].blocks = second ? n1 : n0;
    w[r].codebook = codebook;
    weightRow[r] = (i64)experts[place] * rows + (pairs ? s / 2 : s);
  }
  float sums[ROWS_PER_WARP][1];
  if (Fast::fits(cols)) {
    Products<Fast, 1>::run(w, weightRow, in, shared, sums);
  } else {
    Products<GeneralUnit<FORMAT>, 1>::run(w, weightRow, in, shared, sums);
  }
  if (threadIdx.x % WARP != 0 || slot >= slots) {
    return;
  }
  float* out = y + (i64)place * rows;
  if (pairs) {
    out[slot / 2] = gated(mode, sums[0][0], sums[1][0]);
    return;
  }
  out[slot] = sums[0][0];
  if (slot + 1 < slots) {
    out[slot + 1] = sums[1][0];
  }
}
