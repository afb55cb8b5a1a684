// What sampling needs of the logits, so that they need not travel.
#include "platform.cuh"

#define SLICE 1024

// Order of floats as order of unsigned integers; NaN is lowest, and both zeros are one.
static __device__ __forceinline__ u32 ordered(float f) {
  if (!(f == f)) {
    return 0;
  }
  u32 bits = __float_as_uint(f == 0 ? 0.0f : f);
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

// A number whose order is that of the values, lower indices first among equals; above 0.
static __device__ __forceinline__ u64 rank_of(float f, int index) {
  return (u64)ordered(f) << 32 | (u32)~index;
}

static __device__ __forceinline__ bool is_finite(float f) { return (__float_as_uint(f) & 0x7fffffffu) < 0x7f800000u; }

// Sorts a slice of ranks in descending order (bitonic), a thread for each.
static __device__ void sort_ranks(u64* ranks) {
  int i = threadIdx.x;
  for (int size = 2; size <= SLICE; size *= 2) {
    for (int distance = size / 2; distance > 0; distance /= 2) {
      __syncthreads();
      int mate = i ^ distance;
      if (mate > i) {
        bool descending = (i & size) == 0;
        u64 a = ranks[i];
        u64 b = ranks[mate];
        if (descending ? a < b : a > b) {
          ranks[i] = b;
          ranks[mate] = a;
        }
      }
    }
  }
  __syncthreads();
}

// The largest of a slice of ranks to its first place; k = 1 needs no order of the others.
static __device__ void lead_ranks(u64* ranks) {
  __shared__ u64 leaders[SLICE / WARP];
  __syncthreads();
  u64 best = ranks[threadIdx.x];
#pragma unroll
  for (int mask = 16; mask > 0; mask >>= 1) {
    u64 other = __shfl_xor_sync(ALL_LANES, best, mask);
    best = other > best ? other : best;
  }
  if (threadIdx.x % WARP == 0) {
    leaders[threadIdx.x / WARP] = best;
  }
  __syncthreads();
  if (threadIdx.x == 0) {
    for (int w = 1; w < SLICE / WARP; w++) {
      best = leaders[w] > best ? leaders[w] : best;
    }
    ranks[0] = best;
  }
  __syncthreads();
}

// The k largest to the first places, in order.
static __device__ void order_ranks(u64* ranks, int k) {
  if (k == 1) {
    lead_ranks(ranks);
  } else {
    sort_ranks(ranks);
  }
}

// The k largest. Every block sorts a slice and leaves its k first as candidates; the last one to finish merges them, as
// many at a time as there is room for beside the best so far. counters: blocks done, elements that are not finite.
KERNEL(SLICE, largest, (const float* x, int count, int k, u64* candidates, int* counters, int* found)) {
  in_turn();
  __shared__ u64 ranks[SLICE];
  __shared__ int last;
  int thread = threadIdx.x;
  int index = (int)blockIdx.x * SLICE + thread;
  float value = index < count ? x[index] : 0.0f;
  ranks[thread] = index < count ? rank_of(value, index) : 0;
  if (!is_finite(value)) {
    atomicAdd(counters + 1, 1);
  }
  order_ranks(ranks, k);
  if (thread < k) {
    candidates[(i64)blockIdx.x * k + thread] = ranks[thread];
  }
  if (!last_of_blocks(counters, (int)gridDim.x, &last)) {
    return;
  }
  int total = (int)gridDim.x * k;
  for (int at = 0; at < total; at += SLICE - k) {
    int next = at + thread - k;
    if (thread >= k) {
      ranks[thread] = next < total ? load_shared_result(candidates + next) : 0;
    } else if (at == 0) {
      ranks[thread] = 0;
    }
    order_ranks(ranks, k);
  }
  if (thread < k) {
    index = (int)~(u32)ranks[thread];
    found[1 + thread] = index;
    found[1 + k + thread] = (int)__float_as_uint(x[index]);
  }
  if (thread == 0) {
    found[0] = atomicAdd(counters + 1, 0);
    counters[0] = 0;
    counters[1] = 0;
  }
}
