// Attention of few rows, the positions split over blocks so that long contexts use the whole device: every block
// attends to its share with all query heads of one key/value head, and the last block to finish puts the parts together.
#include "attention.cuh"

#define SPLIT_THREADS 128
#define SPLIT_WARPS (SPLIT_THREADS / WARP)
#define SPLIT_TILE 64
#define SPLIT_HEADS 8
#define MOST_SPLITS 256

// `out` takes the place of everything else when the tiles are done.
template <int D>
struct SplitRoom {
  float query[SPLIT_HEADS][D];
  float shares[SPLIT_HEADS][SPLIT_TILE];
  float largest[SPLIT_HEADS];
  float total[SPLIT_HEADS];
  float correction[SPLIT_HEADS];
  float out[SPLIT_WARPS][SPLIT_HEADS][D];
  int last;
};

// Where parts are kept between blocks: (batch, heads, splits, D) and (batch, heads, splits, 2).
struct Parts {
  float* sums;
  float* stats;
  int* counters;
  int splits;
};

// Scores of a tile: four lanes a position, which take every fourth 8 elements, and all heads.
template <class C, int D>
static __device__ __forceinline__ void split_scores(
    const Attention& a, const C& keys, int kvHead, int group, int begin, int end, SplitRoom<D>& room) {
  int lane = threadIdx.x % WARP;
  int part = lane % 4;
#pragma unroll
  for (int n = 0; n < SPLIT_TILE / (SPLIT_WARPS * 8); n++) {
    int t = (n * SPLIT_WARPS + (int)threadIdx.x / WARP) * 8 + lane / 4;
    int position = begin + t;
    bool inside = position < end;
    float sums[SPLIT_HEADS] = {0, 0, 0, 0, 0, 0, 0, 0};
    i64 row = cache_row(a.strides, inside ? position : begin, kvHead);
#pragma unroll
    for (int piece = 0; piece < D / 32; piece++) {
      int i = (piece * 4 + part) * 8;
      float k[8];
      keys.load8(row + i, k);
#pragma unroll
      for (int h = 0; h < SPLIT_HEADS; h++) {
        if (h < group) {
          float4 q0 = *(const float4*)(room.query[h] + i);
          float4 q1 = *(const float4*)(room.query[h] + i + 4);
          float sum = fmaf(k[0], q0.x, fmaf(k[1], q0.y, fmaf(k[2], q0.z, fmaf(k[3], q0.w, sums[h]))));
          sums[h] = fmaf(k[4], q1.x, fmaf(k[5], q1.y, fmaf(k[6], q1.z, fmaf(k[7], q1.w, sum))));
        }
      }
    }
#pragma unroll
    for (int h = 0; h < SPLIT_HEADS; h++) {
      if (h < group) {
        float sum = sums[h] + __shfl_xor_sync(ALL_LANES, sums[h], 1);
        sum += __shfl_xor_sync(ALL_LANES, sum, 2);
        if (part == 0) {
          room.shares[h][t] = inside ? score(a, sum) : -INFINITY;
        }
      }
    }
  }
}

// Shares of a tile from its scores, a warp a head; totals so far are corrected to the new largest score.
template <int D>
static __device__ __forceinline__ void split_softmax(int group, SplitRoom<D>& room) {
  int lane = threadIdx.x % WARP;
  for (int h = threadIdx.x / WARP; h < group; h += SPLIT_WARPS) {
    float s0 = room.shares[h][lane];
    float s1 = room.shares[h][WARP + lane];
    float before = room.largest[h];
    float largest = fmaxf(before, warp_max(fmaxf(s0, s1)));
    s0 = expf(s0 - largest);
    s1 = expf(s1 - largest);
    float sum = warp_sum(s0 + s1);
    room.shares[h][lane] = s0;
    room.shares[h][WARP + lane] = s1;
    __syncwarp();
    if (lane == 0) {
      float correction = expf(before - largest);
      room.correction[h] = correction;
      room.largest[h] = largest;
      room.total[h] = room.total[h] * correction + sum;
    }
  }
}

// Adds the values of a tile: a warp takes every fourth position, 8 elements a lane; D / 8 lanes make a row, so that
// a warp may read several rows at once.
template <class C, int D>
static __device__ __forceinline__ void split_values(
    const Attention& a, const C& values, int kvHead, int group, int begin, int end, SplitRoom<D>& room,
    float (&sums)[SPLIT_HEADS][8]) {
  const int lanesOfRow = D / 8;
  const int rowsOfWarp = WARP / lanesOfRow;
  int lane = threadIdx.x % WARP;
#pragma unroll
  for (int h = 0; h < SPLIT_HEADS; h++) {
    if (h < group) {
      float correction = room.correction[h];
#pragma unroll
      for (int i = 0; i < 8; i++) {
        sums[h][i] *= correction;
      }
    }
  }
  if (lane >= rowsOfWarp * lanesOfRow) {
    return;
  }
  int first = (int)threadIdx.x / WARP * rowsOfWarp + lane / lanesOfRow;
  // all rounds, so that their loads need not wait for each other; beyond the end shares are 0
#pragma unroll 4
  for (int n = 0; n < SPLIT_TILE / (SPLIT_WARPS * rowsOfWarp); n++) {
    int t = n * SPLIT_WARPS * rowsOfWarp + first;
    int position = begin + t < end ? begin + t : end - 1;
    float v[8];
    values.load8(cache_row(a.strides, position, kvHead) + lane % lanesOfRow * 8, v);
#pragma unroll
    for (int h = 0; h < SPLIT_HEADS; h++) {
      if (h < group) {
        float share = room.shares[h][t];
#pragma unroll
        for (int i = 0; i < 8; i++) {
          sums[h][i] = fmaf(share, v[i], sums[h][i]);
        }
      }
    }
  }
}

// Brings together what the warps, and the rows that each of them read at once, have summed.
template <int D>
static __device__ __forceinline__ void split_gather(int group, const float (&sums)[SPLIT_HEADS][8], SplitRoom<D>& room) {
  const int lanesOfRow = D / 8;
  const int rowsOfWarp = WARP / lanesOfRow;
  int lane = threadIdx.x % WARP;
  int warp = threadIdx.x / WARP;
  for (int r = 0; r < rowsOfWarp; r++) {
    if (lane / lanesOfRow == r) {
#pragma unroll
      for (int h = 0; h < SPLIT_HEADS; h++) {
        if (h < group) {
#pragma unroll
          for (int i = 0; i < 8; i++) {
            float* to = &room.out[warp][h][lane % lanesOfRow * 8 + i];
            *to = r == 0 ? sums[h][i] : *to + sums[h][i];
          }
        }
      }
    }
    __syncwarp();
  }
  __syncthreads();
}

// Sum number `at` (head, element) over the warps.
template <int D>
static __device__ __forceinline__ float gathered(const SplitRoom<D>& room, int at) {
  float sum = 0;
  for (int w = 0; w < SPLIT_WARPS; w++) {
    sum += room.out[w][at / D][at % D];
  }
  return sum;
}

// The result, if the block has seen all positions.
template <int D>
static __device__ __forceinline__ void split_put(i64 firstHead, int group, float* out, const SplitRoom<D>& room) {
  for (int at = threadIdx.x; at < group * D; at += SPLIT_THREADS) {
    out[firstHead * D + at] = gathered(room, at) / room.total[at / D];
  }
}

// The block's part, to device memory.
template <int D>
static __device__ __forceinline__ void split_store(const Parts& parts, i64 firstHead, int group, const SplitRoom<D>& room) {
  for (int at = threadIdx.x; at < group * D; at += SPLIT_THREADS) {
    parts.sums[((firstHead + at / D) * parts.splits + blockIdx.y) * D + at % D] = gathered(room, at);
  }
  if (threadIdx.x < group) {
    float* stats = parts.stats + ((firstHead + threadIdx.x) * parts.splits + blockIdx.y) * 2;
    stats[0] = room.largest[threadIdx.x];
    stats[1] = room.total[threadIdx.x];
  }
}

// The result from all parts of the heads: first what each part counts, then the sums.
template <int D>
static __device__ __forceinline__ void split_combine(
    const Parts& parts, int used, i64 firstHead, int group, float* out, SplitRoom<D>& room) {
  float* factors = &room.out[0][0][0]; // (group, MOST_SPLITS)
  int lane = threadIdx.x % WARP;
  for (int h = threadIdx.x / WARP; h < group; h += SPLIT_WARPS) {
    const float* stats = parts.stats + (firstHead + h) * parts.splits * 2;
    float largest = -INFINITY;
    for (int s = lane; s < used; s += WARP) {
      largest = fmaxf(largest, load_shared_result(stats + 2 * s));
    }
    largest = warp_max(largest);
    float total = 0;
    for (int s = lane; s < used; s += WARP) {
      float factor = expf(load_shared_result(stats + 2 * s) - largest);
      factors[h * MOST_SPLITS + s] = factor;
      total = fmaf(factor, load_shared_result(stats + 2 * s + 1), total);
    }
    total = warp_sum(total);
    if (lane == 0) {
      room.total[h] = total;
    }
  }
  __syncthreads();
  for (int at = threadIdx.x; at < group * D; at += SPLIT_THREADS) {
    int h = at / D;
    const float* part = parts.sums + (firstHead + h) * parts.splits * D + at % D;
    float sum = 0;
#pragma unroll 8
    for (int s = 0; s < used; s++) {
      sum = fmaf(factors[h * MOST_SPLITS + s], load_shared_result(part + (i64)s * D), sum);
    }
    out[(firstHead + h) * D + at % D] = sum / room.total[h];
  }
}

template <class C, int D>
static __device__ __forceinline__ void attend_split(
    const Attention& a, const float* q, const C& keys, const C& values, const int* step, const Parts& parts,
    float* out, SplitRoom<D>& room) {
  int position = step[0] + (int)blockIdx.z;
  int first = first_seen(a, position);
  int share = ((position - first) / parts.splits + SPLIT_TILE) / SPLIT_TILE * SPLIT_TILE;
  int used = (position - first) / share + 1;
  if (blockIdx.y >= used) {
    return;
  }
  int perKvHead = a.heads / a.kvHeads;
  int chunks = (perKvHead + SPLIT_HEADS - 1) / SPLIT_HEADS;
  int kvHead = (int)blockIdx.x / chunks;
  int chunk = (int)blockIdx.x % chunks;
  int group = perKvHead - chunk * SPLIT_HEADS < SPLIT_HEADS ? perKvHead - chunk * SPLIT_HEADS : SPLIT_HEADS;
  i64 firstHead = (i64)blockIdx.z * a.heads + kvHead * perKvHead + chunk * SPLIT_HEADS;
  for (int at = threadIdx.x; at < group * D; at += SPLIT_THREADS) {
    room.query[at / D][at % D] = q[firstHead * D + at];
  }
  if (threadIdx.x < SPLIT_HEADS) {
    room.largest[threadIdx.x] = -INFINITY;
    room.total[threadIdx.x] = 0;
  }
  __syncthreads();
  float sums[SPLIT_HEADS][8];
#pragma unroll
  for (int h = 0; h < SPLIT_HEADS; h++) {
#pragma unroll
    for (int i = 0; i < 8; i++) {
      sums[h][i] = 0;
    }
  }
  int begin = first + (int)blockIdx.y * share;
  int end = begin + share < position + 1 ? begin + share : position + 1;
  for (int tile = begin; tile < end; tile += SPLIT_TILE) {
    split_scores<C, D>(a, keys, kvHead, group, tile, end, room);
    __syncthreads();
    split_softmax<D>(group, room);
    __syncthreads();
    split_values<C, D>(a, values, kvHead, group, tile, end, room, sums);
    __syncthreads();
  }
  split_gather<D>(group, sums, room);
  if (used == 1) {
    split_put<D>(firstHead, group, out, room);
    return;
  }
  split_store<D>(parts, firstHead, group, room);
  __threadfence();
  __syncthreads();
  int* counter = parts.counters + (int)blockIdx.z * (int)gridDim.x + blockIdx.x;
  if (threadIdx.x == 0) {
    room.last = atomicAdd(counter, 1) == used - 1;
  }
  __syncthreads();
  if (!room.last) {
    return;
  }
  __threadfence();
  split_combine<D>(parts, used, firstHead, group, out, room);
  if (threadIdx.x == 0) {
    *counter = 0;
  }
}

#define ATTENTION_SPLIT(suffix, Cache, element, D)                                                              \
  KERNEL(SPLIT_THREADS, attention_##suffix##_##D,                                                               \
      (const float* q, element* keys, element* values, u16* keyScales, u16* valueScales, i64 rowStride,         \
       i64 headStride, int heads, int kvHeads, float scale, int window, float softCap, const int* step,         \
       int splits, float* partials, float* stats, int* counters, float* out)) {                                 \
    __shared__ SplitRoom<D> room;                                                                               \
    Cache keyCache = {keys, keyScales};                                                                         \
    Cache valueCache = {values, valueScales};                                                                   \
    Attention a = {{rowStride, headStride}, heads, kvHeads, scale, window, softCap};                            \
    Parts parts = {partials, stats, counters, splits};                                                          \
    attend_split<Cache, D>(a, q, keyCache, valueCache, step, parts, out, room);                                 \
  }

// Two steps, so that a name given as CACHE is replaced first.
#define ATTENTION_SPLIT_SIZES_OF(...) ATTENTION_SPLIT_SIZES(__VA_ARGS__)
#define ATTENTION_SPLIT_SIZES(suffix, Cache, element) \
  ATTENTION_SPLIT(suffix, Cache, element, 64)         \
  ATTENTION_SPLIT(suffix, Cache, element, 96)         \
  ATTENTION_SPLIT(suffix, Cache, element, 128)        \
  ATTENTION_SPLIT(suffix, Cache, element, 256)

ATTENTION_SPLIT_SIZES_OF(CACHE)
