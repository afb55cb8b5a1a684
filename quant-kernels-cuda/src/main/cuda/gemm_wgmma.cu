// Product of many rows with a 16-bit matrix on the tensor cores of sm_90a: tiles of 128 rows of the matrix and N of the
// input; a warpgroup brings tiles of 64 columns, two multiply them, 64 rows of the matrix each.
#include "results.cuh"
#include "rows_to_panels.cuh"
#include "expert_tiles.cu"

#define THREADS (CONSUMERS + WARPGROUP)

// Rows of the matrix for each of the warpgroups.
struct Matrix16 {
  const u16* data[2];
  int first[2];
  int rows;
  int cols;
};

// 64 columns from k on of the tile's rows; zeros beyond the last row and column.
static __device__ __forceinline__ void bring_rows(const Matrix16& w, int k, unsigned char* tile) {
  int thread = threadIdx.x % WARPGROUP;
  int piece = thread % 8;
#pragma unroll
  for (int i = 0; i < TILE_ROWS / 16; i++) {
    int group = i / (TILE_ROWS / 32);
    int row = w.first[group] + i % (TILE_ROWS / 32) * 16 + thread / 8;
    bool inside = row < w.rows && k + piece * 8 < w.cols;
    const u16* from = w.data[group] + (inside ? (i64)row * w.cols + k + piece * 8 : 0);
    copy_async(tile + panel_piece(i * 16 + thread / 8, piece), from, inside);
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

  static __device__ __forceinline__ void produce(const Tiles& ring, const Panels& x, const Matrix16& w, int tiles) {
    for (int t = 0; t < tiles; t++) {
      ring.wait_empty(t);
      if (threadIdx.x == CONSUMERS) {
        bring_panel<N>(x, t, ring.stage(t), ring.filled(t));
      }
      bring_rows(w, t * PANEL, ring.stage(t) + X_BYTES);
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
static __device__ __forceinline__ void gemm(const Work& work, Result result, unsigned char* room) {
  typedef GemmNative<N, STAGES> Gemm;
  ExpertTile tile = work.tile<N>();
  if (tile.expert < 0) {
    return;
  }
  typename Gemm::Tiles ring(room, 1 + WARPGROUP);
  int tiles = (work.k + PANEL - 1) / PANEL;
  if (threadIdx.x >= CONSUMERS) {
    fewer_registers<40>();
    Matrix16 w = {{}, {}, work.n, work.k};
#pragma unroll
    for (int g = 0; g < 2; g++) {
      w.data[g] = (const u16*)work.matrix(result.mode, g) + (i64)tile.expert * work.n * work.k;
      w.first[g] = work.row(result.mode, g);
    }
    Gemm::produce(ring, work.panels(tile), w, tiles);
    return;
  }
  more_registers<232>();
  float d[N / 2];
  clear(d);
  Gemm::template consume<MMA>(ring, tiles, d);
  result.m = tile.end;
  Results to = {result, work.places, tile.first, work.row(result.mode, threadIdx.x / WARPGROUP)};
  put_results<N>(to, d, ring.stages);
}

#define GEMM(suffix, MMA, N, STAGES)                                                                                      \
  KERNEL_RESIDENT(THREADS, 1, gemm_##suffix##_##N,                                                                        \
      (const u16* x, const float* scales, const u8* w0, const u8* w1, i64 blocks, int m, int n, int k,                    \
       const ExpertTile* tiles, const int* places, float* out, int ldo, const float* bias, int mode)) {                   \
    DYNAMIC_SHARED(room);                                                                                                 \
    Work work = {x, w0, w1, blocks, m, n, k, tiles, places};                                                            \
    Result result = {out, scales, bias, m, n, ldo, mode};                                                                 \
    gemm<N, STAGES, MMA>(work, result, room);                                                                             \
  }

ROWS_TO_PANELS(rows_to_panels_f16, NaturalOrder, HalfNumber)
ROWS_TO_PANELS(rows_to_panels_bf16, NaturalOrder, BrainNumber)
GEMM(f16, WgmmaF16, 256, 4)
GEMM(f16, WgmmaF16, 128, 4)
GEMM(f16, WgmmaF16, 64, 8)
GEMM(bf16, WgmmaBF16, 256, 4)
GEMM(bf16, WgmmaBF16, 128, 4)
GEMM(bf16, WgmmaBF16, 64, 8)
