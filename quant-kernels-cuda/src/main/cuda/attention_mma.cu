// Attention of many rows on tensor cores: 64 rows of one head a block, 16 a warp, and tiles of 64 positions with a
// softmax that is corrected from tile to tile (Milakov and Gimelshein 2018; Dao et al. 2022).
#include "attention.cuh"
#include "tensor.cuh"

#define ROWS_THREADS 128
#define ROWS_TILE 64
#define PAD 8

// Rows of D binary16 numbers in shared memory; the pad spreads the rows of a matrix load over the banks.
template <int D>
struct Tile {
  u16 rows[ROWS_TILE][D + PAD];
};

// What a warp knows of its 16 rows: results, and for rows g and g + 8 of each lane the largest score and the total.
template <int D>
struct RowsState {
  float out[D / 8][4];
  float largest[2];
  float total[2];
};

template <class C, int D>
static __device__ __forceinline__ void bring_positions(
    const Attention& a, const C& cache, int kvHead, int begin, int end, Tile<D>& tile) {
  for (int at = threadIdx.x; at < ROWS_TILE * D / 8; at += ROWS_THREADS) {
    int t = at / (D / 8);
    int i = at % (D / 8) * 8;
    uint4 v = make_uint4(0, 0, 0, 0);
    if (begin + t < end) {
      v = cache.halves8(cache_row(a.strides, begin + t, kvHead) + i);
    }
    *(uint4*)&tile.rows[t][i] = v;
  }
}

template <int D>
static __device__ __forceinline__ void multiply_keys(
    const Tile<D>& queries, const Tile<D>& keys, float (&scores)[8][4]) {
  int lane = threadIdx.x % WARP;
  int warp = threadIdx.x / WARP;
#pragma unroll
  for (int j = 0; j < 8; j++) {
#pragma unroll
    for (int c = 0; c < 4; c++) {
      scores[j][c] = 0;
    }
  }
#pragma unroll
  for (int step = 0; step < D / 16; step++) {
    u32 q[4];
    load_matrices(q, &queries.rows[warp * 16 + lane % 16][step * 16 + lane / 16 * 8]);
#pragma unroll
    for (int j = 0; j < 4; j++) {
      u32 k[4];
      load_matrices(k, &keys.rows[j * 16 + lane % 8 + lane / 16 * 8][step * 16 + lane / 8 % 2 * 8]);
      MmaF16::multiply(scores[2 * j], q, k[0], k[1]);
      MmaF16::multiply(scores[2 * j + 1], q, k[2], k[3]);
    }
  }
}

// Scores become shares; what was summed so far is corrected. `first`: position of the warp's row 0.
template <int D>
static __device__ __forceinline__ void rows_softmax(
    const Attention& a, int first, int begin, float (&scores)[8][4], RowsState<D>& state) {
  int lane = threadIdx.x % WARP;
#pragma unroll
  for (int half = 0; half < 2; half++) {
    int position = first + lane / 4 + half * 8;
    int seen = first_seen(a, position);
    float largest = state.largest[half];
#pragma unroll
    for (int j = 0; j < 8; j++) {
#pragma unroll
      for (int c = 0; c < 2; c++) {
        int t = begin + j * 8 + lane % 4 * 2 + c;
        float s = t <= position && t >= seen ? score(a, scores[j][half * 2 + c]) : -INFINITY;
        scores[j][half * 2 + c] = s;
        largest = fmaxf(largest, s);
      }
    }
    largest = fmaxf(largest, __shfl_xor_sync(ALL_LANES, largest, 1));
    largest = fmaxf(largest, __shfl_xor_sync(ALL_LANES, largest, 2));
    // nothing seen yet: any finite number will do
    float base = largest == -INFINITY ? 0.0f : largest;
    float correction = expf(state.largest[half] - base);
    float sum = 0;
#pragma unroll
    for (int j = 0; j < 8; j++) {
#pragma unroll
      for (int c = 0; c < 2; c++) {
        float share = expf(scores[j][half * 2 + c] - base);
        scores[j][half * 2 + c] = share;
        sum += share;
      }
    }
    state.largest[half] = largest;
    state.total[half] = state.total[half] * correction + sum;
#pragma unroll
    for (int i = 0; i < D / 8; i++) {
      state.out[i][half * 2] *= correction;
      state.out[i][half * 2 + 1] *= correction;
    }
  }
}

template <int D>
static __device__ __forceinline__ void multiply_values(
    const float (&shares)[8][4], const Tile<D>& values, RowsState<D>& state) {
  int lane = threadIdx.x % WARP;
#pragma unroll
  for (int step = 0; step < ROWS_TILE / 16; step++) {
    u32 p[4] = {half_pair(shares[2 * step][0], shares[2 * step][1]),
                half_pair(shares[2 * step][2], shares[2 * step][3]),
                half_pair(shares[2 * step + 1][0], shares[2 * step + 1][1]),
                half_pair(shares[2 * step + 1][2], shares[2 * step + 1][3])};
#pragma unroll
    for (int i = 0; i < D / 16; i++) {
      u32 v[4];
      load_transposed(v, &values.rows[step * 16 + lane % 16][i * 16 + lane / 16 * 8]);
      MmaF16::multiply(state.out[2 * i], p, v[0], v[1]);
      MmaF16::multiply(state.out[2 * i + 1], p, v[2], v[3]);
    }
  }
}

template <int D>
static __device__ __forceinline__ void put_rows(const RowsState<D>& state, int heads, int firstRow, int batch, float* out) {
  int lane = threadIdx.x % WARP;
#pragma unroll
  for (int half = 0; half < 2; half++) {
    int row = firstRow + lane / 4 + half * 8;
    float total = state.total[half];
    total += __shfl_xor_sync(ALL_LANES, total, 1);
    total += __shfl_xor_sync(ALL_LANES, total, 2);
    if (row < batch) {
      float* to = out + ((i64)row * heads + blockIdx.y) * D + lane % 4 * 2;
#pragma unroll
      for (int i = 0; i < D / 8; i++) {
        to[i * 8] = state.out[i][half * 2] / total;
        to[i * 8 + 1] = state.out[i][half * 2 + 1] / total;
      }
    }
  }
}

template <class C, int D>
static __device__ __forceinline__ void attend_rows(
    const Attention& a, const float* q, const C& keys, const C& values, int firstPosition, int batch, float* out,
    Tile<D>* tiles) {
  int firstRow = (int)blockIdx.x * ROWS_TILE;
  int rows = batch - firstRow < ROWS_TILE ? batch - firstRow : ROWS_TILE;
  int kvHead = (int)blockIdx.y / (a.heads / a.kvHeads);
  for (int at = threadIdx.x; at < ROWS_TILE * D / 8; at += ROWS_THREADS) {
    int r = at / (D / 8);
    int i = at % (D / 8) * 8;
    uint4 v = make_uint4(0, 0, 0, 0);
    if (r < rows) {
      v = eight_halves(q + ((i64)(firstRow + r) * a.heads + blockIdx.y) * D + i);
    }
    *(uint4*)&tiles[0].rows[r][i] = v;
  }
  RowsState<D> state;
#pragma unroll
  for (int i = 0; i < D / 8; i++) {
    state.out[i][0] = state.out[i][1] = state.out[i][2] = state.out[i][3] = 0;
  }
  state.largest[0] = state.largest[1] = -INFINITY;
  state.total[0] = state.total[1] = 0;
  int warpRow = (int)threadIdx.x / WARP * 16;
  int end = firstPosition + firstRow + rows;
  int begin = first_seen(a, firstPosition + firstRow) / ROWS_TILE * ROWS_TILE;
  for (; begin < end; begin += ROWS_TILE) {
    __syncthreads();
    bring_positions<C, D>(a, keys, kvHead, begin, end, tiles[1]);
    bring_positions<C, D>(a, values, kvHead, begin, end, tiles[2]);
    __syncthreads();
    float scores[8][4];
    multiply_keys<D>(tiles[0], tiles[1], scores);
    rows_softmax<D>(a, firstPosition + firstRow + warpRow, begin, scores, state);
    multiply_values<D>(scores, tiles[2], state);
  }
  put_rows<D>(state, a.heads, firstRow + warpRow, batch, out);
}

#define ATTENTION_ROWS(suffix, Cache, element, D)                                                               \
  KERNEL(ROWS_THREADS, attention_rows_##suffix##_##D,                                                           \
      (const float* q, element* keys, element* values, u16* keyScales, u16* valueScales, i64 rowStride,         \
       i64 headStride, int heads, int kvHeads, float scale, int window, float softCap, const int* step,         \
       int batch, float* out)) {                                                                                \
    DYNAMIC_SHARED(room);                                                                                       \
    Cache keyCache = {keys, keyScales};                                                                         \
    Cache valueCache = {values, valueScales};                                                                   \
    Attention a = {{rowStride, headStride}, heads, kvHeads, scale, window, softCap};                            \
    attend_rows<Cache, D>(a, q, keyCache, valueCache, step[0], batch, out, (Tile<D>*)room);                     \
  }

// Two steps, so that a name given as CACHE is replaced first.
#define ATTENTION_ROWS_SIZES_OF(...) ATTENTION_ROWS_SIZES(__VA_ARGS__)
#define ATTENTION_ROWS_SIZES(suffix, Cache, element) \
  ATTENTION_ROWS(suffix, Cache, element, 64)         \
  ATTENTION_ROWS(suffix, Cache, element, 96)         \
  ATTENTION_ROWS(suffix, Cache, element, 128)        \
  ATTENTION_ROWS(suffix, Cache, element, 256)

ATTENTION_ROWS_SIZES_OF(CACHE)
