// The device side of the emulation: what kernels use of CUDA, for kernels compiled by a C++ compiler. Every thread of a
// block is a fibre; blocks run one after the other. Only what the kernels need is here.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <tuple>
#include <utility>

#include "checking.h"

typedef unsigned char u8;
typedef signed char i8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long i64;

namespace emulation {

struct Dim {
  unsigned x;
  unsigned y;
  unsigned z;
};

// Where the running fibre is.
struct Here {
  Dim thread;
  Dim block;
  Dim threads;
  Dim blocks;
  unsigned char* dynamicShared;
};
extern Here here;

void blockBarrier();
void warpBarrier();
// Of `count` threads of the block; number 1 to 15.
void namedBarrier(unsigned number, unsigned count);

// Gives every lane of the warp what this one brings, at most 64 bytes, and returns what `lane` brought, which stays
// valid until this fibre's next but one exchange. Waits for all lanes that have not ended.
void* exchange(const void* value, unsigned size);
const void* brought(void* exchanged, unsigned lane);

[[noreturn]] void fail(const char* what);

// A kernel with its arguments.
class Call {
 public:
  virtual ~Call() {}
  virtual void run() const = 0;
};

template <class... A>
class CallOf : public Call {
 public:
  template <size_t... I>
  CallOf(void (*kernel)(A...), void** p, std::index_sequence<I...>) : f(kernel), arguments(*(A*)p[I]...) {}
  void run() const override { pass(std::index_sequence_for<A...>{}); }

 private:
  void (*f)(A...);
  std::tuple<A...> arguments;

  template <size_t... I>
  NOT_CHECKED void pass(std::index_sequence<I...>) const {
    f(std::get<I>(arguments)...);
  }
};

// Takes arguments in the driver's form.
typedef std::function<std::shared_ptr<Call>(void**)> Binder;

// A kernel by module and name.
class Kernel {
 public:
  template <class... A>
  Kernel(const char* module, const char* name, void (*f)(A...)) {
    add(module, name, [f](void** p) { return std::make_shared<CallOf<A...>>(f, p, std::index_sequence_for<A...>{}); });
  }

 private:
  static void add(const char* module, const char* name, Binder binder);
};

float halfToFloat(u16 bits);
u16 floatToHalf(float f);

}  // namespace emulation

#define __device__
#define __global__
#define __forceinline__ inline
#define __shared__ static
#define __align__(n) alignas(n)
#define __launch_bounds__(...)

#define KERNEL(threads, name, parameters)                                                  \
  static void name parameters;                                                             \
  static emulation::Kernel kernel_##name(EMULATED_MODULE, #name, &name);                   \
  static void name parameters
#define KERNEL_RESIDENT(threads, blocks, name, parameters) KERNEL(threads, name, parameters)
#define DYNAMIC_SHARED(name) unsigned char* name = emulation::here.dynamicShared

#define threadIdx emulation::here.thread
#define blockIdx emulation::here.block
#define blockDim emulation::here.threads
#define gridDim emulation::here.blocks

struct alignas(8) float2 {
  float x, y;
};
struct alignas(16) float4 {
  float x, y, z, w;
};
struct alignas(8) uint2 {
  u32 x, y;
};
struct alignas(16) uint4 {
  u32 x, y, z, w;
};

inline float2 make_float2(float x, float y) { return {x, y}; }
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
inline uint2 make_uint2(u32 x, u32 y) { return {x, y}; }
inline uint4 make_uint4(u32 x, u32 y, u32 z, u32 w) { return {x, y, z, w}; }

inline float __uint_as_float(u32 bits) {
  float f;
  memcpy(&f, &bits, 4);
  return f;
}
inline u32 __float_as_uint(float f) {
  u32 bits;
  memcpy(&bits, &f, 4);
  return bits;
}
inline float rsqrtf(float x) { return 1.0f / std::sqrt(x); }
inline int __popc(u32 bits) { return __builtin_popcount(bits); }

inline void __syncthreads() { emulation::blockBarrier(); }
inline void __syncwarp() { emulation::warpBarrier(); }
NOT_CHECKED inline int atomicAdd(int* at, int by) {
  emulation::accesses(at, sizeof(int), emulation::ATOMIC);
  emulation::orderedByAtomic(at);
  int before = *at;
  *at += by;
  return before;
}

template <class T>
NOT_CHECKED inline T __shfl_xor_sync(u32, T value, int mask) {
  void* all = emulation::exchange(&value, sizeof(T));
  T result;
  memcpy(&result, emulation::brought(all, threadIdx.x % 32 ^ (unsigned)mask), sizeof(T));
  return result;
}

NOT_CHECKED inline u32 __ballot_sync(u32, int predicate) {
  void* all = emulation::exchange(&predicate, sizeof(int));
  u32 bits = 0;
  unsigned lanes = blockDim.x - threadIdx.x / 32 * 32 < 32 ? blockDim.x % 32 : 32;
  for (unsigned lane = 0; lane < lanes; lane++) {
    bits |= (u32)(*(const int*)emulation::brought(all, lane) != 0) << lane;
  }
  return bits;
}

NOT_CHECKED inline uint4 load_once(const void* p) {
  if ((uintptr_t)p % 16 != 0) {
    emulation::fail("a 16-byte load from an address that is not aligned to 16 bytes");
  }
  emulation::accesses(p, 16, emulation::READ);
  uint4 v;
  memcpy(&v, p, 16);
  return v;
}

inline void publish() { emulation::publishes(); }
inline void later_may_begin() {}
inline void earlier_done() { emulation::earlierAreDone(); }
inline float2 load_shared_result(const float2* p) { return *p; }
inline float4 load_shared_result(const float4* p) { return *p; }
inline u64 load_shared_result(const u64* p) { return *p; }

// Subnormal numbers count as zero, as they do there.
inline float fast_inverse(float x) {
  float inverse = 1.0f / (std::fabs(x) < 0x1p-126f ? std::copysign(0.0f, x) : x);
  return std::fabs(inverse) < 0x1p-126f ? std::copysign(0.0f, inverse) : inverse;
}
inline float half_to_float(u16 bits) { return emulation::halfToFloat(bits); }
inline u16 float_to_half(float f) { return emulation::floatToHalf(f); }

inline u32 pick_bytes(u32 a, u32 b, u32 selector) {
  u64 both = (u64)b << 32 | a;
  u32 result = 0;
  for (int i = 0; i < 4; i++) {
    result |= (u32)(both >> 8 * (selector >> 4 * i & 7) & 255) << 8 * i;
  }
  return result;
}

// Tensor cores (tensor.cuh).
inline void copy_async(void* shared, const void* global, bool inside) {
  if ((uintptr_t)shared % 16 != 0 || (inside && (uintptr_t)global % 16 != 0)) {
    emulation::fail("a 16-byte copy between addresses that are not aligned to 16 bytes");
  }
  emulation::copyBegins(shared, global, 16, inside ? 16 : 0);
}
template <int BYTES>
inline void copy_async_part(void* shared, const void* global, int wanted) {
  if ((uintptr_t)shared % BYTES != 0 || (uintptr_t)global % BYTES != 0) {
    emulation::fail("a copy between addresses that are not aligned to its size");
  }
  emulation::copyBegins(shared, global, BYTES, (unsigned)wanted);
}
inline void copies_end() { emulation::copiesEnd(); }
template <int PENDING>
inline void copies_wait() {
  emulation::copiesWait(PENDING);
}

NOT_CHECKED inline void load_matrices(u32 (&r)[4], const void* shared) {
  emulation::accesses(shared, 16, emulation::READ);
  void* all = emulation::exchange(&shared, sizeof(shared));
  unsigned lane = threadIdx.x % 32;
  for (unsigned m = 0; m < 4; m++) {
    const char* row;
    memcpy(&row, emulation::brought(all, m * 8 + lane / 4), sizeof(row));
    memcpy(&r[m], row + lane % 4 * 4, 4);
  }
}

NOT_CHECKED inline void load_transposed(u32 (&r)[4], const void* shared) {
  emulation::accesses(shared, 16, emulation::READ);
  void* all = emulation::exchange(&shared, sizeof(shared));
  unsigned lane = threadIdx.x % 32;
  for (unsigned m = 0; m < 4; m++) {
    u16 pair[2];
    for (unsigned i = 0; i < 2; i++) {
      const u16* row;
      memcpy(&row, emulation::brought(all, m * 8 + lane % 4 * 2 + i), sizeof(row));
      pair[i] = row[lane / 4];
    }
    r[m] = pair[0] | (u32)pair[1] << 16;
  }
}

namespace emulation {
struct Fragments {
  u32 a[4];
  u32 b[2];
};

// One result of a 16 x 8 x 16 product is the sum over k of what the lanes hold.
template <float (*TO_FLOAT)(u16)>
NOT_CHECKED void multiplyFragments(float (&c)[4], const u32 (&a)[4], u32 b0, u32 b1) {
  Fragments own = {{a[0], a[1], a[2], a[3]}, {b0, b1}};
  void* all = exchange(&own, sizeof(own));
  unsigned lane = threadIdx.x % 32;
  for (unsigned i = 0; i < 4; i++) {
    unsigned row = lane / 4 + i / 2 * 8;
    unsigned col = lane % 4 * 2 + i % 2;
    float sum = c[i];
    for (unsigned k = 0; k < 16; k++) {
      const Fragments* left = (const Fragments*)brought(all, row % 8 * 4 + k % 8 / 2);
      const Fragments* right = (const Fragments*)brought(all, col * 4 + k % 8 / 2);
      u32 x = left->a[row / 8 + k / 8 * 2] >> k % 2 * 16;
      u32 y = right->b[k / 8] >> k % 2 * 16;
      sum += TO_FLOAT((u16)x) * TO_FLOAT((u16)y);
    }
    c[i] = sum;
  }
}

// The same of signed bytes, four to a word: 16 x 8 x 32, or the first half of it.
NOT_CHECKED inline void multiplyBytes(int (&c)[4], const Fragments& own, unsigned columns) {
  void* all = exchange(&own, sizeof(own));
  unsigned lane = threadIdx.x % 32;
  for (unsigned i = 0; i < 4; i++) {
    unsigned row = lane / 4 + i / 2 * 8;
    unsigned col = lane % 4 * 2 + i % 2;
    c[i] = 0;
    for (unsigned k = 0; k < columns; k++) {
      const Fragments* left = (const Fragments*)brought(all, row % 8 * 4 + k % 16 / 4);
      const Fragments* right = (const Fragments*)brought(all, col * 4 + k % 16 / 4);
      c[i] += (i8)(left->a[row / 8 + k / 16 * 2] >> k % 4 * 8) * (i8)(right->b[k / 16] >> k % 4 * 8);
    }
  }
}

inline float bfloatToFloat(u16 bits) { return __uint_as_float((u32)bits << 16); }
}  // namespace emulation

inline float max_or_nan(float a, float b) { return a != a || a > b ? a : b; }
inline u32 and_or(u32 a, u32 b, u32 c) { return (a & b) | c; }
inline u32 and_xor(u32 a, u32 b, u32 c) { return (a & b) ^ c; }

// Pairs of binary16; exact in double precision but for the last rounding, which goes by way of float.
inline u32 half_pair_fma(u32 a, u32 b, u32 c) {
  u32 result = 0;
  for (int i = 0; i < 32; i += 16) {
    double x = emulation::halfToFloat((u16)(a >> i)), y = emulation::halfToFloat((u16)(b >> i));
    result |= (u32)emulation::floatToHalf((float)(x * y + emulation::halfToFloat((u16)(c >> i)))) << i;
  }
  return result;
}

struct MmaF16 {
  static void first(float (&c)[4], const u32 (&a)[4], u32 b0, u32 b1) {
    c[0] = c[1] = c[2] = c[3] = 0;
    multiply(c, a, b0, b1);
  }
  static void multiply(float (&c)[4], const u32 (&a)[4], u32 b0, u32 b1) {
    emulation::multiplyFragments<emulation::halfToFloat>(c, a, b0, b1);
  }
};

struct MmaS8 {
  static void first(int (&c)[4], const u32 (&a)[4], u32 b0, u32 b1) {
    emulation::multiplyBytes(c, {{a[0], a[1], a[2], a[3]}, {b0, b1}}, 32);
  }
  static void half(int (&c)[4], const u32 (&a)[2], u32 b) { emulation::multiplyBytes(c, {{a[0], a[1], 0, 0}, {b, 0}}, 16); }
};

struct MmaBF16 {
  static void multiply(float (&c)[4], const u32 (&a)[4], u32 b0, u32 b1) {
    emulation::multiplyFragments<emulation::bfloatToFloat>(c, a, b0, b1);
  }
};

#include "emulation-wgmma.h"
