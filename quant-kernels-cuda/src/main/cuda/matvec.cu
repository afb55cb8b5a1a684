// Products of a matrix with few rows, and what goes with them: the norm of the input, bias, residual, gated activation.
#include "epilogue.cuh"
#include "weights.cuh"

// Matrices that share the input.
struct Matrices {
  const u8* data0;
  const u8* data1;
  const u8* data2;
  i64 blocks0;
  i64 blocks1;
  i64 blocks2;
  int rows0;
  int rows1;
  int rows2;
  const i8* codebook;
};

// Slots: rows of the first matrix, then of the second, then of the third; in the gated modes rows of the
// first and the second in turn, so that both rows of an element are in one tile.
struct MatrixRows {
  Matrices m;
  int mode;
  int count; // of slots

  // Number of the matrix of a slot, and the row in it. Beyond the last slot: the last one again, since all lanes go on.
  __device__ __forceinline__ int matrix(int slot, int* row) const {
    int s = slot < count ? slot : count - 1;
    if (mode >= GATED_SILU) {
      *row = s / 2;
      return s % 2;
    }
    int matrix = s < m.rows0 ? 0 : s < m.rows0 + m.rows1 ? 1 : 2;
    *row = matrix == 0 ? s : matrix == 1 ? s - m.rows0 : s - m.rows0 - m.rows1;
    return matrix;
  }

  __device__ __forceinline__ void at(int slot, Weight* w, i64* row) const {
    int r;
    int number = matrix(slot, &r);
    w->data = number == 0 ? m.data0 : number == 1 ? m.data1 : m.data2;
    w->blocks = number == 0 ? m.blocks0 : number == 1 ? m.blocks1 : m.blocks2;
    w->codebook = m.codebook;
    *row = r;
  }
};

struct Results {
  float* out0;
  float* out1;
  float* out2;
  const float* bias0;
  const float* bias1;
  const float* bias2;
};

// Where the product of row r of the block with row b of the input goes.
template <int NB>
static __device__ __forceinline__ void put_result(
    const MatrixRows& rows, const Results& to, int slot, int r, int firstToken, int b, const MatvecRoom<NB>& room) {
  bool gatedMode = rows.mode >= GATED_SILU;
  if (slot >= rows.count || (gatedMode && slot % 2 == 1)) {
    return;
  }
  int row;
  int number = rows.matrix(slot, &row);
  const float* bias = number == 0 ? to.bias0 : number == 1 ? to.bias1 : to.bias2;
  float* out = number == 0 ? to.out0 : number == 1 ? to.out1 : to.out2;
  int length = number == 0 ? rows.m.rows0 : number == 1 ? rows.m.rows1 : rows.m.rows2;
  float v = room.results[r][b] + (bias != 0 ? bias[row] : 0.0f);
  if (gatedMode) {
    v = gated(rows.mode, v, room.results[r + 1][b] + (to.bias1 != 0 ? to.bias1[row] : 0.0f));
  }
  put(rows.mode, out + (i64)(firstToken + b) * length + row, v);
}

// The tiles of a block from number `first` on, every gridDim.y-th of `all`.
static __device__ __forceinline__ BlockTiles tiles_from(int first, int all, int most) {
  int left = (all - first + (int)gridDim.y - 1) / (int)gridDim.y;
  BlockTiles tiles = {first, (int)gridDim.y, left < most ? left : most};
  return tiles;
}

template <int NB>
static __device__ __forceinline__ void matvec(
    const Matrices& m, const Results& to, InputRows in, int batch, int mode, MatvecRoom<NB>& room) {
  int firstToken = (int)blockIdx.x * NB;
  in.x += (i64)firstToken * in.cols;
  in.rows = batch - firstToken < NB ? batch - firstToken : NB;
  MatrixRows rows = {m, mode, m.rows0 + m.rows1 + m.rows2};
  int all = (rows.count + TILE_ROWS - 1) / TILE_ROWS;
  for (int first = blockIdx.y; first < all; first += MatvecRoom<NB>::MOST_TILES * gridDim.y) {
    BlockTiles tiles = tiles_from(first, all, MatvecRoom<NB>::MOST_TILES);
    block_products<NB>(rows, tiles, in, room);
    int count = tiles.count * TILE_ROWS;
    for (int at = threadIdx.x; at < count * in.rows; at += MATVEC_THREADS) {
      put_result<NB>(rows, to, tiles.slot(at % count), at % count, firstToken, at / count, room);
    }
    __syncthreads();
  }
}

// Blocks on a multiprocessor at least.
#define RESIDENT 2

#define MATVEC(NB)                                                                                                   \
  KERNEL_RESIDENT(MATVEC_THREADS, RESIDENT, matvec_##NB,                                                                    \
      (const u8* w0, const u8* w1, const u8* w2, i64 n0, i64 n1, i64 n2, float* y0, float* y1, float* y2,            \
       const float* b0, const float* b1, const float* b2, int r0, int r1, int r2, const float* x, const float* gain, \
       float epsilon, int cols, int batch, int mode, const i8* codebook)) {                                          \
    later_may_begin();                                                                                               \
    __shared__ MatvecRoom<NB> room;                                                                                  \
    Matrices m = {w0, w1, w2, n0, n1, n2, r0, r1, r2, codebook};                                                     \
    Results to = {y0, y1, y2, b0, b1, b2};                                                                           \
    InputRows in = {x, gain, epsilon, cols, 0, false};                                                               \
    matvec<NB>(m, to, in, batch, mode, room);                                                                        \
  }

MATVEC(1)
MATVEC(2)
MATVEC(4)

// Slots of the matrix of one expert.
struct ExpertRows {
  Matrices m;
  bool pairs;
  int count;
  i64 begin; // the expert's first row in the stack

  __device__ __forceinline__ void at(int slot, Weight* w, i64* row) const {
    int s = slot < count ? slot : count - 1;
    bool second = pairs && s % 2 == 1;
    w->data = second ? m.data1 : m.data0;
    w->blocks = second ? m.blocks1 : m.blocks0;
    w->codebook = m.codebook;
    *row = begin + (pairs ? s / 2 : s);
  }
};

// As matvec_1 for every place (token, k), with the matrix of the expert chosen for it.
KERNEL_RESIDENT(MATVEC_THREADS, RESIDENT, matvec_experts,
    (const u8* w0, const u8* w1, i64 n0, i64 n1, float* y, int rows, const float* x, const float* gain, float epsilon,
     int xRowsPerToken, int cols, const int* experts, int used, int mode, int exact, const i8* codebook)) {
  in_turn();
  __shared__ MatvecRoom<1> room;
  int place = blockIdx.x;
  bool pairs = mode >= GATED_SILU;
  InputRows in = {x + (i64)(xRowsPerToken == 1 ? place / used : place) * cols, gain, epsilon, cols, 1, exact != 0};
  Matrices m = {w0, w1, 0, n0, n1, 0, rows, rows, 0, codebook};
  ExpertRows slots = {m, pairs, pairs ? 2 * rows : rows, (i64)experts[place] * rows};
  float* out = y + (i64)place * rows;
  int all = (slots.count + TILE_ROWS - 1) / TILE_ROWS;
  for (int first = blockIdx.y; first < all; first += MatvecRoom<1>::MOST_TILES * gridDim.y) {
    BlockTiles tiles = tiles_from(first, all, MatvecRoom<1>::MOST_TILES);
    block_products<1>(slots, tiles, in, room);
    int r = threadIdx.x;
    int slot = tiles.slot(r);
    if (r < tiles.count * TILE_ROWS && slot < slots.count) {
      if (!pairs) {
        out[slot] = room.results[r][0];
      } else if (slot % 2 == 0) {
        out[slot / 2] = gated(mode, room.results[r][0], room.results[r + 1][0]);
      }
    }
    __syncthreads();
  }
}
