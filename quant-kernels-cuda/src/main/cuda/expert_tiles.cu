// Which tiles of input the experts of a layer have (gemm_wgmma*.cu): their slots, which are places (token, k), side by side.
#include "ring.cuh"

#define MOST_EXPERTS 1024

// Sums up to and with each of MOST_EXPERTS numbers, by as many threads.
static __device__ void running_sums(int* values) {
  for (int by = 1; by < MOST_EXPERTS; by *= 2) {
    __syncthreads();
    int before = (int)threadIdx.x >= by ? values[threadIdx.x - by] : 0;
    __syncthreads();
    values[threadIdx.x] += before;
  }
  __syncthreads();
}

// One block. places[r]: slot of row r of the panels, -1 for none, `rows` of them; an expert's rows begin at a multiple of 8.
// tiles[i]: an expert's rows, `tile` at most; those behind the last one are of expert -1, `count` in all.
KERNEL(MOST_EXPERTS, expert_tiles,
    (const int* experts, int slots, int tile, int* places, int rows, ExpertTile* tiles, int count)) {
  __shared__ int counts[MOST_EXPERTS];
  __shared__ int ends[MOST_EXPERTS];     // of the experts' rows
  __shared__ int tileEnds[MOST_EXPERTS]; // of their tiles
  int own = threadIdx.x;
  counts[own] = 0;
  for (int r = own; r < rows; r += MOST_EXPERTS) {
    places[r] = -1;
  }
  __syncthreads();
  for (int s = own; s < slots; s += MOST_EXPERTS) {
    atomicAdd(&counts[experts[s]], 1);
  }
  __syncthreads();
  int mine = counts[own];
  int padded = (mine + 7) / 8 * 8;
  int ownTiles = (mine + tile - 1) / tile;
  ends[own] = padded;
  tileEnds[own] = ownTiles;
  running_sums(ends);
  running_sums(tileEnds);
  int first = ends[own] - padded;
  for (int i = 0; i < ownTiles; i++) {
    ExpertTile t = {own, first + i * tile, first + mine, 0};
    tiles[tileEnds[own] - ownTiles + i] = t;
  }
  for (int i = tileEnds[MOST_EXPERTS - 1] + own; i < count; i += MOST_EXPERTS) {
    ExpertTile none = {-1, 0, 0, 0};
    tiles[i] = none;
  }
  counts[own] = first;
  __syncthreads();
  for (int s = own; s < slots; s += MOST_EXPERTS) {
    places[atomicAdd(&counts[experts[s]], 1)] = s;
  }
}
