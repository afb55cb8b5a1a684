// Rotary position embedding, alone and on the way into the cache.
#include "cache.cuh"

#define HALF_SPLIT 1
#define LONGEST_HEAD 1024
#define ELEMENTS_AT_ONCE 4 // of a lane

// Cosine and sine of position * frequency, in double precision as the reference does.
KERNEL(256, rotary_angles, (const float* frequencies, float magnitude, int pairs, int batch, const int* step, float* out)) {
  in_turn();
  int at = (int)(blockIdx.x * 256 + threadIdx.x);
  if (at >= pairs * batch) {
    return;
  }
  double angle = (double)frequencies[at % pairs] * (step[0] + at / pairs);
  out[2 * at] = (float)(magnitude * cos(angle));
  out[2 * at + 1] = (float)(magnitude * sin(angle));
}

// One pair of elements a thread, in place.
KERNEL(256, rotate, (float* x, const float* angles, int layout, int heads, int headDim, int ropeDims, int batch)) {
  in_turn();
  int pairs = ropeDims / 2;
  i64 at = (i64)blockIdx.x * 256 + threadIdx.x;
  if (at >= (i64)batch * heads * pairs) {
    return;
  }
  int pair = (int)(at % pairs);
  i64 head = at / pairs;
  const float* angle = angles + head / heads * ropeDims + 2 * pair;
  float* first = x + head * headDim + (layout == HALF_SPLIT ? pair : 2 * pair);
  float* second = first + (layout == HALF_SPLIT ? pairs : 1);
  float a = *first;
  float b = *second;
  *first = a * angle[0] - b * angle[1];
  *second = a * angle[1] + b * angle[0];
}

// Element i of a head after the rotation. `factor`: of the norm; `gain` 0: none.
static __device__ __forceinline__ float rotated(
    const float* head, const float* gain, float factor, const float* angles, int layout, int ropeDims, int i) {
  float own = head[i] * factor * (gain != 0 ? gain[i] : 1.0f);
  if (angles == 0 || i >= ropeDims) {
    return own;
  }
  int half = ropeDims / 2;
  int pair = layout == HALF_SPLIT ? i % half : i / 2;
  bool first = layout == HALF_SPLIT ? i < half : i % 2 == 0;
  int distance = layout == HALF_SPLIT ? half : 1;
  int mate = first ? i + distance : i - distance;
  float other = head[mate] * factor * (gain != 0 ? gain[mate] : 1.0f);
  float cosine = angles[2 * pair];
  float sine = angles[2 * pair + 1];
  return first ? own * cosine - other * sine : other * sine + own * cosine;
}

struct Heads {
  float* q;
  const float* k;
  const float* v;
  const float* angles;
  const float* qGain;
  const float* kGain;
  float epsilon;
  int layout;
  int heads;
  int kvHeads;
  int headDim;
  int ropeDims;
};

// A warp a head: queries in place, keys and values to position step[0] + row of the cache. Elements of usual heads are all
// computed before one is written, so that their loads need not wait for each other.
template <class C>
static __device__ __forceinline__ void rotate_store(
    const Heads& s, const int* step, const C& keys, const C& values, const CacheStrides& strides) {
  int unit = (int)(blockIdx.x * 4 + threadIdx.x / WARP);
  if (unit >= s.heads + 2 * s.kvHeads) {
    return;
  }
  int lane = threadIdx.x % WARP;
  int token = blockIdx.y;
  bool query = unit < s.heads;
  bool key = !query && unit < s.heads + s.kvHeads;
  int head = query ? unit : key ? unit - s.heads : unit - s.heads - s.kvHeads;
  const float* from = (query ? s.q + (i64)token * s.heads * s.headDim
                       : key ? s.k + (i64)token * s.kvHeads * s.headDim
                             : s.v + (i64)token * s.kvHeads * s.headDim) +
                      (i64)head * s.headDim;
  const float* gain = query ? s.qGain : key ? s.kGain : 0;
  const float* angles = (query || key) && s.angles != 0 ? s.angles + (i64)token * s.ropeDims : 0;
  i64 row = query ? 0 : cache_row(strides, step[0] + token, head);
  // the rotation is in place, so it works from a copy
  __shared__ float copies[4][LONGEST_HEAD];
  float* copy = copies[threadIdx.x / WARP];
  float squares = 0;
#pragma unroll 4
  for (int i = lane; i < s.headDim; i += WARP) {
    float v = from[i];
    copy[i] = v;
    squares += v * v;
  }
  float factor = gain != 0 ? 1.0f / sqrtf(warp_sum(squares) / s.headDim + s.epsilon) : 1.0f;
  __syncwarp();
#pragma unroll 1
  for (int base = 0; base < s.headDim; base += ELEMENTS_AT_ONCE * WARP) {
    float v[ELEMENTS_AT_ONCE];
#pragma unroll
    for (int n = 0; n < ELEMENTS_AT_ONCE; n++) {
      int i = base + n * WARP + lane;
      v[n] = i < s.headDim ? rotated(copy, gain, factor, angles, s.layout, s.ropeDims, i) : 0.0f;
    }
#pragma unroll
    for (int n = 0; n < ELEMENTS_AT_ONCE; n++) {
      int i = base + n * WARP + lane;
      if (query && i < s.headDim) {
        s.q[((i64)token * s.heads + head) * s.headDim + i] = v[n];
      } else if (!query && base + n * WARP < s.headDim) {
        (key ? keys : values).put32(row + i, i < s.headDim, v[n]);
      }
    }
  }
}

#define ROTATE_STORE(suffix, Cache, element)                                                                       \
  KERNEL(128, rotate_store_##suffix,                                                                               \
      (float* q, const float* k, const float* v, const float* angles, const float* qGain, const float* kGain,      \
       float epsilon, int layout, int heads, int kvHeads, int headDim, int ropeDims, const int* step,              \
       element* keys, element* values, u16* keyScales, u16* valueScales, i64 rowStride, i64 headStride)) {         \
    in_turn();                                                                                                     \
    Heads s = {q, k, v, angles, qGain, kGain, epsilon, layout, heads, kvHeads, headDim, ropeDims};                 \
    Cache keyCache = {keys, keyScales};                                                                            \
    Cache valueCache = {values, valueScales};                                                                      \
    CacheStrides strides = {rowStride, headStride};                                                                \
    rotate_store<Cache>(s, step, keyCache, valueCache, strides);                                                   \
  }

ROTATE_STORE(f32, CacheF32, float)
ROTATE_STORE(f16, CacheF16, u16)
ROTATE_STORE(q8, CacheQ8, i8)
