// Products of some times 16 rows of one or more matrices with NB rows of input, a block's work, by the way that the
// module is made for: TILES names the format's class in tiles.cuh where tensor cores are used.
#pragma once

#ifdef TILES
#include "tile_products.cuh"
#endif
#include "row_products.cuh"

#define TILE_ROWS 16

template <int NB>
struct MatvecRoom {
#ifdef TILES
  static const int MOST_TILES = TileProducts<TILES, NB>::Shared::MOST_TILES;
#else
  static const int MOST_TILES = 1;
#endif
  union {
    RowInput<NB> rows;
#ifdef TILES
    typename TileProducts<TILES, NB>::Shared tiles;
#endif
  };
  float results[MOST_TILES * TILE_ROWS][NB];
};

// The rows of a block in slots of all rows: tile i of it has slots (first + i * stride) * 16 on.
struct BlockTiles {
  int first;
  int stride;
  int count;
  __device__ __forceinline__ int slot(int r) const { return (first + r / TILE_ROWS * stride) * TILE_ROWS + r % TILE_ROWS; }
};

// By row_products.cuh: two rows a warp.
template <class U, int NB, class ROWS>
static __device__ __forceinline__ void products_by_warps(
    const ROWS& rows, const BlockTiles& tiles, int tile, const InputRows& in, MatvecRoom<NB>& room) {
  int r0 = tile * TILE_ROWS + (int)threadIdx.x / WARP * ROWS_PER_WARP;
  Weight w[ROWS_PER_WARP];
  i64 row[ROWS_PER_WARP];
#pragma unroll
  for (int r = 0; r < ROWS_PER_WARP; r++) {
    rows.at(tiles.slot(r0 + r), &w[r], &row[r]);
  }
  float sums[ROWS_PER_WARP][NB];
  Products<U, NB>::run(w, row, in, room.rows, sums);
  if (threadIdx.x % WARP == 0) {
#pragma unroll
    for (int r = 0; r < ROWS_PER_WARP; r++) {
#pragma unroll
      for (int b = 0; b < NB; b++) {
        room.results[r0 + r][b] = sums[r][b];
      }
    }
  }
  __syncthreads();
}

#ifdef TILES
// By tile_products.cuh.
template <class T, int NB, class ROWS>
static __device__ __forceinline__ void products_by_tiles(
    const ROWS& rows, const BlockTiles& tiles, const InputRows& in, MatvecRoom<NB>& room) {
  int count = tiles.count * TILE_ROWS;
  if (threadIdx.x < count) {
    Weight w;
    i64 row;
    rows.at(tiles.slot(threadIdx.x), &w, &row);
    room.tiles.places[threadIdx.x] = T::places(w, row, in.cols);
  }
  __syncthreads();
  DYNAMIC_SHARED(codes);
  TileProducts<T, NB>::run(tiles.count, in, room.tiles, codes);
  for (int at = threadIdx.x; at < count * NB; at += MATVEC_THREADS) {
    room.results[at / NB][at % NB] = TileProducts<T, NB>::result(in, room.tiles, at / NB, at % NB);
  }
  __syncthreads();
}
#endif

// `rows.at(slot, &weight, &row)` tells the matrix and row of a slot. Leaves the products in room.results. All threads of
// the block call it.
template <int NB, class ROWS>
static __device__ __forceinline__ void block_products(
    const ROWS& rows, const BlockTiles& tiles, const InputRows& in, MatvecRoom<NB>& room) {
#ifdef TILES
  if (!in.exact && in.cols % TILES::WHOLE == 0) {
    products_by_tiles<TILES, NB>(rows, tiles, in, room);
    return;
  }
  for (int tile = 0; tile < tiles.count; tile++) {
    products_by_warps<GeneralUnit<FORMAT>, NB>(rows, tiles, tile, in, room);
  }
#else
  typedef typename UnitOf<FORMAT>::Type Fast;
  if (Fast::fits(in.cols)) {
    products_by_warps<Fast, NB>(rows, tiles, 0, in, room);
  } else {
    products_by_warps<GeneralUnit<FORMAT>, NB>(rows, tiles, 0, in, room);
  }
#endif
}
