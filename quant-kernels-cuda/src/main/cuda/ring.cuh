// Tiles on their way through shared memory to the products of many rows (gemm_wgmma*.cu): stages that a producer fills and
// two warpgroups of consumers empty, in turn; and what becomes of the sums.
#pragma once

#include "epilogue.cuh"
#include "wgmma.cuh"

#define TILE_ROWS 128 // of the matrix, half of them a warpgroup
#define CONSUMERS (2 * WARPGROUP)

// The input as rows_to_panels.cuh leaves it: panels of 64 columns, one after the other, of `padded` rows.
struct Panels {
  const u16* data;
  int padded; // a multiple of 8
  int first;  // row of the tile
  int end;    // of the rows that belong to it

  // Rows of a tile of N that are there, in whole eights.
  template <int N>
  __device__ __forceinline__ int count() const {
    int rows = (end - first + 7) / 8 * 8;
    return rows < N ? rows : N;
  }
  __device__ __forceinline__ const u16* at(int panel) const { return data + ((i64)panel * padded + first) * PANEL; }
};

// A tile of the input that goes to one expert's matrix: rows first .. end of the panels, of which a tile takes what it can.
struct ExpertTile {
  int expert; // -1: nothing to do
  int first;
  int end;
  int unused;
};

// What a block has to do: the parameters of the kernels and its place in the grid.
struct Work {
  const u16* x;
  const u8* w0;
  const u8* w1; // of the second warpgroup where two products are gated
  i64 blocks;
  int m;
  int n;
  int k;
  const ExpertTile* tiles;
  const int* places;

  template <int N>
  __device__ __forceinline__ ExpertTile tile() const {
    ExpertTile whole = {0, (int)blockIdx.x * N, m, 0};
    return tiles != 0 ? tiles[blockIdx.x] : whole;
  }
  __device__ __forceinline__ Panels panels(const ExpertTile& t) const {
    Panels p = {x, (m + 7) / 8 * 8, t.first, t.end};
    return p;
  }
  // First row of the matrix for a warpgroup.
  __device__ __forceinline__ int row(int mode, int group) const {
    return mode >= GATED_SILU ? (int)blockIdx.y * (TILE_ROWS / 2) : (int)blockIdx.y * TILE_ROWS + group * (TILE_ROWS / 2);
  }
  __device__ __forceinline__ const u8* matrix(int mode, int group) const { return mode >= GATED_SILU && group == 1 ? w1 : w0; }
};

// STAGES, a power of two, of BYTES each; `tile` numbers what passes.
template <int STAGES, int BYTES>
struct Ring {
  u64* full;
  u64* empty;
  unsigned char* stages;

  // By all threads of the block. `producers` threads announce a stage.
  __device__ __forceinline__ Ring(unsigned char* room, int producers) {
    full = (u64*)room;
    empty = full + STAGES;
    stages = (unsigned char*)(((u64)room + 2 * STAGES * sizeof(u64) + 1023) / 1024 * 1024);
    if (threadIdx.x == 0) {
      for (int s = 0; s < STAGES; s++) {
        barrier_init(full + s, producers);
        barrier_init(empty + s, CONSUMERS / WARP);
      }
      barriers_ready();
    }
    __syncthreads();
  }

  __device__ __forceinline__ unsigned char* stage(int tile) const { return stages + tile % STAGES * BYTES; }
  __device__ __forceinline__ u64* filled(int tile) const { return full + tile % STAGES; }
  __device__ __forceinline__ void wait_empty(int tile) const { barrier_wait(empty + tile % STAGES, tile / STAGES % 2 ^ 1); }
  __device__ __forceinline__ void wait_full(int tile) const { barrier_wait(filled(tile), tile / STAGES % 2); }
  // By all warps of consumers, when no product that they have begun reads the stage any more.
  __device__ __forceinline__ void release(int tile) const {
    if (threadIdx.x % WARP == 0) {
      barrier_arrive(empty + tile % STAGES);
    }
  }
};

// Brings N rows of a panel and arrives once for its bytes.
template <int N>
static __device__ __forceinline__ void bring_panel(const Panels& x, int panel, unsigned char* to, u64* barrier) {
  int bytes = x.count<N>() * PANEL_ROW_BYTES;
  barrier_expect(barrier, bytes);
  copy_bulk(to, x.at(panel), bytes, barrier);
}

// First row of this thread's fragments of those of its warpgroup; the other is eight further.
static __device__ __forceinline__ int own_row() { return threadIdx.x % WARPGROUP / WARP * 16 + threadIdx.x % WARP / 4; }

template <int SUMS>
static __device__ __forceinline__ void clear(float (&d)[SUMS]) {
#pragma unroll
  for (int i = 0; i < SUMS; i++) {
    d[i] = 0;
  }
}
