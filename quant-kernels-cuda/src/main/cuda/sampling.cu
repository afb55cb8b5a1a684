// What sampling needs of the logits, so that they need not travel.
#include "platform.cuh"

#define SAMPLING_THREADS 1024
#define MOST_CANDIDATES 1024

// Order of floats as order of unsigned integers; NaN is lowest, and both zeros are one.
static __device__ __forceinline__ u32 ordered(float f) {
  if (!(f == f)) {
    return 0;
  }
  u32 bits = __float_as_uint(f == 0 ? 0.0f : f);
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

// A number whose order is that of the values, lower indices first among equals.
static __device__ __forceinline__ u64 rank_of(float f, int index) {
  return (u64)ordered(f) << 32 | (u32)~index;
}

static __device__ __forceinline__ u64 larger(u64 a, u64 b) { return a > b ? a : b; }

// Index of the first largest of each row.
KERNEL(SAMPLING_THREADS, argmax, (const float* logits, int count, int* tokens)) {
  in_turn();
  __shared__ u64 room[SAMPLING_THREADS / WARP];
  const float* row = logits + (i64)blockIdx.x * count;
  u64 best = 0;
#pragma unroll 8
  for (int i = threadIdx.x; i < count; i += SAMPLING_THREADS) {
    best = larger(best, rank_of(row[i], i));
  }
  for (int mask = 16; mask > 0; mask >>= 1) {
    best = larger(best, __shfl_xor_sync(ALL_LANES, best, mask));
  }
  if (threadIdx.x % WARP == 0) {
    room[threadIdx.x / WARP] = best;
  }
  __syncthreads();
  if (threadIdx.x == 0) {
    for (int w = 1; w < SAMPLING_THREADS / WARP; w++) {
      best = larger(best, room[w]);
    }
    tokens[blockIdx.x] = (int)~(u32)best;
  }
}

// Sorts `n` ranks, a power of two of at most 1024, in descending order (bitonic).
static __device__ void sort_ranks(u64* ranks, int n) {
  for (int size = 2; size <= n; size *= 2) {
    for (int distance = size / 2; distance > 0; distance /= 2) {
      __syncthreads();
      int i = threadIdx.x;
      int mate = i ^ distance;
      if (i < n && mate > i) {
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

// The k largest, by radix selection: byte after byte of the rank of the k-th largest is found from a histogram of the
// ranks that begin like it; ranks differ, so exactly k are at least as large.
KERNEL(SAMPLING_THREADS, top_k, (const float* logits, int count, int k, int* indices, float* values)) {
  in_turn();
  __shared__ int histogram[256];
  __shared__ u64 chosen[MOST_CANDIDATES];
  __shared__ u64 prefix;
  __shared__ int wanted;
  __shared__ int found;
  __shared__ int complete;
  const float* row = logits + (i64)blockIdx.x * count;
  if (threadIdx.x == 0) {
    prefix = 0;
    wanted = k;
    found = 0;
  }
  for (int shift = 56; shift >= 0; shift -= 8) {
    if (threadIdx.x < 256) {
      histogram[threadIdx.x] = 0;
    }
    __syncthreads();
    u64 known = shift == 56 ? 0 : ~0ull << (shift + 8);
    u64 begin = prefix;
#pragma unroll 8
    for (int i = threadIdx.x; i < count; i += SAMPLING_THREADS) {
      u64 rank = rank_of(row[i], i);
      if ((rank & known) == begin) {
        atomicAdd(&histogram[rank >> shift & 255], 1);
      }
    }
    __syncthreads();
    if (threadIdx.x == 0) {
      int digit = 255;
      while (digit > 0 && histogram[digit] < wanted) {
        wanted -= histogram[digit];
        digit--;
      }
      prefix |= (u64)digit << shift;
      complete = histogram[digit] == wanted;
    }
    __syncthreads();
    if (complete) {
      break; // all that begin so are among the k
    }
  }
  int padded = 1;
  while (padded < k) {
    padded *= 2;
  }
  if (threadIdx.x >= k && threadIdx.x < padded) {
    chosen[threadIdx.x] = 0;
  }
#pragma unroll 8
  for (int i = threadIdx.x; i < count; i += SAMPLING_THREADS) {
    u64 rank = rank_of(row[i], i);
    if (rank >= prefix) {
      chosen[atomicAdd(&found, 1)] = rank;
    }
  }
  __syncthreads();
  sort_ranks(chosen, padded);
  if (threadIdx.x < k) {
    int index = (int)~(u32)chosen[threadIdx.x];
    indices[(i64)blockIdx.x * k + threadIdx.x] = index;
    values[(i64)blockIdx.x * k + threadIdx.x] = row[index];
  }
}
