// Load functions of the formats whose elements are points of codebooks, or codes of unevenly spaced values.
#pragma once

#include "formats.cuh"

// The 16 values of IQ4_NL and IQ4_XS: -127 -104 -83 -65 -49 -35 -22 -10 1 13 25 38 53 69 89 113.
static __device__ __forceinline__ int uneven_value(u32 code) {
  u64 lower = 0xf6eaddcfbfad9881ull;
  u64 upper = 0x7159453526190d01ull;
  return (i8)((code & 8 ? upper : lower) >> 8 * (code & 7));
}

// 18 bytes: d, 16 of codes.
struct IQ4_NL {
  static const int BLOCK = 32;
  static const int BYTES = 18;
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    const u8* block = w.data + e / BLOCK * BYTES;
    float d = half_at(block);
    for (int i = 0; i < 8; i++) {
      v[i] = d * uneven_value(nibble_of_32(block + 2, (int)(e % BLOCK), i));
    }
  }
};

// 136 bytes: d, 2 of upper and 4 of lower bits of 8 scales, 128 of codes.
struct IQ4_XS {
  static const int BLOCK = 256;
  static const int BYTES = 136;
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    const u8* block = w.data + e / BLOCK * BYTES;
    int start = (int)(e % BLOCK);
    int s = start / 32;
    u32 code = (block[4 + s / 2] >> (s % 2 * 4) & 15) | (two_bytes(block + 2) >> 2 * s & 3) << 4;
    float scale = half_at(block) * ((int)code - 32);
    for (int i = 0; i < 8; i++) {
      v[i] = scale * uneven_value(nibble_of_32(block + 8 + s * 16, start % 32, i));
    }
  }
};

// Signs of 8 elements in 7 bits: an even number of them is negative.
static __device__ __forceinline__ u32 even_signs(u32 stored) { return stored | (__popc(stored) & 1) << 7; }

// Components from a codebook of magnitudes; bit i of `signs`: component i is negative.
static __device__ __forceinline__ void put_signed(const i8* point, int count, float scale, u32 signs, float* v) {
  for (int i = 0; i < count; i++) {
    float magnitude = scale * point[i];
    v[i] = signs >> i & 1 ? -magnitude : magnitude;
  }
}

// 66 bytes: d, for each 32 elements 4 indices, then signs and scale in 32 bits.
struct IQ2_XXS {
  static const int BLOCK = 256;
  static const int BYTES = 66;
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    const u8* block = w.data + e / BLOCK * BYTES;
    int k = (int)(e % BLOCK) / 8;
    const u8* group = block + 2 + k / 4 * 8;
    u32 bits = four_bytes(group + 4);
    float scale = half_at(block) * (0.5f + (bits >> 28)) * 0.25f;
    put_signed(w.codebook + group[k % 4] * 8, 8, scale, even_signs(bits >> 7 * (k % 4) & 127), v);
  }
};

// 74 bytes: d, 32 indices of 9 bits with 7 of signs, 8 of scales of 4 bits.
struct IQ2_XS {
  static const int BLOCK = 256;
  static const int BYTES = 74;
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    const u8* block = w.data + e / BLOCK * BYTES;
    int k = (int)(e % BLOCK) / 8;
    u32 nibble = block[66 + k / 4] >> (k / 2 % 2 * 4) & 15;
    float scale = half_at(block) * (0.5f + nibble) * 0.25f;
    u32 code = two_bytes(block + 2 + 2 * k);
    put_signed(w.codebook + (code & 511) * 8, 8, scale, even_signs(code >> 9), v);
  }
};

// 82 bytes: d, 32 lower indices, 32 of signs, 8 of upper index bits, 8 of scales of 4 bits.
struct IQ2_S {
  static const int BLOCK = 256;
  static const int BYTES = 82;
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    const u8* block = w.data + e / BLOCK * BYTES;
    int k = (int)(e % BLOCK) / 8;
    u32 nibble = block[74 + k / 4] >> (k / 2 % 2 * 4) & 15;
    float scale = half_at(block) * (0.5f + nibble) * 0.25f;
    u32 point = block[2 + k] | (block[66 + k / 4] >> (k % 4 * 2) & 3u) << 8;
    put_signed(w.codebook + point * 8, 8, scale, block[34 + k], v);
  }
};

// 98 bytes: d, 64 indices of 4 elements, for each 32 elements signs and scale in 32 bits.
struct IQ3_XXS {
  static const int BLOCK = 256;
  static const int BYTES = 98;
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    const u8* block = w.data + e / BLOCK * BYTES;
    int k = (int)(e % BLOCK) / 8;
    u32 bits = four_bytes(block + 66 + k / 4 * 4);
    float scale = half_at(block) * (0.5f + (bits >> 28)) * 0.5f;
    u32 signs = even_signs(bits >> 7 * (k % 4) & 127);
    put_signed(w.codebook + block[2 + 2 * k] * 4, 4, scale, signs, v);
    put_signed(w.codebook + block[3 + 2 * k] * 4, 4, scale, signs >> 4, v + 4);
  }
};

// 110 bytes: d, 64 lower indices of 4 elements, 8 of ninth bits, 32 of signs, 4 of scales of 4 bits.
struct IQ3_S {
  static const int BLOCK = 256;
  static const int BYTES = 110;
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    const u8* block = w.data + e / BLOCK * BYTES;
    int k = (int)(e % BLOCK) / 8;
    int g = k / 4;
    float scale = half_at(block) * (1 + 2 * (block[106 + g / 2] >> (g % 2 * 4) & 15));
    u32 ninth = block[66 + g] >> (k % 4 * 2);
    u32 signs = block[74 + k];
    put_signed(w.codebook + (block[2 + 2 * k] | (ninth & 1) << 8) * 4, 4, scale, signs, v);
    put_signed(w.codebook + (block[3 + 2 * k] | (ninth & 2) << 7) * 4, 4, scale, signs >> 4, v + 4);
  }
};

// Components -1, 0 and 1, all raised or lowered by an eighth.
static __device__ __forceinline__ void put_shifted(const i8* point, float scale, bool lowered, float* v) {
  float shift = lowered ? -0.125f : 0.125f;
  for (int i = 0; i < 8; i++) {
    v[i] = scale * (point[i] + shift);
  }
}

// 50 bytes: d, 32 lower indices, for each 32 elements upper index bits, scale and shift in 16 bits.
struct IQ1_S {
  static const int BLOCK = 256;
  static const int BYTES = 50;
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    const u8* block = w.data + e / BLOCK * BYTES;
    int k = (int)(e % BLOCK) / 8;
    u32 bits = two_bytes(block + 34 + k / 4 * 2);
    float scale = half_at(block) * (2 * (bits >> 12 & 7) + 1);
    u32 point = block[2 + k] | (bits >> (k % 4 * 3) & 7) << 8;
    put_shifted(w.codebook + point * 8, scale, (bits & 0x8000) != 0, v);
  }
};

// 56 bytes: 32 lower indices, 16 of upper index bits and shifts, 8 of scales of 3 bits with the parts of d.
struct IQ1_M {
  static const int BLOCK = 256;
  static const int BYTES = 56;
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    const u8* block = w.data + e / BLOCK * BYTES;
    int k = (int)(e % BLOCK) / 8;
    int g = k / 2;
    u32 d = 0;
    for (int j = 0; j < 4; j++) {
      d |= two_bytes(block + 48 + 2 * j) >> 12 << 4 * j;
    }
    u32 scales = two_bytes(block + 48 + g / 4 * 2);
    float scale = half_to_float((u16)d) * (2 * (scales >> (g % 4 * 3) & 7) + 1);
    u32 high = block[32 + g] >> (k % 2 * 4);
    u32 point = block[k] | (high & 7) << 8;
    put_shifted(w.codebook + point * 8, scale, (high & 8) != 0, v);
  }
};
