// Plain decoding of the formats that have fast units, by the tables in io.quant4j.core.format, in double precision
// where the result is compared with a tolerance.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "driver.h"

typedef std::vector<uint8_t> Bytes;

inline float halfValue(uint16_t h) {
  int exponent = h >> 10 & 31;
  float fraction = h & 1023;
  float v = exponent == 31 ? NAN : exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
  return h & 0x8000 ? -v : v;
}

inline uint16_t at16(const uint8_t* p) { return (uint16_t)(p[0] | p[1] << 8); }
inline float halfAt(const uint8_t* p) { return halfValue(at16(p)); }

struct Format {
  std::string name;
  int block;
  int bytes;
  bool planar;
  std::vector<int> scales; // offsets of binary16 fields
  std::string suffix = ""; // of the module
  std::string module() const { return "weights_" + name + suffix; }
  // Dynamic shared memory of products, as KERNELS.md has it.
  int shared() const {
    static const std::map<std::string, int> bytes = {
        {"q4_0", 73728}, {"q8_0", 69632}, {"q4_k", 73728}, {"q5_k", 45056}, {"q6_k", 54272}};
    return suffix.empty() ? 0 : bytes.at(name);
  }
};

inline std::vector<Format> formats() {
  return {{"q4_0", 32, 18, true, {0}},   {"q8_0", 32, 34, true, {0}},      {"q4_k", 256, 144, false, {0, 2}},
          {"q5_k", 256, 176, false, {0, 2}}, {"q6_k", 256, 210, true, {208}}, {"f16", 1, 2, false, {0}},
          {"bf16", 1, 2, false, {}},     {"f32", 1, 4, false, {}}};
}

// The same as the modules for tensor cores keep them.
inline std::vector<Format> tiledFormats() {
  std::vector<Format> all;
  for (Format f : formats()) {
    if (f.block > 1) {
      f.planar = true;
      f.suffix = "_mma";
      all.push_back(f);
    }
  }
  return all;
}

// Random blocks of numbers of about `size`.
inline Bytes randomBlocks(const Format& f, size_t blocks, Random& random) {
  Bytes out(blocks * f.bytes);
  for (auto& b : out) {
    b = (uint8_t)random.bits();
  }
  for (size_t b = 0; b < blocks; b++) {
    for (int offset : f.scales) {
      uint16_t h = (uint16_t)(0x2000 + (random.bits() & 0x0fff)); // 2^-7 to 2^-3
      if (f.name == "f16") {
        h |= (uint16_t)(random.bits() & 0x8000);
      }
      memcpy(&out[b * f.bytes + offset], &h, 2);
    }
    if (f.name == "bf16") {
      uint16_t h = (uint16_t)(0x3d00 + (random.bits() & 0xff) + (random.bits() & 0x8000));
      memcpy(&out[b * 2], &h, 2);
    }
    if (f.name == "f32") {
      float x = random.uniform();
      memcpy(&out[b * 4], &x, 4);
    }
  }
  return out;
}

inline int sixBits(const uint8_t* p, int s, bool minimum) {
  int shift = minimum ? 4 : 0;
  if (s < 4) {
    return p[s + shift] & 63;
  }
  return (p[s + 4] >> shift & 15) | (p[s - 4 + shift] >> 6) << 4;
}

// An element is the difference of these.
struct Parts {
  float product; // code times scale
  float minimum;
};

inline Parts parts(const Format& f, const Bytes& data, size_t e) {
  const uint8_t* p = &data[e / f.block * f.bytes];
  int i = (int)(e % f.block);
  if (f.name == "f32") {
    float v;
    memcpy(&v, p, 4);
    return {v, 0};
  }
  if (f.name == "f16") {
    return {halfAt(p), 0};
  }
  if (f.name == "bf16") {
    uint32_t bits = (uint32_t)at16(p) << 16;
    float v;
    memcpy(&v, &bits, 4);
    return {v, 0};
  }
  if (f.name == "q4_0") {
    return {halfAt(p) * ((i < 16 ? p[2 + i] & 15 : p[2 + i - 16] >> 4) - 8), 0};
  }
  if (f.name == "q8_0") {
    return {halfAt(p) * (int8_t)p[2 + i], 0};
  }
  if (f.name == "q6_k") {
    int l = i % 128;
    int low = p[i / 128 * 64 + l % 64] >> (l >= 64 ? 4 : 0) & 15;
    int high = p[128 + i / 128 * 32 + l % 32] >> 2 * (l / 32) & 3;
    float scale = halfAt(p + 208) * (int8_t)p[192 + i / 16];
    return {scale * ((low | high << 4) - 32), 0};
  }
  int s = i / 32;
  float scale = halfAt(p) * sixBits(p + 4, s, false);
  float minimum = halfAt(p + 2) * sixBits(p + 4, s, true);
  const uint8_t* codes = p + (f.name == "q4_k" ? 16 : 48);
  int code = codes[s / 2 * 32 + i % 32] >> (s % 2 * 4) & 15;
  if (f.name == "q5_k") {
    code |= (p[16 + i % 32] >> s & 1) << 4;
  }
  return {scale * code, minimum};
}

inline float element(const Format& f, const Bytes& data, size_t e) {
  Parts p = parts(f, data, e);
  volatile float product = p.product; // rounded, whatever the compiler contracts
  return product - p.minimum;
}

inline std::vector<float> decoded(const Format& f, const Bytes& data, size_t count) {
  std::vector<float> v(count);
  for (size_t e = 0; e < count; e++) {
    v[e] = element(f, data, e);
  }
  return v;
}

// |a - b| / |sizes|, where |sizes| counts as at least 1e-20
inline double relativeError(const std::vector<float>& a, const std::vector<double>& b, const std::vector<double>& sizes) {
  double error = 0;
  double size = 0;
  for (size_t i = 0; i < b.size(); i++) {
    if (!(a[i] == a[i])) {
      return INFINITY;
    }
    error += (a[i] - b[i]) * (a[i] - b[i]);
    size += sizes[i] * sizes[i];
  }
  return std::sqrt(error / std::fmax(size, 1e-40));
}
