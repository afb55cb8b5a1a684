// Product of many rows on tensor cores: tiles of 128 x 128 results, a quarter of them a warp, from tiles of 32 columns
// that copies in the background keep STAGES - 1 ahead. Fragments are loaded half a tile ahead of their use.
#include "epilogue.cuh"
#include "tensor.cuh"

#define TILE_M 128
#define TILE_N 128
#define TILE_K 32
#define GEMM_THREADS 128
#define STAGES 4
#define X_BYTES (TILE_M * TILE_K * 2)
#define STAGE_BYTES (X_BYTES + TILE_N * TILE_K * 2)

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

template <int ROWS>
static __device__ __forceinline__ void bring_tile(const Operand& o, int k, unsigned char* tile) {
#pragma unroll
  for (int i = 0; i < ROWS * 4 / GEMM_THREADS; i++) {
    int at = i * GEMM_THREADS + (int)threadIdx.x;
    int row = at / 4;
    int piece = at % 4;
    bool inside = o.first + row < o.rows;
    const u16* from = o.data + (i64)(inside ? o.first + row : 0) * o.ld + k + piece * 8;
    copy_async(tile_piece(tile, row, piece), from, inside);
  }
}

// What a warp multiplies at once: 64 rows of each operand, 16 columns.
struct Fragments {
  u32 x[4][4];
  u32 w[4][4];
};

static __device__ __forceinline__ void load_fragments(
    unsigned char* stage, int half, int rowOfX, int rowOfW, Fragments& f) {
  int lane = threadIdx.x % WARP;
#pragma unroll
  for (int i = 0; i < 4; i++) {
    load_matrices(f.x[i], tile_piece(stage, rowOfX + i * 16 + lane % 16, half * 2 + lane / 16));
  }
#pragma unroll
  for (int j = 0; j < 4; j++) {
    load_matrices(
        f.w[j], tile_piece(stage + X_BYTES, rowOfW + j * 16 + lane % 8 + lane / 16 * 8, half * 2 + lane / 8 % 2));
  }
}

template <class MMA>
static __device__ __forceinline__ void multiply_fragments(const Fragments& f, float (&sums)[4][8][4]) {
#pragma unroll
  for (int i = 0; i < 4; i++) {
#pragma unroll
    for (int j = 0; j < 8; j++) {
      MMA::multiply(sums[i][j], f.x[i], f.w[j / 2][j % 2 * 2], f.w[j / 2][j % 2 * 2 + 1]);
    }
  }
}

struct Result {
  float* out;
  const float* scales;
  const float* bias;
  int m;
  int n;
  int ld;
  int mode;
};

static __device__ __forceinline__ void put_result(const Result& r, int row, int col, float v) {
  if (row < r.m && col < r.n) {
    put(r.mode, r.out + (i64)row * r.ld + col, v * r.scales[row] + (r.bias != 0 ? r.bias[col] : 0.0f));
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
      bring_tile<TILE_M>(x, s * TILE_K, room + s * STAGE_BYTES);
      bring_tile<TILE_N>(w, s * TILE_K, room + s * STAGE_BYTES + X_BYTES);
    }
    copies_end();
  }
  Fragments f[2];
  copies_wait<STAGES - 2>();
  __syncthreads();
  load_fragments(room, 0, rowOfX, rowOfW, f[0]);
  for (int t = 0; t < tiles; t++) {
    // every warp has read what is overwritten: the tile before this one
    int next = t + STAGES - 1;
    if (next < tiles) {
      unsigned char* stage = room + next % STAGES * STAGE_BYTES;
      bring_tile<TILE_M>(x, next * TILE_K, stage);
      bring_tile<TILE_N>(w, next * TILE_K, stage + X_BYTES);
    }
    copies_end();
    load_fragments(room + t % STAGES * STAGE_BYTES, 1, rowOfX, rowOfW, f[1]);
    multiply_fragments<MMA>(f[0], sums);
    copies_wait<STAGES - 2>();
    __syncthreads();
    if (t + 1 < tiles) {
      load_fragments(room + (t + 1) % STAGES * STAGE_BYTES, 0, rowOfX, rowOfW, f[0]);
    }
    multiply_fragments<MMA>(f[1], sums);
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
  KERNEL_RESIDENT(GEMM_THREADS, 2, gemm_##suffix,                                                                        \
      (const u16* x, const float* scales, const u16* w, int m, int n, int k, int ldx, int ldw, float* out, int ldo, \
       const float* bias, int mode)) {                                                                           \
    DYNAMIC_SHARED(room);                                                                                        \
    Operand input = {x, m, ldx, (int)blockIdx.x * TILE_M};                                                         \
    Operand weight = {w, n, ldw, (int)blockIdx.y * TILE_N};                                                        \
    Result result = {out, scales, bias, m, n, ldo, mode};                                                        \
    gemm<MMA>(input, weight, k, result, room);                                                                   \
  }

GEMM(f16, MmaF16)
GEMM(bf16, MmaBF16)
