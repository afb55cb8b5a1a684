// The 8 elements from column `col` of a row of any format, as far as the row goes; 0 beyond.
#pragma once

#include "formats.cuh"

// Formats of blocks decode 8 elements at once, plain numbers one after the other.
template <class F, int BLOCK>
struct Elements {
  static __device__ __forceinline__ void load(const Weight& w, i64 row, int col, int cols, float* v) {
    F::load8(w, row * cols + col, v);
  }
};

template <class F>
struct Elements<F, 1> {
  static __device__ __forceinline__ void load(const Weight& w, i64 row, int col, int cols, float* v) {
    for (int i = 0; i < 8; i++) {
      v[i] = col + i < cols ? F::load1(w, row * cols + col + i) : 0.0f;
    }
  }
};

template <class F>
static __device__ __forceinline__ void load_elements(const Weight& w, i64 row, int col, int cols, float* v) {
  Elements<F, F::BLOCK>::load(w, row, col, cols, v);
}
