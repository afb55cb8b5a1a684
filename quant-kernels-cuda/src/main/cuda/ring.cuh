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

static __device__ __forceinline__ Panels panels_of(const u16* data, int rows, int first) {
  Panels p = {data, (rows + 7) / 8 * 8, first, rows};
  return p;
}

// A tile of the input that goes to one expert's matrix: rows first .. end of the panels, of which a tile takes what it can.
struct ExpertTile {
  int expert; // -1: nothing to do
  int first;
  int end;
  int unused;
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

// First row of a tile of this thread's fragments; the other is eight further.
static __device__ __forceinline__ int own_row() { return (int)threadIdx.x / WARP * 16 + threadIdx.x % WARP / 4; }

// Where a warpgroup's 64 x N sums belong: rows of the input are columns of d.
struct ResultPlaces {
  Result r;
  const int* places; // rows of the result, 0: those of the input
  int w0;
  int w1;
  bool there0;
  bool there1;
  float bias0;
  float bias1;

  __device__ __forceinline__ ResultPlaces(const Result& result, const int* rows, int firstOfW) : r(result), places(rows) {
    w0 = firstOfW + own_row();
    w1 = w0 + 8;
    there0 = w0 < r.n;
    there1 = w1 < r.n;
    bias0 = r.bias != 0 && there0 ? r.bias[w0] : 0.0f;
    bias1 = r.bias != 0 && there1 ? r.bias[w1] : 0.0f;
  }

  __device__ __forceinline__ float* at(int row) const {
    return r.out + (i64)(places != 0 && row < r.m ? places[row] : row) * r.ld + w0;
  }

  // Sums of rows of the input; everything is read before anything is written, so that reads need not wait.
  template <int ROWS>
  __device__ __forceinline__ void put(const int (&rows)[ROWS], const float (&sums)[ROWS][2]) const {
    float v[ROWS][2];
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
      const float* to = at(rows[i]);
      float scale = rows[i] < r.m ? r.scales[rows[i]] : 0.0f;
      v[i][0] = sums[i][0] * scale + bias0;
      v[i][1] = sums[i][1] * scale + bias1;
      if (r.mode == ADD) {
        v[i][0] += rows[i] < r.m && there0 ? to[0] : 0.0f;
        v[i][1] += rows[i] < r.m && there1 ? to[8] : 0.0f;
      }
    }
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
      float* to = at(rows[i]);
      if (rows[i] < r.m && there0) {
        to[0] = v[i][0];
      }
      if (rows[i] < r.m && there1) {
        to[8] = v[i][1];
      }
    }
  }
};

template <int N>
static __device__ __forceinline__ void put_results(
    const Result& result, const int* rowsOfResult, int firstOfX, int firstOfW, const float (&d)[N / 2]) {
  ResultPlaces places(result, rowsOfResult, firstOfW);
#pragma unroll
  for (int j = 0; j < N / 8; j += 4) {
    int rows[8];
    float sums[8][2];
#pragma unroll
    for (int i = 0; i < 8; i++) {
      int at = 4 * (j + i / 2) + i % 2;
      rows[i] = firstOfX + (j + i / 2) * 8 + threadIdx.x % 4 * 2 + i % 2;
      sums[i][0] = d[at];
      sums[i][1] = d[at + 2];
    }
    places.put(rows, sums);
  }
}

template <int SUMS>
static __device__ __forceinline__ void clear(float (&d)[SUMS]) {
#pragma unroll
  for (int i = 0; i < SUMS; i++) {
    d[i] = 0;
  }
}
