// One load function per block format: the 8 elements from element `e` of a matrix (a multiple of 8), decoded with the
// same roundings as the scalar classes of io.quant4j.core.format, which describe the blocks. Compiled without
// contraction of products and sums, so what looks like two roundings is two.
#pragma once

#include "platform.cuh"

// A matrix or a stack of matrices. `blocks`: of all of it. `codebook`: points of the format, where it has some.
struct Weight {
  const u8* data;
  i64 blocks;
  const i8* codebook;
};

static __device__ __forceinline__ u32 two_bytes(const u8* p) { return *(const u16*)p; }

// A 32-bit integer on an even address.
static __device__ __forceinline__ u32 four_bytes(const u8* p) {
  return two_bytes(p) | two_bytes(p + 2) << 16;
}

static __device__ __forceinline__ float half_at(const u8* p) { return half_to_float(*(const u16*)p); }

// Plain numbers. Rows have any length; elements are read one by one.
struct F32 {
  static const int BLOCK = 1;
  static const int BYTES = 4;
  static __device__ __forceinline__ float load1(const Weight& w, i64 e) { return ((const float*)w.data)[e]; }
};

struct F16 {
  static const int BLOCK = 1;
  static const int BYTES = 2;
  static __device__ __forceinline__ float load1(const Weight& w, i64 e) {
    return half_to_float(((const u16*)w.data)[e]);
  }
};

struct BF16 {
  static const int BLOCK = 1;
  static const int BYTES = 2;
  static __device__ __forceinline__ float load1(const Weight& w, i64 e) {
    return bfloat_to_float(((const u16*)w.data)[e]);
  }
};

struct F64 {
  static const int BLOCK = 1;
  static const int BYTES = 8;
  static __device__ __forceinline__ float load1(const Weight& w, i64 e) { return (float)((const double*)w.data)[e]; }
};

// Signs, 18 bytes: d, 16 bytes of bits.
struct Q1_0 {
  static const int BLOCK = 128;
  static const int BYTES = 18;
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    const u8* block = w.data + e / BLOCK * BYTES;
    float d = half_at(block);
    u32 bits = block[2 + e % BLOCK / 8];
    for (int i = 0; i < 8; i++) {
      v[i] = bits >> i & 1 ? d : -d;
    }
  }
};

// 2-bit codes less 1, 18 bytes: d, 16 bytes of codes in element order.
struct Q2_0 {
  static const int BLOCK = 64;
  static const int BYTES = 18;
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    const u8* block = w.data + e / BLOCK * BYTES;
    float d = half_at(block);
    u32 codes = two_bytes(block + 2 + e % BLOCK / 4);
    for (int i = 0; i < 8; i++) {
      v[i] = ((int)(codes >> 2 * i & 3) - 1) * d;
    }
  }
};

// Codes of 4 bits of 8 elements of 32: the lower halves of 16 bytes come first, then the upper ones.
static __device__ __forceinline__ u32 nibble_of_32(const u8* codes, int start, int i) {
  return codes[start % 16 + i] >> (start / 16 * 4) & 15;
}

// Planar: codes (16 bytes a block), d (2). x = d * (code - 8)
struct Q4_0 {
  static const int BLOCK = 32;
  static const int BYTES = 18;
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    i64 b = e / BLOCK;
    float d = half_at(w.data + w.blocks * 16 + b * 2);
    for (int i = 0; i < 8; i++) {
      v[i] = d * ((int)nibble_of_32(w.data + b * 16, (int)(e % BLOCK), i) - 8);
    }
  }
  static __device__ void scatter(const u8* block, u8* target, i64 blocks, i64 b, int at) {
    target[at < 2 ? blocks * 16 + b * 2 + at : b * 16 + at - 2] = block[at];
  }
};

// 20 bytes: d, m, 16 of codes. x = code * d + m
struct Q4_1 {
  static const int BLOCK = 32;
  static const int BYTES = 20;
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    const u8* block = w.data + e / BLOCK * BYTES;
    float d = half_at(block);
    float m = half_at(block + 2);
    for (int i = 0; i < 8; i++) {
      v[i] = nibble_of_32(block + 4, (int)(e % BLOCK), i) * d + m;
    }
  }
};

static __device__ __forceinline__ u32 fifth_bit(u32 upper, int i) { return upper >> i << 4 & 16; }

// 22 bytes: d, 4 of fifth bits, 16 of codes. x = (code - 16) * d
struct Q5_0 {
  static const int BLOCK = 32;
  static const int BYTES = 22;
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    const u8* block = w.data + e / BLOCK * BYTES;
    int start = (int)(e % BLOCK);
    float d = half_at(block);
    u32 upper = four_bytes(block + 2);
    for (int i = 0; i < 8; i++) {
      v[i] = ((int)(nibble_of_32(block + 6, start, i) | fifth_bit(upper, start + i)) - 16) * d;
    }
  }
};

// 24 bytes: d, m, 4 of fifth bits, 16 of codes. x = code * d + m
struct Q5_1 {
  static const int BLOCK = 32;
  static const int BYTES = 24;
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    const u8* block = w.data + e / BLOCK * BYTES;
    int start = (int)(e % BLOCK);
    float d = half_at(block);
    float m = half_at(block + 2);
    u32 upper = four_bytes(block + 4);
    for (int i = 0; i < 8; i++) {
      v[i] = (nibble_of_32(block + 8, start, i) | fifth_bit(upper, start + i)) * d + m;
    }
  }
};

// Planar: codes (32 bytes a block), d (2). x = d * code
struct Q8_0 {
  static const int BLOCK = 32;
  static const int BYTES = 34;
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    float d = half_at(w.data + w.blocks * 32 + e / BLOCK * 2);
    for (int i = 0; i < 8; i++) {
      v[i] = d * ((const i8*)w.data)[e + i];
    }
  }
  static __device__ void scatter(const u8* block, u8* target, i64 blocks, i64 b, int at) {
    target[at < 2 ? blocks * 32 + b * 2 + at : b * 32 + at - 2] = block[at];
  }
};

// Twice the values of the 4-bit floats: 0 1 2 3 4 6 8 12 and their negatives.
static __device__ __forceinline__ int doubled_float(u32 code) {
  int magnitude = (int)(0xc8643210u >> 4 * (code & 7) & 15);
  return code & 8 ? -magnitude : magnitude;
}

// 17 bytes: exponent of the scale, 16 of codes.
struct MXFP4 {
  static const int BLOCK = 32;
  static const int BYTES = 17;
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    const u8* block = w.data + e / BLOCK * BYTES;
    u32 exponent = block[0];
    // 2^(exponent - 128), of which the two smallest are subnormal; 255 is NaN
    u32 bits = exponent >= 2 ? (exponent - 1) << 23 : 0x00200000u << exponent;
    float scale = bits_to_float(exponent == 255 ? 0x7fc00000u : bits);
    for (int i = 0; i < 8; i++) {
      v[i] = doubled_float(nibble_of_32(block + 1, (int)(e % BLOCK), i)) * scale;
    }
  }
};

// 36 bytes: 4 scales (unsigned floats of 4 + 3 bits), 8 bytes of codes for each.
struct NVFP4 {
  static const int BLOCK = 64;
  static const int BYTES = 36;
  static __device__ __forceinline__ float half_scale(u32 bits) {
    int exponent = (int)(bits >> 3 & 15);
    float fraction = (float)(bits & 7);
    if (bits == 0x7f) {
      return 0.0f;
    }
    return exponent == 0 ? fraction * power_of_two(-10) : (8.0f + fraction) * power_of_two(exponent - 11);
  }
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    const u8* block = w.data + e / BLOCK * BYTES;
    int start = (int)(e % BLOCK);
    float scale = half_scale(block[start / 16]);
    for (int i = 0; i < 8; i++) {
      v[i] = doubled_float(block[4 + start / 16 * 8 + i] >> (start / 8 % 2 * 4) & 15) * scale;
    }
  }
};
