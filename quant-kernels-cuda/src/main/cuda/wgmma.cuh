// Tensor cores of sm_90a, which multiply for a warpgroup (four warps, the first a multiple of four) and do not wait, and what
// feeds them: barriers in shared memory that count bytes, and copies of any number of bytes by the device itself.
//
// d (64 x N, F32) += a (64 x 16) * b (16 x N). Warp w of the group has rows 16 w to 16 w + 15 of a and d: a in registers as
// tensor.cuh says of 16 x 16; d[4 j + i] is c[i] of the 16 x 8 results of columns 8 j on. Matrices in shared memory are
// panels: rows of 64 numbers of 16 bits, 128 bytes, eight of them beginning at a multiple of 1024; piece p (16 bytes) of row r
// lies at place p ^ r % 8 of its row. b in shared memory has its columns as rows of a panel.
#pragma once

#include "tensor.cuh"

#define WARPGROUP 128
#define PANEL 64
#define PANEL_ROW_BYTES (PANEL * 2)

// Byte of 16-byte piece `piece` (0 to 7) of a panel's row.
static __device__ __forceinline__ int panel_piece(int row, int piece) { return row * PANEL_ROW_BYTES + (piece ^ row % 8) * 16; }

// Descriptor of the 16 columns that follow i times 16 others of a panel.
static __device__ __forceinline__ u64 next_columns(u64 descriptor, int i) { return descriptor + i * 2; }

#ifndef QUANT4J_EMULATION
static __device__ __forceinline__ u32 shared_address(const void* shared) { return (u32)__cvta_generic_to_shared(shared); }

// A barrier whose phase ends when `count` threads have arrived and all bytes that were announced have.
static __device__ __forceinline__ void barrier_init(u64* barrier, int count) {
  asm volatile("mbarrier.init.shared.b64 [%0], %1;" ::"r"(shared_address(barrier)), "r"(count) : "memory");
}

// Makes barriers known to the copies; the block's barrier must follow.
static __device__ __forceinline__ void barriers_ready() {
  asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
}

static __device__ __forceinline__ void barrier_arrive(u64* barrier) {
  asm volatile("mbarrier.arrive.shared.b64 _, [%0];" ::"r"(shared_address(barrier)) : "memory");
}

// Arrives and announces bytes.
static __device__ __forceinline__ void barrier_expect(u64* barrier, int bytes) {
  asm volatile("mbarrier.arrive.expect_tx.shared.b64 _, [%0], %1;" ::"r"(shared_address(barrier)), "r"(bytes) : "memory");
}

// Waits for the end of a phase of this parity; of the phase before the first one the parity is 1.
static __device__ __forceinline__ void barrier_wait(u64* barrier, int parity) {
  asm volatile(
      "{\n"
      ".reg .pred done;\n"
      "again: mbarrier.try_wait.parity.shared.b64 done, [%0], %1;\n"
      "@!done bra again;\n"
      "}" ::"r"(shared_address(barrier)),
      "r"(parity)
      : "memory");
}

// Copies a multiple of 16 bytes to shared memory and tells the barrier of their arrival.
static __device__ __forceinline__ void copy_bulk(void* shared, const void* global, int bytes, u64* barrier) {
  asm volatile(
      "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];" ::"r"(shared_address(shared)),
      "l"(global), "r"(bytes), "r"(shared_address(barrier))
      : "memory");
}

// Lets the tensor cores see what this thread has written to shared memory.
static __device__ __forceinline__ void written_for_wgmma() { asm volatile("fence.proxy.async.shared::cta;" ::: "memory"); }

// Before the first of a group of products, when registers of a or d have been written.
static __device__ __forceinline__ void wgmma_begin() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }

// Ends a group of products.
static __device__ __forceinline__ void wgmma_end() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }

// Waits until at most `PENDING` groups are on their way.
template <int PENDING>
static __device__ __forceinline__ void wgmma_wait() {
  asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(PENDING) : "memory");
}

// Waits for all threads of two warpgroups, by the barrier of this number; 0 is the block's.
template <int NUMBER>
static __device__ __forceinline__ void two_warpgroups_meet() {
  asm volatile("bar.sync %0, %1;" ::"n"(NUMBER), "n"(2 * WARPGROUP) : "memory");
}

// Registers of each thread of this warpgroup from here on: fewer, or as soon as others have given theirs back, more.
template <int COUNT>
static __device__ __forceinline__ void fewer_registers() {
  asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(COUNT));
}
template <int COUNT>
static __device__ __forceinline__ void more_registers() {
  asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(COUNT));
}

// A panel, or 16 of its columns: from its beginning plus a multiple of 32 bytes. Rows in eights 1024 bytes apart (SBO),
// pieces permuted within 128 bytes.
static __device__ __forceinline__ u64 panel_descriptor(const void* shared) {
  return (u64)(shared_address(shared) >> 4 & 0x3fff) | 1ull << 16 | (u64)(1024 >> 4) << 32 | 1ull << 62;
}

#define TEN_OF(tens)                                                                                                       \
  "%" #tens "0, %" #tens "1, %" #tens "2, %" #tens "3, %" #tens "4, %" #tens "5, %" #tens "6, %" #tens "7, %" #tens "8, %" \
  #tens "9"
#define NUMBERS_32 TEN_OF() ", " TEN_OF(1) ", " TEN_OF(2) ", %30, %31"
#define NUMBERS_64 TEN_OF() ", " TEN_OF(1) ", " TEN_OF(2) ", " TEN_OF(3) ", " TEN_OF(4) ", " TEN_OF(5) ", %60, %61, %62, %63"
#define NUMBERS_128                                                                                                      \
  TEN_OF() ", " TEN_OF(1) ", " TEN_OF(2) ", " TEN_OF(3) ", " TEN_OF(4) ", " TEN_OF(5) ", " TEN_OF(6) ", " TEN_OF(7) ", " \
  TEN_OF(8) ", " TEN_OF(9) ", " TEN_OF(10) ", " TEN_OF(11) ", %120, %121, %122, %123, %124, %125, %126, %127"
#define SUMS_4(i) "+f"(d[i]), "+f"(d[i + 1]), "+f"(d[i + 2]), "+f"(d[i + 3])
#define SUMS_16(i) SUMS_4(i), SUMS_4(i + 4), SUMS_4(i + 8), SUMS_4(i + 12)
#define SUMS_32 SUMS_16(0), SUMS_16(16)
#define SUMS_64 SUMS_32, SUMS_16(32), SUMS_16(48)
#define SUMS_128 SUMS_64, SUMS_16(64), SUMS_16(80), SUMS_16(96), SUMS_16(112)

// `a` by descriptor or in registers, b by descriptor; `n0`: number of the first operand behind d.
#define WGMMA(type, columns, sums, n0, n1, n2, n3, n4)                                                                        \
  static __device__ __forceinline__ void multiply(float(&d)[sums], u64 a, u64 b) {                                            \
    asm volatile("{.reg .pred p; setp.eq.u32 p, 0, 0; wgmma.mma_async.sync.aligned.m64n" #columns "k16.f32." #type "." #type  \
                 " {" NUMBERS_##sums "}, %" #n0 ", %" #n1 ", p, 1, 1, 0, 0;}"                                                 \
                 : SUMS_##sums                                                                                                \
                 : "l"(a), "l"(b));                                                                                           \
  }                                                                                                                           \
  static __device__ __forceinline__ void multiply(float(&d)[sums], const u32(&a)[4], u64 b) {                                 \
    asm volatile("{.reg .pred p; setp.eq.u32 p, 0, 0; wgmma.mma_async.sync.aligned.m64n" #columns "k16.f32." #type "." #type  \
                 " {" NUMBERS_##sums "}, {%" #n0 ", %" #n1 ", %" #n2 ", %" #n3 "}, %" #n4 ", p, 1, 1, 0;}"                    \
                 : SUMS_##sums                                                                                                \
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b));                                                       \
  }

struct WgmmaF16 {
  WGMMA(f16, 64, 32, 32, 33, 34, 35, 36)
  WGMMA(f16, 128, 64, 64, 65, 66, 67, 68)
  WGMMA(f16, 256, 128, 128, 129, 130, 131, 132)
};

struct WgmmaBF16 {
  WGMMA(bf16, 64, 32, 32, 33, 34, 35, 36)
  WGMMA(bf16, 128, 64, 64, 65, 66, 67, 68)
  WGMMA(bf16, 256, 128, 128, 129, 130, 131, 132)
};
#endif
