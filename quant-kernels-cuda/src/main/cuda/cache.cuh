// How keys and values are kept. Element (position, head, i) of a cache is number position * rowStride +
// head * headStride + i.
#pragma once

#include "platform.cuh"

// The type of cache that a module of attention is made for; build-ptx defines one of these: suffix of the kernels' names,
// class, type of an element.
#ifdef CACHE_IS_F32
#define CACHE f32, CacheF32, float
#elif defined(CACHE_IS_F16)
#define CACHE f16, CacheF16, u16
#elif defined(CACHE_IS_Q8)
#define CACHE q8, CacheQ8, i8
#endif

struct CacheStrides {
  i64 row;
  i64 head;
};

static __device__ __forceinline__ i64 cache_row(const CacheStrides& strides, int position, int head) {
  return position * strides.row + head * strides.head;
}

static __device__ __forceinline__ uint4 eight_halves(const float* v) {
  u32 pairs[4];
#pragma unroll
  for (int i = 0; i < 4; i++) {
    pairs[i] = float_to_finite_half(v[2 * i]) | (u32)float_to_finite_half(v[2 * i + 1]) << 16;
  }
  return make_uint4(pairs[0], pairs[1], pairs[2], pairs[3]);
}

// load8: elements e to e + 7, e a multiple of 8; halves8: the same as binary16; raw8 and unpack8: the same in two steps, so
// that reading and use can be apart. put32: one row piece of 32 elements, one lane each.
struct CacheF32 {
  float* data;
  u16* scales;
  __device__ __forceinline__ float load1(i64 e) const { return data[e]; }
  struct Raw {
    float4 a;
    float4 b;
  };
  __device__ __forceinline__ Raw raw8(i64 e) const {
    Raw r = {*(const float4*)(data + e), *(const float4*)(data + e + 4)};
    return r;
  }
  static __device__ __forceinline__ void unpack8(const Raw& raw, float* v) {
    const float4& a = raw.a;
    const float4& b = raw.b;
    v[0] = a.x, v[1] = a.y, v[2] = a.z, v[3] = a.w;
    v[4] = b.x, v[5] = b.y, v[6] = b.z, v[7] = b.w;
  }
  __device__ __forceinline__ void load8(i64 e, float* v) const { unpack8(raw8(e), v); }
  __device__ __forceinline__ uint4 halves8(i64 e) const {
    float v[8];
    load8(e, v);
    return eight_halves(v);
  }
  __device__ __forceinline__ void put32(i64 e, bool inside, float v) const {
    if (inside) {
      data[e] = v;
    }
  }
};

struct CacheF16 {
  u16* data;
  u16* scales;
  __device__ __forceinline__ float load1(i64 e) const { return half_to_float(data[e]); }
  struct Raw {
    uint4 q;
  };
  __device__ __forceinline__ Raw raw8(i64 e) const {
    Raw r = {*(const uint4*)(data + e)};
    return r;
  }
  static __device__ __forceinline__ void unpack8(const Raw& raw, float* v) {
    const uint4& q = raw.q;
    u32 words[4] = {q.x, q.y, q.z, q.w};
#pragma unroll
    for (int i = 0; i < 4; i++) {
      v[2 * i] = half_to_float((u16)(words[i] & 0xffff));
      v[2 * i + 1] = half_to_float((u16)(words[i] >> 16));
    }
  }
  __device__ __forceinline__ void load8(i64 e, float* v) const { unpack8(raw8(e), v); }
  __device__ __forceinline__ uint4 halves8(i64 e) const { return *(const uint4*)(data + e); }
  __device__ __forceinline__ void put32(i64 e, bool inside, float v) const {
    if (inside) {
      data[e] = float_to_finite_half(v);
    }
  }
};

// Signed bytes with a binary16 scale for every 32: largest magnitude / 127, as in the format Q8_0.
struct CacheQ8 {
  i8* data;
  u16* scales;
  __device__ __forceinline__ float load1(i64 e) const { return half_to_float(scales[e / 32]) * data[e]; }
  struct Raw {
    uint2 q;
    u16 d;
  };
  __device__ __forceinline__ Raw raw8(i64 e) const {
    Raw r = {*(const uint2*)(data + e), scales[e / 32]};
    return r;
  }
  static __device__ __forceinline__ void unpack8(const Raw& raw, float* v) {
    float d = half_to_float(raw.d);
    const uint2& q = raw.q;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      v[i] = d * (i8)(q.x >> 8 * i);
      v[4 + i] = d * (i8)(q.y >> 8 * i);
    }
  }
  __device__ __forceinline__ void load8(i64 e, float* v) const { unpack8(raw8(e), v); }
  __device__ __forceinline__ uint4 halves8(i64 e) const {
    float v[8];
    load8(e, v);
    return eight_halves(v);
  }
  __device__ __forceinline__ void put32(i64 e, bool inside, float v) const {
    float d = warp_max(fabsf(v)) / 127.0f;
    float inverse = d == 0 ? 0.0f : 1.0f / d;
    data[e] = (i8)(int)roundf(v * inverse);
    if (threadIdx.x % WARP == 0) {
      scales[e / 32] = float_to_finite_half(d);
    }
  }
};
