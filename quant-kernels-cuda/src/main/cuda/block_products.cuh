// Products of 16 rows of one or more matrices with NB rows of input, a block's work, by the way that the module is made
// for: TILES names the format's class in tiles.cuh where tensor cores are used.
#pragma once

#ifdef TILES
#include "tile_products.cuh"
#endif
#include "row_products.cuh"

#define BLOCK_ROWS 16

template <int NB>
struct MatvecRoom {
  union {
    RowInput<NB> rows;
#ifdef TILES
    TileInput<NB> tiles;
#endif
  };
  float results[BLOCK_ROWS][NB];
};

// By row_products.cuh: two rows a warp.
template <class U, int NB, class ROWS>
static __device__ __forceinline__ void products_by_warps(const ROWS& rows, const InputRows& in, MatvecRoom<NB>& room) {
  int warp = threadIdx.x / WARP;
  Weight w[ROWS_PER_WARP];
  i64 row[ROWS_PER_WARP];
#pragma unroll
  for (int r = 0; r < ROWS_PER_WARP; r++) {
    rows.at(warp * ROWS_PER_WARP + r, &w[r], &row[r]);
  }
  float sums[ROWS_PER_WARP][NB];
  Products<U, NB>::run(w, row, in, room.rows, sums);
  if (threadIdx.x % WARP == 0) {
#pragma unroll
    for (int r = 0; r < ROWS_PER_WARP; r++) {
#pragma unroll
      for (int b = 0; b < NB; b++) {
        room.results[warp * ROWS_PER_WARP + r][b] = sums[r][b];
      }
    }
  }
  __syncthreads();
}

#ifdef TILES
// By tile_products.cuh.
template <class T, int NB, class ROWS>
static __device__ __forceinline__ void products_by_tiles(const ROWS& rows, const InputRows& in, MatvecRoom<NB>& room) {
  int lane = threadIdx.x % WARP;
  Weight w[2];
  i64 row[2];
  rows.at(lane / 4, &w[0], &row[0]);
  rows.at(lane / 4 + 8, &w[1], &row[1]);
  TileProducts<T, NB>::run(w, row, in, room.tiles);
  if (threadIdx.x < BLOCK_ROWS * NB) {
    int r = threadIdx.x % BLOCK_ROWS;
    int b = threadIdx.x / BLOCK_ROWS;
    room.results[r][b] = TileProducts<T, NB>::result(in, room.tiles, r, b);
  }
  __syncthreads();
}
#endif

// `rows.at(slot, &weight, &row)` tells the matrix and row of a slot 0 to 15. Leaves the products in room.results. All
// threads of the block call it.
template <int NB, class ROWS>
static __device__ __forceinline__ void block_products(const ROWS& rows, const InputRows& in, MatvecRoom<NB>& room) {
#ifdef TILES
  if (in.cols % TILES::WHOLE == 0) {
    products_by_tiles<TILES, NB>(rows, in, room);
  } else {
    products_by_warps<GeneralUnit<FORMAT>, NB>(rows, in, room);
  }
#else
  typedef typename UnitOf<FORMAT>::Type Fast;
  if (Fast::fits(in.cols)) {
    products_by_warps<Fast, NB>(rows, in, room);
  } else {
    products_by_warps<GeneralUnit<FORMAT>, NB>(rows, in, room);
  }
#endif
}
