// Attention of few rows, the positions split over blocks so that long contexts use the whole device: every block
// attends to its share with all query heads of one key/value head, and the last block to finish puts the parts together.
//
// A block takes a tile of positions at a time, brings its keys and values to shared memory as floats, the next tile being
// on its way meanwhile. A warp makes the scores of a head, a lane those of a position; a thread sums up an element of all
// heads. What is long here is the way of the data, so the code is short: instructions come from memory, too.
#include "attention.cuh"

#define SPLIT_THREADS 128
#define SPLIT_WARPS (SPLIT_THREADS / WARP)
#define SPLIT_HEADS 8
#define HEADS_AT_ONCE 4
#define MOST_SPLITS 256

template <int D>
struct SplitRoom {
  static const int TILE = D <= 128 ? 32 : 8; // positions
  static const int STRIDE = D + 4; // so that lanes a row apart read from different banks
  float query[SPLIT_HEADS][D];
  union {
    struct {
      float keys[TILE][STRIDE];
      float values[TILE][STRIDE];
    };
    float factors[SPLIT_HEADS][MOST_SPLITS];
  };
  float shares[SPLIT_HEADS][TILE];
  float sums[SPLIT_HEADS][D];
  float largest[SPLIT_HEADS];
  float total[SPLIT_HEADS];
  float correction[SPLIT_HEADS];
  int last;
};

// Where parts are kept between blocks: (batch, heads, splits, D) and (batch, heads, splits, 2).
struct Parts {
  float* sums;
  float* stats;
  int* counters;
  int splits;
};

// What a thread brings of a tile: pieces of 8 elements, THREADS pieces apart.
template <class C, int D>
struct TilePieces {
  typedef SplitRoom<D> Room;
  static const int COUNT = (Room::TILE * D / 8 + SPLIT_THREADS - 1) / SPLIT_THREADS;
  typename C::Raw keys[COUNT];
  typename C::Raw values[COUNT];

  static __device__ __forceinline__ int piece(int i) { return i * SPLIT_THREADS + (int)threadIdx.x; }

  // Begins to read positions from `begin` on; beyond the last the last one again.
  __device__ __forceinline__ void fetch(const Attention& a, const C& k, const C& v, int kvHead, int begin, int end) {
#pragma unroll
    for (int i = 0; i < COUNT; i++) {
      int t = piece(i) / (D / 8);
      int position = begin + t < end ? begin + t : end - 1;
      i64 e = cache_row(a.strides, position, kvHead) + piece(i) % (D / 8) * 8;
      keys[i] = k.raw8(e);
      values[i] = v.raw8(e);
    }
  }

  static __device__ __forceinline__ void put(const typename C::Raw& raw, int piece, float (&to)[Room::TILE][Room::STRIDE]) {
    float v[8];
    C::unpack8(raw, v);
    float* at = &to[piece / (D / 8)][piece % (D / 8) * 8];
    *(float4*)at = make_float4(v[0], v[1], v[2], v[3]);
    *(float4*)(at + 4) = make_float4(v[4], v[5], v[6], v[7]);
  }

  __device__ __forceinline__ void store(Room& room) const {
#pragma unroll
    for (int i = 0; i < COUNT; i++) {
      if (piece(i) < Room::TILE * D / 8) {
        put(keys[i], piece(i), room.keys);
        put(values[i], piece(i), room.values);
      }
    }
  }
};

// Shares of a tile, a warp a head; totals so far are corrected to the new largest score.
template <int D>
static __device__ __forceinline__ void split_shares(const Attention& a, int group, int count, SplitRoom<D>& room) {
  const int T = SplitRoom<D>::TILE;
  int lane = threadIdx.x % WARP;
  int t = lane % T;
#pragma unroll 1
  for (int h = threadIdx.x / WARP; h < group; h += SPLIT_WARPS) {
    float4 sums = make_float4(0, 0, 0, 0);
#pragma unroll 8
    for (int i = 0; i < D; i += 4) {
      float4 k = *(const float4*)&room.keys[t][i];
      float4 q = *(const float4*)&room.query[h][i];
      sums = make_float4(fmaf(k.x, q.x, sums.x), fmaf(k.y, q.y, sums.y), fmaf(k.z, q.z, sums.z), fmaf(k.w, q.w, sums.w));
    }
    bool inside = lane < T && t < count;
    float s = inside ? score(a, (sums.x + sums.y) + (sums.z + sums.w)) : -INFINITY;
    float before = room.largest[h];
    float largest = fmaxf(before, warp_max(s));
    float share = expf(s - largest);
    float sum = warp_sum(share);
    __syncwarp(); // all have read what lane 0 writes
    if (lane < T) {
      room.shares[h][t] = share;
    }
    if (lane == 0) {
      float correction = expf(before - largest);
      room.correction[h] = correction;
      room.largest[h] = largest;
      room.total[h] = room.total[h] * correction + sum;
    }
  }
}

// Adds the values of a tile, some heads at once; heads beyond the group have no meaning.
template <int D>
static __device__ __forceinline__ void split_values(int group, SplitRoom<D>& room) {
#pragma unroll 1
  for (int first = 0; first < group; first += HEADS_AT_ONCE) {
#pragma unroll 1
    for (int d = threadIdx.x; d < D; d += SPLIT_THREADS) {
      float sums[HEADS_AT_ONCE];
#pragma unroll
      for (int h = 0; h < HEADS_AT_ONCE; h++) {
        sums[h] = room.sums[first + h][d] * room.correction[first + h];
      }
#pragma unroll 4
      for (int t = 0; t < SplitRoom<D>::TILE; t += 4) {
        float v[4];
#pragma unroll
        for (int i = 0; i < 4; i++) {
          v[i] = room.values[t + i][d];
        }
#pragma unroll
        for (int h = 0; h < HEADS_AT_ONCE; h++) {
          float4 p = *(const float4*)&room.shares[first + h][t];
          sums[h] = fmaf(p.w, v[3], fmaf(p.z, v[2], fmaf(p.y, v[1], fmaf(p.x, v[0], sums[h]))));
        }
      }
#pragma unroll
      for (int h = 0; h < HEADS_AT_ONCE; h++) {
        room.sums[first + h][d] = sums[h];
      }
    }
  }
}

// The result, if the block has seen all positions.
template <int D>
static __device__ __forceinline__ void split_put(i64 firstHead, int group, float* out, const SplitRoom<D>& room) {
  for (int at = threadIdx.x; at < group * D; at += SPLIT_THREADS) {
    out[firstHead * D + at] = room.sums[at / D][at % D] / room.total[at / D];
  }
}

// The block's part, to device memory.
template <int D>
static __device__ __forceinline__ void split_store(const Parts& parts, i64 firstHead, int group, const SplitRoom<D>& room) {
  for (int at = threadIdx.x; at < group * D; at += SPLIT_THREADS) {
    parts.sums[((firstHead + at / D) * parts.splits + blockIdx.y) * D + at % D] = room.sums[at / D][at % D];
  }
  if (threadIdx.x < group) {
    float* stats = parts.stats + ((firstHead + threadIdx.x) * parts.splits + blockIdx.y) * 2;
    stats[0] = room.largest[threadIdx.x];
    stats[1] = room.total[threadIdx.x];
  }
}

// The result from all parts of the heads: first what each part counts, then the sums.
template <int D>
static __device__ __forceinline__ void split_combine(
    const Parts& parts, int used, i64 firstHead, int group, float* out, SplitRoom<D>& room) {
  int lane = threadIdx.x % WARP;
#pragma unroll 1
  for (int h = threadIdx.x / WARP; h < group; h += SPLIT_WARPS) {
    const float2* stats = (const float2*)parts.stats + (firstHead + h) * parts.splits;
    float largest = -INFINITY;
    float total = 0;
    for (int s = lane; s < used; s += WARP) {
      float2 part = load_shared_result(stats + s);
      float before = largest;
      largest = fmaxf(largest, part.x);
      total = fmaf(total, before == -INFINITY ? 0.0f : expf(before - largest), part.y * expf(part.x - largest));
      room.factors[h][s] = part.x;
    }
    float all = warp_max(largest);
    total = warp_sum(largest == -INFINITY ? 0.0f : total * expf(largest - all));
    for (int s = lane; s < used; s += WARP) {
      room.factors[h][s] = expf(room.factors[h][s] - all) / total;
    }
  }
  __syncthreads();
#pragma unroll 1
  for (int at = threadIdx.x * 4; at < group * D; at += SPLIT_THREADS * 4) {
    const float4* part = (const float4*)(parts.sums + (firstHead + at / D) * parts.splits * D + at % D);
    const float* factors = room.factors[at / D];
    float4 sum = make_float4(0, 0, 0, 0);
#pragma unroll 8
    for (int s = 0; s < used; s++) {
      float4 v = load_shared_result(part + s * (D / 4));
      sum = make_float4(fmaf(factors[s], v.x, sum.x), fmaf(factors[s], v.y, sum.y), fmaf(factors[s], v.z, sum.z),
                        fmaf(factors[s], v.w, sum.w));
    }
    *(float4*)(out + firstHead * D + at) = sum;
  }
}

template <class C, int D>
static __device__ __forceinline__ void attend_split(
    const Attention& a, const float* q, const C& keys, const C& values, const int* step, const Parts& parts,
    float* out, SplitRoom<D>& room) {
  const int T = SplitRoom<D>::TILE;
  later_may_begin();
  int position = step[0] + (int)blockIdx.z;
  int first = first_seen(a, position);
  int share = ((position - first) / parts.splits + T) / T * T;
  int used = (position - first) / share + 1;
  if (blockIdx.y >= used) {
    return;
  }
  int perKvHead = a.heads / a.kvHeads;
  int chunks = (perKvHead + SPLIT_HEADS - 1) / SPLIT_HEADS;
  int kvHead = (int)blockIdx.x / chunks;
  int chunk = (int)blockIdx.x % chunks;
  int group = perKvHead - chunk * SPLIT_HEADS < SPLIT_HEADS ? perKvHead - chunk * SPLIT_HEADS : SPLIT_HEADS;
  i64 firstHead = (i64)blockIdx.z * a.heads + kvHead * perKvHead + chunk * SPLIT_HEADS;
  int begin = first + (int)blockIdx.y * share;
  int end = begin + share < position + 1 ? begin + share : position + 1;
  TilePieces<C, D> pieces;
  bool old = begin + T <= step[0]; // rows of earlier passes need not be waited for
  if (old) {
    pieces.fetch(a, keys, values, kvHead, begin, end);
  }
  earlier_done();
  if (!old) {
    pieces.fetch(a, keys, values, kvHead, begin, end);
  }
  for (int at = threadIdx.x; at < SPLIT_HEADS * D; at += SPLIT_THREADS) {
    room.query[at / D][at % D] = at < group * D ? q[firstHead * D + at] : 0.0f;
    room.sums[at / D][at % D] = 0;
  }
  if (threadIdx.x < SPLIT_HEADS) {
    room.largest[threadIdx.x] = -INFINITY;
    room.total[threadIdx.x] = 0;
  }
#pragma unroll 1
  for (int tile = begin; tile < end; tile += T) {
    pieces.store(room);
    __syncthreads();
    if (tile + T < end) {
      pieces.fetch(a, keys, values, kvHead, tile + T, end);
    }
    split_shares<D>(a, group, end - tile, room);
    __syncthreads();
    split_values<D>(group, room);
    __syncthreads();
  }
  if (used == 1) {
    split_put<D>(firstHead, group, out, room);
    return;
  }
  split_store<D>(parts, firstHead, group, room);
  int* counter = parts.counters + (int)blockIdx.z * (int)gridDim.x + blockIdx.x;
  if (!last_of_blocks(counter, used, &room.last)) {
    return;
  }
  split_combine<D>(parts, used, firstHead, group, out, room);
  if (threadIdx.x == 0) {
    *counter = 0;
  }
}

#define ATTENTION_SPLIT(suffix, Cache, element, D)                                                              \
  KERNEL(SPLIT_THREADS, attention_##suffix##_##D,                                                               \
      (const float* q, element* keys, element* values, u16* keyScales, u16* valueScales, i64 rowStride,         \
       i64 headStride, int heads, int kvHeads, float scale, int window, float softCap, const int* step,         \
       int splits, float* partials, float* stats, int* counters, float* out)) {                                 \
    __shared__ SplitRoom<D> room;                                                                               \
    Cache keyCache = {keys, keyScales};                                                                         \
    Cache valueCache = {values, valueScales};                                                                   \
    Attention a = {{rowStride, headStride}, heads, kvHeads, scale, window, softCap};                            \
    Parts parts = {partials, stats, counters, splits};                                                          \
    attend_split<Cache, D>(a, q, keyCache, valueCache, step, parts, out, room);                                 \
  }

// Two steps, so that a name given as CACHE is replaced first.
#define ATTENTION_SPLIT_SIZES_OF(...) ATTENTION_SPLIT_SIZES(__VA_ARGS__)
#define ATTENTION_SPLIT_SIZES(suffix, Cache, element) \
  ATTENTION_SPLIT(suffix, Cache, element, 64)         \
  ATTENTION_SPLIT(suffix, Cache, element, 96)         \
  ATTENTION_SPLIT(suffix, Cache, element, 128)        \
  ATTENTION_SPLIT(suffix, Cache, element, 256)

ATTENTION_SPLIT_SIZES_OF(CACHE)
