// Formats in the order of bytes in which tensor cores read them: as formats.cuh and formats_k.cuh describe them, but with
// the fields of all blocks together, and codes so that each of the four lanes that share a row finds its part of 64 or
// 128 columns in one piece of 16 bytes (matvec_mma.cu). `scatter` puts byte `at` of a block of a file where it belongs.
#pragma once

#include "formats_k.cuh"

// Blocks in fours: word t of each of the four, then word t + 1. The last four may be fewer.
struct TiledQ4_0 {
  static const int BLOCK = 32;
  static const int BYTES = 18;
  static __device__ __forceinline__ i64 place(i64 blocks, i64 b, int byte) {
    i64 first = b / 4 * 4;
    int count = blocks - first < 4 ? (int)(blocks - first) : 4;
    return first * 16 + (byte / 4 * count + (int)(b - first)) * 4 + byte % 4;
  }
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    i64 b = e / BLOCK;
    int start = (int)(e % BLOCK);
    float d = half_at(w.data + w.blocks * 16 + b * 2);
    for (int i = 0; i < 8; i++) {
      int byte = start % 16 + i;
      v[i] = d * ((int)(w.data[place(w.blocks, b, byte)] >> (start / 16 * 4) & 15) - 8);
    }
  }
  static __device__ void scatter(const u8* block, u8* target, i64 blocks, i64 b, int at) {
    target[at < 2 ? blocks * 16 + b * 2 + at : place(blocks, b, at - 2)] = block[at];
  }
};

// Blocks in pairs: 8 bytes of each of the two, then the next 8. The last may be alone.
struct TiledQ8_0 {
  static const int BLOCK = 32;
  static const int BYTES = 34;
  static __device__ __forceinline__ i64 place(i64 blocks, i64 b, int byte) {
    i64 first = b / 2 * 2;
    int count = blocks - first < 2 ? 1 : 2;
    return first * 32 + (byte / 8 * count + (int)(b - first)) * 8 + byte % 8;
  }
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    i64 b = e / BLOCK;
    float d = half_at(w.data + w.blocks * 32 + b * 2);
    const i8* codes = (const i8*)w.data + place(w.blocks, b, (int)(e % BLOCK));
    for (int i = 0; i < 8; i++) {
      v[i] = d * codes[i];
    }
  }
  static __device__ void scatter(const u8* block, u8* target, i64 blocks, i64 b, int at) {
    target[at < 2 ? blocks * 32 + b * 2 + at : place(blocks, b, at - 2)] = block[at];
  }
};

// Place of byte `l` of chunk c (32 bytes, 64 elements) among the 128 bytes of codes of Q4_K and Q5_K: chunks in pairs,
// 8 bytes of each.
static __device__ __forceinline__ int tiled_code(int c, int l) { return c / 2 * 64 + (l / 8 * 2 + c % 2) * 8 + l % 8; }

// Codes (128 bytes a block), d, dmin, scales and minimums (16).
struct TiledQ4_K {
  static const int BLOCK = 256;
  static const int BYTES = 144;
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    i64 b = e / BLOCK;
    int start = (int)(e % BLOCK);
    int s = start / 32;
    const u8* header = w.data + w.blocks * 128 + b * 16;
    float scale = half_at(header) * six_bits(header + 4, s, 0);
    float minimum = half_at(header + 2) * six_bits(header + 4, s, 4);
    const u8* codes = w.data + b * 128 + tiled_code(s / 2, start % 32);
    for (int i = 0; i < 8; i++) {
      v[i] = scale * (codes[i] >> (s % 2 * 4) & 15) - minimum;
    }
  }
  static __device__ void scatter(const u8* block, u8* target, i64 blocks, i64 b, int at) {
    i64 to = at < 16 ? blocks * 128 + b * 16 + at : b * 128 + tiled_code((at - 16) / 32, (at - 16) % 32);
    target[to] = block[at];
  }
};

// As TiledQ4_K, then the upper bits (32).
struct TiledQ5_K {
  static const int BLOCK = 256;
  static const int BYTES = 176;
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    i64 b = e / BLOCK;
    int start = (int)(e % BLOCK);
    int s = start / 32;
    const u8* header = w.data + w.blocks * 128 + b * 16;
    float scale = half_at(header) * six_bits(header + 4, s, 0);
    float minimum = half_at(header + 2) * six_bits(header + 4, s, 4);
    const u8* codes = w.data + b * 128 + tiled_code(s / 2, start % 32);
    const u8* upper = w.data + w.blocks * 144 + b * 32 + start % 32;
    for (int i = 0; i < 8; i++) {
      v[i] = scale * ((upper[i] >> s & 1) << 4 | (codes[i] >> (s % 2 * 4) & 15)) - minimum;
    }
  }
  static __device__ void scatter(const u8* block, u8* target, i64 blocks, i64 b, int at) {
    i64 to = at < 16   ? blocks * 128 + b * 16 + at
             : at < 48 ? blocks * 144 + b * 32 + at - 16
                       : b * 128 + tiled_code((at - 48) / 32, (at - 48) % 32);
    target[to] = block[at];
  }
};

// ql (128 bytes a block): of each half the words t, 4 + t, 8 + t, 12 + t together; qh (64): words t, 4 + t, 8 + t,
// 12 + t together; scales (16), d (2).
struct TiledQ6_K {
  static const int BLOCK = 256;
  static const int BYTES = 210;
  static __device__ __forceinline__ int low(int byte) {
    return byte / 64 * 64 + byte % 16 / 4 * 16 + byte % 64 / 16 * 4 + byte % 4;
  }
  static __device__ __forceinline__ void load8(const Weight& w, i64 e, float* v) {
    i64 b = e / BLOCK;
    int start = (int)(e % BLOCK);
    int quarter = start % 128 / 32;
    int scale = ((const i8*)w.data)[w.blocks * 192 + b * 16 + start / 16];
    float factor = half_at(w.data + w.blocks * 208 + b * 2) * scale;
    for (int i = 0; i < 8; i++) {
      u32 lower = w.data[b * 128 + low(start / 128 * 64 + start % 64 + i)] >> (quarter / 2 * 4) & 15;
      u32 upper = w.data[w.blocks * 128 + b * 64 + low(start / 128 * 32 + start % 32 + i)] >> 2 * quarter & 3;
      v[i] = factor * ((int)(lower | upper << 4) - 32);
    }
  }
  static __device__ void scatter(const u8* block, u8* target, i64 blocks, i64 b, int at) {
    i64 to = at < 128   ? b * 128 + low(at)
             : at < 192 ? blocks * 128 + b * 64 + low(at - 128)
             : at < 208 ? blocks * 192 + b * 16 + at - 192
                        : blocks * 208 + b * 2 + at - 208;
    target[to] = block[at];
  }
};
