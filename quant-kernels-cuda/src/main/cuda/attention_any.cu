// Attention of one head and one row a block, for head sizes that have no kernel of their own.
#include "attention.cuh"

#define ANY_THREADS 128
#define ANY_TILE 128
#define ANY_LONGEST_HEAD 1024

struct AnyRoom {
  float query[ANY_LONGEST_HEAD];
  float out[ANY_LONGEST_HEAD];
  float shares[ANY_TILE];
  float sums[33];
};

// Tile after tile of positions: scores, one position a thread; then the values, one element a thread.
template <class C>
static __device__ __forceinline__ void attend_any(
    const Attention& a, const float* q, const C& keys, const C& values, int headDim, int position, float* out,
    AnyRoom& room) {
  int head = blockIdx.x;
  int kvHead = head / (a.heads / a.kvHeads);
  i64 at = ((i64)blockIdx.y * a.heads + head) * headDim;
  for (int i = threadIdx.x; i < headDim; i += ANY_THREADS) {
    room.query[i] = q[at + i];
    room.out[i] = 0;
  }
  __syncthreads();
  float largest = -INFINITY;
  float total = 0;
  for (int begin = first_seen(a, position); begin <= position; begin += ANY_TILE) {
    int own = begin + (int)threadIdx.x;
    float s = -INFINITY;
    if (own <= position) {
      i64 row = cache_row(a.strides, own, kvHead);
      float product = 0;
      for (int i = 0; i < headDim; i++) {
        product = fmaf(room.query[i], keys.load1(row + i), product);
      }
      s = score(a, product);
    }
    float newLargest = fmaxf(largest, block_max(s, room.sums));
    float correction = expf(largest - newLargest);
    float share = own <= position ? expf(s - newLargest) : 0.0f;
    room.shares[threadIdx.x] = share;
    total = total * correction + block_sum(share, room.sums);
    largest = newLargest;
    int count = position - begin + 1 < ANY_TILE ? position - begin + 1 : ANY_TILE;
    for (int i = threadIdx.x; i < headDim; i += ANY_THREADS) {
      float sum = room.out[i] * correction;
      for (int t = 0; t < count; t++) {
        sum = fmaf(room.shares[t], values.load1(cache_row(a.strides, begin + t, kvHead) + i), sum);
      }
      room.out[i] = sum;
    }
    __syncthreads();
  }
  for (int i = threadIdx.x; i < headDim; i += ANY_THREADS) {
    out[at + i] = room.out[i] / total;
  }
}

// Two steps, so that a name given as CACHE is replaced first.
#define ATTENTION_ANY_OF(...) ATTENTION_ANY(__VA_ARGS__)
#define ATTENTION_ANY(suffix, Cache, element)                                                                   \
  KERNEL(ANY_THREADS, attention_##suffix,                                                                       \
      (const float* q, element* keys, element* values, u16* keyScales, u16* valueScales, i64 rowStride,         \
       i64 headStride, int heads, int kvHeads, int headDim, float scale, int window, float softCap,             \
       const int* step, float* out)) {                                                                          \
    in_turn();                                                                                                  \
    __shared__ AnyRoom room;                                                                                    \
    Cache keyCache = {keys, keyScales};                                                                         \
    Cache valueCache = {values, valueScales};                                                                   \
    Attention a = {{rowStride, headStride}, heads, kvHeads, scale, window, softCap};                            \
    attend_any<Cache>(a, q, keyCache, valueCache, headDim, step[0] + (int)blockIdx.y, out, room);               \
  }

ATTENTION_ANY_OF(CACHE)
