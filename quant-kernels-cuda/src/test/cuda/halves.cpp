// binary16 by its definition.
#include "emulation.h"

namespace emulation {

float halfToFloat(u16 bits) {
  u32 sign = (u32)(bits & 0x8000) << 16;
  u32 exponent = bits >> 10 & 31;
  u32 fraction = bits & 1023;
  if (exponent == 31) {
    return __uint_as_float(sign | 0x7f800000u | fraction << 13);
  }
  if (exponent != 0) {
    return __uint_as_float(sign | (exponent + 112) << 23 | fraction << 13);
  }
  float magnitude = (float)fraction * 0x1p-24f;
  return sign ? -magnitude : magnitude;
}

u16 floatToHalf(float f) {
  u32 bits = __float_as_uint(f);
  u32 sign = bits >> 16 & 0x8000;
  u32 magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) {
    return (u16)(sign | 0x7fff); // NaN
  }
  if (magnitude >= 0x477ff000) {
    return (u16)(sign | 0x7c00); // from 65520 on
  }
  if (magnitude < 0x38800000) {
    // subnormal: the sum puts the last bit kept at 2^-24, where the addition rounds
    float shifted = __uint_as_float(magnitude) + 0.5f;
    return (u16)(sign | (__float_as_uint(shifted) - 0x3f000000));
  }
  u32 rounded = magnitude + 0xfff + (magnitude >> 13 & 1);
  return (u16)(sign | ((rounded >> 13) - (112 << 10)));
}

}  // namespace emulation
