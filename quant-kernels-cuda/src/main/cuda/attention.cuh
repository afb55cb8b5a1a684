// What all attention kernels share.
#pragma once

#include "cache.cuh"

struct Attention {
  CacheStrides strides;
  int heads;
  int kvHeads;
  float scale;
  int window;
  float softCap;
};

// First position that a token at `position` attends to.
static __device__ __forceinline__ int first_seen(const Attention& a, int position) {
  int first = position - a.window + 1;
  return a.window == 0 || first < 0 ? 0 : first;
}

static __device__ __forceinline__ float score(const Attention& a, float product) {
  float s = a.scale * product;
  return a.softCap > 0 ? a.softCap * tanhf(s / a.softCap) : s;
}
