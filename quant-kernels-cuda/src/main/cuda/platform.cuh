// What the kernels use of the machine. Compiled by nvcc these are CUDA's own; the emulation, which defines
// QUANT4J_EMULATION, brings functions of the same names and meaning (src/test/cuda).
#pragma once

#ifdef QUANT4J_EMULATION
#include "emulation.h"
#else

// A kernel with the number of threads of its blocks.
#define KERNEL(threads, name, parameters) \
  extern "C" __global__ void __launch_bounds__(threads) name parameters
// The same with registers for this many blocks on a multiprocessor.
#define KERNEL_RESIDENT(threads, blocks, name, parameters) \
  extern "C" __global__ void __launch_bounds__(threads, blocks) name parameters
#define DYNAMIC_SHARED(name) extern __shared__ __align__(16) unsigned char name[]

typedef unsigned char u8;
typedef signed char i8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long i64;

// 16 bytes that are read once: not kept in the first cache.
static __device__ __forceinline__ uint4 load_once(const void* p) {
  uint4 v;
  asm volatile("ld.global.nc.L1::no_allocate.v4.u32 {%0, %1, %2, %3}, [%4];"
               : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
               : "l"(p));
  return v;
}

// What this thread has written is seen by other blocks that see what it writes next, and the other way round.
static __device__ __forceinline__ void publish() { asm volatile("fence.acq_rel.gpu;" ::: "memory"); }

// What another block may have written: not from the first cache.
static __device__ __forceinline__ u64 load_shared_result(const u64* p) { return __ldcg(p); }
static __device__ __forceinline__ float2 load_shared_result(const float2* p) { return __ldcg(p); }
static __device__ __forceinline__ float4 load_shared_result(const float4* p) { return __ldcg(p); }

// 1 / x for a normal x with a normal inverse, to a few of the last bits.
static __device__ __forceinline__ float fast_inverse(float x) {
  float f;
  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(f) : "f"(x));
  return f;
}

static __device__ __forceinline__ float half_to_float(u16 bits) {
  float f;
  asm("cvt.f32.f16 %0, %1;" : "=f"(f) : "h"(bits));
  return f;
}

// To nearest, ties to even; beyond the largest finite number: infinity.
static __device__ __forceinline__ u16 float_to_half(float f) {
  u16 bits;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(f));
  return bits;
}

// bytes selected by the four digits of `selector` from the 8 bytes of a (0-3) and b (4-7).
static __device__ __forceinline__ u32 pick_bytes(u32 a, u32 b, u32 selector) {
  return __byte_perm(a, b, selector);
}
#endif

// Where launches overlap (OVERLAP, from sm_90 on): the next kernel may begin before this one has ended, and waits in
// earlier_done until it has. Before that a kernel may read nothing that another kernel writes, nor write anything.
#ifndef QUANT4J_EMULATION
#ifdef OVERLAP
static __device__ __forceinline__ void later_may_begin() { asm volatile("griddepcontrol.launch_dependents;" ::: "memory"); }
static __device__ __forceinline__ void earlier_done() { asm volatile("griddepcontrol.wait;" ::: "memory"); }
#else
static __device__ __forceinline__ void later_may_begin() {}
static __device__ __forceinline__ void earlier_done() {}
#endif
#endif

// The first line of a kernel that has nothing to do before.
static __device__ __forceinline__ void in_turn() {
  later_may_begin();
  earlier_done();
}

#define WARP 32
#define ALL_LANES 0xffffffffu

static __device__ __forceinline__ float bits_to_float(u32 bits) { return __uint_as_float(bits); }

static __device__ __forceinline__ float bfloat_to_float(u16 bits) {
  return bits_to_float((u32)bits << 16);
}

// To nearest, ties to even; NaN stays NaN.
static __device__ __forceinline__ u16 float_to_bfloat(float f) {
  u32 bits = __float_as_uint(f);
  if ((bits & 0x7fffffffu) > 0x7f800000u) {
    return (u16)(bits >> 16 | 0x40);
  }
  return (u16)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

// Binary16, finite for every finite number: the largest instead of infinity.
static __device__ __forceinline__ u16 float_to_finite_half(float f) {
  return float_to_half(fabsf(f) > 65504.0f ? copysignf(65504.0f, f) : f);
}

// 2^exponent for normal results.
static __device__ __forceinline__ float power_of_two(int exponent) {
  return bits_to_float((u32)(exponent + 127) << 23);
}

// Of the power of two by which a row of this largest magnitude is divided to be binary16: then that is in [1, 2), far from
// overflow, and what becomes subnormal is 2^-14 of it. A row that is not finite stays so.
static __device__ __forceinline__ int row_exponent(float largest) {
  int exponent = (int)(__float_as_uint(largest) >> 23 & 255) - 127;
  return exponent < -100 ? 0 : exponent > 100 ? 100 : exponent;
}

static __device__ __forceinline__ float warp_sum(float v) {
#pragma unroll
  for (int mask = 16; mask > 0; mask >>= 1) {
    v += __shfl_xor_sync(ALL_LANES, v, mask);
  }
  return v;
}

static __device__ __forceinline__ float warp_max(float v) {
#pragma unroll
  for (int mask = 16; mask > 0; mask >>= 1) {
    v = fmaxf(v, __shfl_xor_sync(ALL_LANES, v, mask));
  }
  return v;
}

// Sum over all threads of a block of at most 1024; every thread gets it. `room`: 33 floats of shared memory.
static __device__ __forceinline__ float block_sum(float v, float* room) {
  int warps = blockDim.x / WARP;
  v = warp_sum(v);
  __syncthreads();
  if (threadIdx.x % WARP == 0) {
    room[threadIdx.x / WARP] = v;
  }
  __syncthreads();
  float total = 0;
  for (int w = 0; w < warps; w++) {
    total += room[w];
  }
  return total;
}

// Largest over all threads of a block, as block_sum.
static __device__ __forceinline__ float block_max(float v, float* room) {
  int warps = blockDim.x / WARP;
  v = warp_max(v);
  __syncthreads();
  if (threadIdx.x % WARP == 0) {
    room[threadIdx.x / WARP] = v;
  }
  __syncthreads();
  float largest = room[0];
  for (int w = 1; w < warps; w++) {
    largest = fmaxf(largest, room[w]);
  }
  return largest;
}

// Whether this block is the last of so many that have come here, all its threads; it sees what the others wrote before. One
// thread publishes for its block, behind the barrier: a fence of another thread is none of what that one does next.
// `room`: an int of shared memory; the last block leaves the counter at `blocks`.
static __device__ __forceinline__ bool last_of_blocks(int* counter, int blocks, int* room) {
  __syncthreads();
  if (threadIdx.x == 0) {
    publish();
    *room = atomicAdd(counter, 1) == blocks - 1;
    publish();
  }
  __syncthreads();
  return *room != 0;
}

static __device__ __forceinline__ float silu(float z) { return z / (1.0f + expf(-z)); }

// z / 2 * (1 + tanh(sqrt(2 / pi) * (z + 0.044715 z^3)))
static __device__ __forceinline__ float gelu(float z) {
  return 0.5f * z * (1.0f + tanhf(0.7978845608028654f * (z + 0.044715f * z * z * z)));
}
