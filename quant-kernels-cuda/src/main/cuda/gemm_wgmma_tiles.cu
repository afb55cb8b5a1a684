// Product of many rows with a matrix of stored blocks on the tensor cores of sm_90a: tiles of 128 rows of the matrix and N of
// the input. Two warpgroups decode 64 rows of the matrix each to fragments, 32 columns ahead of the products; one thread
// brings the input. FRAGMENTS: the format.
#include "fragments.cuh"
#include "results.cuh"
#include "rows_to_panels.cuh"

#define THREADS (CONSUMERS + WARPGROUP)

struct MatrixTile {
  Weight weight;
  int rows;
  int cols;
  int first;  // row of the warpgroup
  i64 before; // rows of other matrices of the stack

  // First block of a row, the last one for those beyond.
  __device__ __forceinline__ i64 block(int row, int blocksOfRow) const {
    return (before + (row < rows ? row : rows - 1)) * blocksOfRow;
  }
};

template <class F, int N, int STAGES>
struct GemmTiles {
  typedef Ring<STAGES, N * PANEL_ROW_BYTES> Tiles;

  static __device__ __forceinline__ void produce(const Tiles& ring, const Panels& x, int tiles) {
    for (int t = 0; t < tiles; t++) {
      ring.wait_empty(t);
      bring_panel<N>(x, t, ring.stage(t), ring.filled(t));
    }
  }

  // 64 columns: two groups of products, each from registers that the group before the last one read.
  static __device__ __forceinline__ void multiply_panel(
      const Tiles& ring, int tile, const F& decoded, int half, u32 (&a)[2][2][4], float (&d)[N / 2]) {
    ring.wait_full(tile);
    u64 x = panel_descriptor(ring.stage(tile));
#pragma unroll
#pragma unroll
    for (int g = 0; g < 2; g++) {
      wgmma_wait<1>();
      if (g == 1 && tile > 0) {
        ring.release(tile - 1);
      }
      decoded.fragment(half * 2 + g, 0, a[g][0]);
      decoded.fragment(half * 2 + g, 1, a[g][1]);
      wgmma_begin();
      WgmmaF16::multiply(d, a[g][0], next_columns(x, 2 * g));
      WgmmaF16::multiply(d, a[g][1], next_columns(x, 2 * g + 1));
      wgmma_end();
    }
  }

  static __device__ __forceinline__ void consume(const Tiles& ring, const MatrixTile& w, float (&d)[N / 2]) {
    int row = w.first + own_row();
    int t = threadIdx.x % 4;
    int blocksOfRow = w.cols / CHUNK * F::BLOCKS / (F::BLOCKS == 1 ? 2 : 1);
    i64 blocks[2] = {w.block(row, blocksOfRow), w.block(row + 8, blocksOfRow)};
    typename F::Raw raw[2];
    F::fetch(w.weight, blocks[0], 0, t, raw[0]);
    F::fetch(w.weight, blocks[1], 0, t, raw[1]);
    u32 a[2][2][4];
    int chunks = w.cols / CHUNK;
    for (int c = 0; c < chunks; c++) {
      F decoded(raw, c);
      int next = c + 1 < chunks ? c + 1 : c;
      F::fetch(w.weight, blocks[0], next, t, raw[0]);
      F::fetch(w.weight, blocks[1], next, t, raw[1]);
      multiply_panel(ring, 2 * c, decoded, 0, a, d);
      multiply_panel(ring, 2 * c + 1, decoded, 1, a, d);
    }
    wgmma_wait<0>();
  }
};

template <class F, int N, int STAGES>
static __device__ __forceinline__ void gemm_tiles(const Work& work, Result result, unsigned char* room) {
  typedef GemmTiles<F, N, STAGES> Gemm;
  ExpertTile tile = work.tile<N>();
  if (tile.expert < 0) {
    return;
  }
  typename Gemm::Tiles ring(room, 1);
  if (threadIdx.x >= CONSUMERS) {
    fewer_registers<24>();
    if (threadIdx.x == CONSUMERS) {
      Gemm::produce(ring, work.panels(tile), work.k / PANEL);
    }
    return;
  }
  more_registers<240>();
  int group = threadIdx.x / WARPGROUP;
  int first = work.row(result.mode, group);
  MatrixTile w = {{work.matrix(result.mode, group), work.blocks, 0}, work.n, work.k, first, (i64)tile.expert * work.n};
  float d[N / 2];
  clear(d);
  Gemm::consume(ring, w, d);
  result.m = tile.end;
  Results to = {result, work.places, tile.first, first};
  put_results<N>(to, d, ring.stages);
}

#define GEMM(N, STAGES)                                                                                                   \
  KERNEL_RESIDENT(THREADS, 1, gemm_##N,                                                                                   \
      (const u16* x, const float* scales, const u8* w0, const u8* w1, i64 blocks, int m, int n, int k,                    \
       const ExpertTile* tiles, const int* places, float* out, int ldo, const float* bias, int mode)) {                   \
    DYNAMIC_SHARED(room);                                                                                                 \
    Work work = {x, w0, w1, blocks, m, n, k, tiles, places};                                                            \
    Result result = {out, scales, bias, m, n, ldo, mode};                                                                 \
    gemm_tiles<FRAGMENTS, N, STAGES>(work, result, room);                                                                 \
  }

ROWS_TO_PANELS(rows_to_panels, FRAGMENTS::Order, HalfNumber)
GEMM(256, 4)
GEMM(128, 8)
GEMM(64, 8)
