// Product of many rows with a 16-bit matrix on the tensor cores of sm_90a: tiles of 128 rows of the matrix and N of the
// input; a warpgroup brings tiles of 64 columns, two multiply them, 64 rows of the matrix each.
#include "ring.cuh"
#include "rows_to_panels.cuh"
#include "expert_tiles.cu"

#define THREADS (CONSUMERS + WARPGROUP)

struct Matrix16 {
  const u16* data;
  int rows;
  int ld;
  int first; // row of the tile
};

// 64 columns from k on of the tile's rows; zeros beyond `cols` and beyond the last row.
static __device__ __forceinline__ void bring_rows(const Matrix16& w, int k, int cols, unsigned char* tile) {
  int thread = threadIdx.x % WARPGROUP;
  int piece = thread % 8;
#pragma unroll
  for (int i = 0; i < TILE_ROWS / 16; i++) {
    int row = i * 16 + thread / 8;
    bool inside = w.first + row < w.rows && k + piece * 8 < cols;
    const u16* from = w.data + (inside ? (i64)(w.first + row) * w.ld + k + piece * 8 : 0);
    copy_async(tile + panel_piece(row, piece), from, inside);
  }
}

template <int N, int STAGES>
struct GemmNative {
  static const int X_BYTES = N * PANEL_ROW_BYTES;
  static const int AHEAD = STAGES - 2; // stages whose copies this thread waits for later
  typedef Ring<STAGES, X_BYTES + TILE_ROWS * PANEL_ROW_BYTES> Tiles;

  static __device__ __forceinline__ void announce(const Tiles& ring, int tile) {
    written_for_wgmma();
    barrier_arrive(ring.filled(tile));
  }

  static __device__ __forceinline__ void produce(const Tiles& ring, const Panels& x, const Matrix16& w, int cols, int tiles) {
    for (int t = 0; t < tiles; t++) {
      ring.wait_empty(t);
      if (threadIdx.x == CONSUMERS) {
        bring_panel<N>(x, t, ring.stage(t), ring.filled(t));
      }
      bring_rows(w, t * PANEL, cols, ring.stage(t) + X_BYTES);
      copies_end();
      if (t >= AHEAD) {
        copies_wait<AHEAD>();
        announce(ring, t - AHEAD);
      }
    }
    copies_wait<0>();
    for (int t = tiles < AHEAD ? 0 : tiles - AHEAD; t < tiles; t++) {
      announce(ring, t);
    }
  }

  template <class MMA>
  static __device__ __forceinline__ void consume(const Tiles& ring, int tiles, float (&d)[N / 2]) {
    int half = threadIdx.x / WARPGROUP * (TILE_ROWS / 2) * PANEL_ROW_BYTES;
    for (int t = 0; t < tiles; t++) {
      ring.wait_full(t);
      u64 x = panel_descriptor(ring.stage(t));
      u64 w = panel_descriptor(ring.stage(t) + X_BYTES + half);
      wgmma_begin();
#pragma unroll
      for (int i = 0; i < PANEL / 16; i++) {
        MMA::multiply(d, next_columns(w, i), next_columns(x, i));
      }
      wgmma_end();
      wgmma_wait<1>();
      if (t > 0) {
        ring.release(t - 1);
      }
    }
    wgmma_wait<0>();
  }
};

template <int N, int STAGES, class MMA>
static __device__ __forceinline__ void gemm(const Panels& x, const Matrix16& w, int cols, const Result& result, const int* places, unsigned char* room) {
  typedef GemmNative<N, STAGES> Gemm;
  typename Gemm::Tiles ring(room, 1 + WARPGROUP);
  int tiles = (cols + PANEL - 1) / PANEL;
  if (threadIdx.x >= CONSUMERS) {
    fewer_registers<40>();
    Gemm::produce(ring, x, w, cols, tiles);
    return;
  }
  more_registers<232>();
  float d[N / 2];
  clear(d);
  Gemm::template consume<MMA>(ring, tiles, d);
  put_results<N>(result, places, x.first, w.first, d);
}

#define GEMM(suffix, MMA, N, STAGES)                                                                                   \
  KERNEL_RESIDENT(THREADS, 1, gemm_##suffix##_##N,                                                                         \
      (const u16* x, const float* scales, const u16* w, int m, int n, int k, int ldw, float* out, int ldo,             \
       const float* bias, int mode)) {                                                                                 \
    DYNAMIC_SHARED(room);                                                                                              \
    Panels input = panels_of(x, m, (int)blockIdx.x * N);                                                               \
    Matrix16 weight = {w, n, ldw, (int)blockIdx.y * TILE_ROWS};                                                        \
    Result result = {out, scales, bias, m, n, ldo, mode};                                                              \
    gemm<N, STAGES, MMA>(input, weight, k, result, 0, room);                                                           \
  }                                                                                                                    \
  KERNEL_RESIDENT(THREADS, 1, gemm_experts_##suffix##_##N,                                                                 \
      (const u16* x, const float* scales, const u16* w, const ExpertTile* tiles, const int* places, int padded, int n, \
       int k, float* out)) {                                                                                           \
    DYNAMIC_SHARED(room);                                                                                              \
    ExpertTile tile = tiles[blockIdx.x];                                                                               \
    if (tile.expert < 0) {                                                                                             \
      return;                                                                                                          \
    }                                                                                                                  \
    Panels input = {x, padded, tile.first, tile.end};                                                                  \
    Matrix16 weight = {w + (i64)tile.expert * n * k, n, k, (int)blockIdx.y * TILE_ROWS};                               \
    Result result = {out, scales, 0, tile.end, n, n, STORE};                                                           \
    gemm<N, STAGES, MMA>(input, weight, k, result, places, room);                                                      \
  }

ROWS_TO_PANELS(rows_to_panels_f16, NaturalOrder, HalfNumber)
ROWS_TO_PANELS(rows_to_panels_bf16, NaturalOrder, BrainNumber)
GEMM(f16, WgmmaF16, 256, 4)
GEMM(f16, WgmmaF16, 128, 4)
GEMM(f16, WgmmaF16, 64, 8)
GEMM(bf16, WgmmaBF16, 256, 4)
GEMM(bf16, WgmmaBF16, 128, 4)
GEMM(bf16, WgmmaBF16, 64, 8)
