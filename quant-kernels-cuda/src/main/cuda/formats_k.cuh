// Load functions of the formats of 256 elements with codes of 2 to 6 bits, and of the ternary ones.
#pragma once

#include "formats.cuh"

// Code of 2 bits of element i of 256: byte 32h + l holds elements 128h + l + 32k in its bit pairs k.
static __device__ __forceinline__ u32 two_bit_code(const u8* codes, int i) {
  return codes[i / 128 * 32 + i % 32] >> (i % 128 / 32 * 2) & 3;
}

// 84 bytes: 16 scales and minimums of 4 bits, 64 of codes, d, dmin.
struct Q2_K {
  static const int BLOCK = 256;
  static const int BYTES = 84;
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    const u8* block = w.data + e / BLOCK * BYTES;
    int start = (int)(e % BLOCK);
    u32 pair = block[start / 16];
    float scale = half_at(block + 80) * (pair & 15);
    float minimum = half_at(block + 82) * (pair >> 4);
    for (int i = 0; i < 8; i++) {
      v[i] = scale * two_bit_code(block + 16, start + i) - minimum;
    }
  }
};

// 110 bytes: 32 of upper bits, 64 of lower codes, 12 of scales of 6 bits, d.
struct Q3_K {
  static const int BLOCK = 256;
  static const int BYTES = 110;
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    const u8* block = w.data + e / BLOCK * BYTES;
    int start = (int)(e % BLOCK);
    int k = start / 16;
    u32 low = block[96 + k % 8] >> (k / 8 * 4) & 15;
    u32 high = block[104 + k % 4] >> (k / 4 * 2) & 3;
    float scale = half_at(block + 108) * ((int)(high << 4 | low) - 32);
    for (int i = 0; i < 8; i++) {
      int at = start + i;
      u32 upper = block[at % 32] >> (at / 32) & 1;
      v[i] = scale * ((int)(upper << 2 | two_bit_code(block + 32, at)) - 4);
    }
  }
};

// Scale (`minimum` 0) or minimum (4) number s of the 12 bytes that hold eight of each.
static __device__ __forceinline__ u32 six_bits(const u8* packed, int s, int minimum) {
  if (s < 4) {
    return packed[minimum + s] & 63;
  }
  u32 low = packed[4 + s] >> minimum & 15;
  return low | packed[minimum + s - 4] >> 6 << 4;
}

// 144 bytes: d, dmin, 12 of scales and minimums, 128 of codes.
struct Q4_K {
  static const int BLOCK = 256;
  static const int BYTES = 144;
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    const u8* block = w.data + e / BLOCK * BYTES;
    int start = (int)(e % BLOCK);
    int s = start / 32;
    float scale = half_at(block) * six_bits(block + 4, s, 0);
    float minimum = half_at(block + 2) * six_bits(block + 4, s, 4);
    const u8* codes = block + 16 + s / 2 * 32 + start % 32;
    for (int i = 0; i < 8; i++) {
      v[i] = scale * (codes[i] >> (s % 2 * 4) & 15) - minimum;
    }
  }
};

// 176 bytes: d, dmin, 12 of scales and minimums, 32 of upper bits, 128 of lower codes.
struct Q5_K {
  static const int BLOCK = 256;
  static const int BYTES = 176;
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    const u8* block = w.data + e / BLOCK * BYTES;
    int start = (int)(e % BLOCK);
    int s = start / 32;
    float scale = half_at(block) * six_bits(block + 4, s, 0);
    float minimum = half_at(block + 2) * six_bits(block + 4, s, 4);
    const u8* codes = block + 48 + s / 2 * 32 + start % 32;
    for (int i = 0; i < 8; i++) {
      u32 upper = block[16 + start % 32 + i] >> s & 1;
      v[i] = scale * (upper << 4 | (codes[i] >> (s % 2 * 4) & 15)) - minimum;
    }
  }
};

// Planar: ql (128 bytes a block), qh (64), scales (16), d (2). x = d * scale * (code - 32)
struct Q6_K {
  static const int BLOCK = 256;
  static const int BYTES = 210;
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    i64 b = e / BLOCK;
    int start = (int)(e % BLOCK);
    const u8* low = w.data + b * 128 + start / 128 * 64 + start % 64;
    const u8* high = w.data + w.blocks * 128 + b * 64 + start / 128 * 32 + start % 32;
    int quarter = start % 128 / 32;
    int scale = ((const i8*)w.data)[w.blocks * 192 + b * 16 + start / 16];
    float factor = half_at(w.data + w.blocks * 208 + b * 2) * scale;
    for (int i = 0; i < 8; i++) {
      u32 code = (low[i] >> (quarter / 2 * 4) & 15) | (high[i] >> 2 * quarter & 3) << 4;
      v[i] = factor * ((int)code - 32);
    }
  }
  static __device__ void scatter(const u8* block, u8* target, i64 blocks, i64 b, int at) {
    i64 to = at < 128   ? b * 128 + at
             : at < 192 ? blocks * 128 + b * 64 + at - 128
             : at < 208 ? blocks * 192 + b * 16 + at - 192
                        : blocks * 208 + b * 2 + at - 208;
    target[to] = block[at];
  }
};

// 54 bytes: 48 of five codes each, 4 of four codes, d. Code n is digit n to base 3.
struct TQ1_0 {
  static const int BLOCK = 256;
  static const int BYTES = 54;
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    const u8* block = w.data + e / BLOCK * BYTES;
    float d = half_at(block + 52);
    for (int i = 0; i < 8; i++) {
      int at = (int)(e % BLOCK) + i;
      int byte = at < 160 ? at % 32 : at < 240 ? 32 + at % 16 : 48 + at % 4;
      int digit = at < 160 ? at / 32 : at < 240 ? (at - 160) / 16 : (at - 240) / 4;
      u32 power = digit == 0 ? 1 : digit == 1 ? 3 : digit == 2 ? 9 : digit == 3 ? 27 : 81;
      int code = (int)((block[byte] * power & 255) * 3 >> 8);
      v[i] = (code - 1) * d;
    }
  }
};

// 66 bytes: 64 of codes, d.
struct TQ2_0 {
  static const int BLOCK = 256;
  static const int BYTES = 66;
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    const u8* block = w.data + e / BLOCK * BYTES;
    float d = half_at(block + 64);
    for (int i = 0; i < 8; i++) {
      v[i] = ((int)two_bit_code(block, (int)(e % BLOCK) + i) - 1) * d;
    }
  }
};
