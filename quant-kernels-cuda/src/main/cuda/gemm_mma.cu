// Product of many rows on tensor cores: tiles of 128 x 128 results, a quarter of them a warp, from tiles of 32 columns
// that copies in the background keep STAGES - 1 ahead.
#include "epilogue.cuh"
#include "tensor.cuh"

#define TILE 128
#define TILE_K 32
#define PIECES (TILE_K / 8)
#define STAGES 4
#define STAGE_BYTES (2 * TILE * TILE_K * 2)

// 16-byte piece `piece` (0 to 3) of a tile's row. Pieces are permuted so that the eight rows that a matrix load reads
// at once lie in different banks.
static __device__ __forceinline__ unsigned char* tile_piece(unsigned char* tile, int row, int piece) {
  return tile + row * (TILE_K * 2) + (piece ^ row / 2 % 4) * 16;
}

struct Operand {
  const u16* data;
  int rows;
  int ld;
  int first; // row of the tile
};

static __device__ __forceinline__ void bring_tile(const Operand& o, int k, unsigned char* tile) {
#pragma unroll
  for (int i = 0; i < PIECES; i++) {
    int at = i * 128 + (int)threadIdx.x;
    int row = at / PIECES;
    int piece = at % PIECES;
    bool inside = o.first + row < o.rows;
    const u16* from = o.data + (i64)(inside ? o.first + row : 0) * o.ld + k + piece * 8;
    copy_async(tile_piece(tile, row, piece), from, inside);
  }
}

// Multiplies one stage: 64 x 64 results of the warp.
template <class MMA>
static __device__ __forceinline__ void multiply_stage(
    unsigned char* x, unsigned char* w, int rowOfX, int rowOfW, float (&sums)[4][8][4]) {
  int lane = threadIdx.x % WARP;
#pragma unroll
  for (int half = 0; half < TILE_K / 16; half++) {
    u32 a[4][4];
    u32 b[4][4];
#pragma unroll
    for (int i = 0; i < 4; i++) {
      load_matrices(a[i], tile_piece(x, rowOfX + i * 16 + lane % 16, half * 2 + lane / 16));
    }
#pragma unroll
    for (int j = 0; j < 4; j++) {
      load_matrices(b[j], tile_piece(w, rowOfW + j * 16 + lane % 8 + lane / 16 * 8, half * 2 + lane / 8 % 2));
    }
#pragma unroll
    for (int i = 0; i < 4; i++) {
#pragma unroll
      for (int j = 0; j < 8; j++) {
        MMA::multiply(sums[i][j], a[i], b[j / 2][j % 2 * 2], b[j / 2][j % 2 * 2 + 1]);
      }
    }
  }
}

template <class MMA>
static __device__ __forceinline__ void gemm(const Operand& x, const Operand& w, int k, const Result& result, unsigned char* room) {
  int warp = threadIdx.x / WARP;
  int rowOfX = warp / 2 * 64;
  int rowOfW = warp % 2 * 64;
  float sums[4][8][4];
#pragma unroll
  for (int i = 0; i < 4; i++) {
#pragma unroll
    for (int j = 0; j < 8; j++) {
#pragma unroll
      for (int c = 0; c < 4; c++) {
        sums[i][j][c] = 0;
      }
    }
  }
  int tiles = k / TILE_K;
  for (int s = 0; s < STAGES - 1; s++) {
    if (s < tiles) {
      bring_tile(x, s * TILE_K, room + s * STAGE_BYTES);
      bring_tile(w, s * TILE_K, room + s * STAGE_BYTES + STAGE_BYTES / 2);
    }
    copies_end();
  }
  for (int t = 0; t < tiles; t++) {
    copies_wait<STAGES - 2>();
    __syncthreads();
    int next = t + STAGES - 1;
    if (next < tiles) {
      unsigned char* stage = room + next % STAGES * STAGE_BYTES;
      bring_tile(x, next * TILE_K, stage);
      bring_tile(w, next * TILE_K, stage + STAGE_BYTES / 2);
    }
    copies_end();
    unsigned char* stage = room + t % STAGES * STAGE_BYTES;
    multiply_stage<MMA>(stage, stage + STAGE_BYTES / 2, rowOfX, rowOfW, sums);
  }
  int lane = threadIdx.x % WARP;
#pragma unroll
  for (int i = 0; i < 4; i++) {
#pragma unroll
    for (int j = 0; j < 8; j++) {
      int row = x.first + rowOfX + i * 16 + lane / 4;
      int col = w.first + rowOfW + j * 8 + lane % 4 * 2;
      put_result(result, row, col, sums[i][j][0]);
      put_result(result, row, col + 1, sums[i][j][1]);
      put_result(result, row + 8, col, sums[i][j][2]);
      put_result(result, row + 8, col + 1, sums[i][j][3]);
    }
  }
}

#define GEMM(suffix, MMA)                                                                                        \
  KERNEL_RESIDENT(128, 2, gemm_##suffix,                                                                         \
      (const u16* x, const float* scales, const u16* w, int m, int n, int k, int ldx, int ldw, float* out, int ldo, \
       const float* bias, int mode)) {                                                                           \
    DYNAMIC_SHARED(room);                                                                                        \
    Operand input = {x, m, ldx, (int)blockIdx.x * TILE};                                                         \
    Operand weight = {w, n, ldw, (int)blockIdx.y * TILE};                                                        \
    Result result = {out, scales, bias, m, n, ldo, mode};                                                        \
    gemm<MMA>(input, weight, k, result, room);                                                                   \
  }

GEMM(f16, MmaF16)
GEMM(bf16, MmaBF16)
