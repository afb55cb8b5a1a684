// What wgmma.cuh brings on a device: barriers that count bytes, and products of a warpgroup, which here are made at once. Every
// warp makes its 16 rows by itself.
#pragma once

namespace emulation {

// In the 8 bytes of a barrier.
struct CountingBarrier {
  u64 count : 12;
  u64 missing : 12;
  u64 phase : 1; // parity of the running phase
  i64 bytes : 32;
};

inline CountingBarrier& counting(const void* barrier) { return *(CountingBarrier*)barrier; }

// An arrival, or bytes that come or are announced.
NOT_CHECKED inline void advance(const void* barrier, int arrivals, int bytes) {
  CountingBarrier& b = counting(barrier);
  b.missing -= (unsigned)arrivals;
  b.bytes += bytes;
  if (b.missing == 0 && b.bytes == 0) {
    b.missing = b.count;
    b.phase ^= 1;
    barrierPhaseEnds(barrier);
  }
}

NOT_CHECKED inline bool phaseOver(const void* barrier, unsigned parity) {
  if (counting(barrier).phase == parity && counting(barrier).missing == 0) {
    advance(barrier, 0, -bulkCopiesOf(barrier));
  }
  return counting(barrier).phase != parity;
}

// Stops this fibre until `done` says so.
void waitUntil(bool (*done)(const void*, unsigned), const void* at, unsigned argument);

}  // namespace emulation

NOT_CHECKED inline void barrier_init(u64* barrier, int count) {
  emulation::barrierBegins(barrier);
  emulation::CountingBarrier& b = emulation::counting(barrier);
  b.count = b.missing = (unsigned)count;
  b.phase = 0;
  b.bytes = 0;
}
inline void barriers_ready() { emulation::barriersReady(); }
NOT_CHECKED inline void barrier_expect(u64* barrier, int bytes) {
  if (emulation::counting(barrier).missing == 0) {
    emulation::fail("more arrivals at a barrier than it counts");
  }
  emulation::barrierArrives(barrier);
  emulation::advance(barrier, 1, bytes);
}
inline void barrier_arrive(u64* barrier) { barrier_expect(barrier, 0); }
NOT_CHECKED inline void barrier_wait(u64* barrier, int parity) {
  if (!emulation::phaseOver(barrier, (unsigned)parity)) {
    emulation::waitUntil(emulation::phaseOver, barrier, (unsigned)parity);
  }
  emulation::barrierPassed(barrier);
}
NOT_CHECKED inline void copy_bulk(void* shared, const void* global, int bytes, u64* barrier) {
  if ((uintptr_t)shared % 16 != 0 || (uintptr_t)global % 16 != 0 || bytes % 16 != 0) {
    emulation::fail("a bulk copy that is not of whole 16 bytes");
  }
  emulation::advance(barrier, 0, -emulation::bulkCopyBegins(shared, global, bytes, barrier));
}
inline void written_for_wgmma() { emulation::writtenForProducts(); }
inline void wgmma_begin() {}
inline void wgmma_end() { emulation::productsEnd(); }
template <int PENDING>
inline void wgmma_wait() {
  emulation::productsWait(PENDING);
}
template <int NUMBER>
inline void two_warpgroups_meet() {
  emulation::namedBarrier(NUMBER, 256);
}
template <int COUNT>
inline void fewer_registers() {}
template <int COUNT>
inline void more_registers() {}

// The descriptor counts 16 bytes from 0; here an address is one.
inline u64 panel_descriptor(const void* shared) { return (uintptr_t)shared >> 4; }

namespace emulation {

// Pieces of 16 bytes are permuted by bits of their address.
NOT_CHECKED inline u16 panelElement(u64 descriptor, unsigned row, unsigned col) {
  uintptr_t at = (uintptr_t)(descriptor << 4) + row * 128 + col * 2;
  at ^= (at >> 7 & 7) << 4;
  return *(const u16*)at;
}

struct LeftFragment {
  u32 a[4];
};

// d += a b for the 16 rows of a warp: lanes exchange what they hold of a.
template <float (*TO_FLOAT)(u16), int SUMS>
NOT_CHECKED void multiplyWarpgroup(float (&d)[SUMS], const u32 (&a)[4], u64 b) {
  productReads((uintptr_t)(b << 4), SUMS * 2);
  LeftFragment own = {{a[0], a[1], a[2], a[3]}};
  void* all = exchange(&own, sizeof(own));
  unsigned lane = threadIdx.x % 32;
  float rows[2][16];
  for (unsigned k = 0; k < 16; k++) {
    const LeftFragment* left = (const LeftFragment*)brought(all, lane / 4 * 4 + k % 8 / 2);
    rows[0][k] = TO_FLOAT((u16)(left->a[k / 8 * 2] >> k % 2 * 16));
    rows[1][k] = TO_FLOAT((u16)(left->a[k / 8 * 2 + 1] >> k % 2 * 16));
  }
  for (unsigned j = 0; j < SUMS / 4; j++) {
    for (unsigned e = 0; e < 2; e++) {
      for (unsigned k = 0; k < 16; k++) {
        float right = TO_FLOAT(panelElement(b, j * 8 + lane % 4 * 2 + e, k));
        d[4 * j + e] += rows[0][k] * right;
        d[4 * j + 2 + e] += rows[1][k] * right;
      }
    }
  }
}

template <float (*TO_FLOAT)(u16)>
struct Wgmma {
  template <int SUMS>
  static void multiply(float (&d)[SUMS], const u32 (&a)[4], u64 b) {
    multiplyWarpgroup<TO_FLOAT>(d, a, b);
  }
  template <int SUMS>
  NOT_CHECKED static void multiply(float (&d)[SUMS], u64 a, u64 b) {
    productReads((uintptr_t)(a << 4) + threadIdx.x / 32 % 4 * 16 * 128, 16);
    unsigned row = threadIdx.x / 32 % 4 * 16 + threadIdx.x % 32 / 4;
    unsigned col = threadIdx.x % 4 * 2;
    u32 fragment[4];
    for (unsigned i = 0; i < 4; i++) {
      unsigned r = row + i % 2 * 8, c = col + i / 2 * 8;
      fragment[i] = panelElement(a, r, c) | (u32)panelElement(a, r, c + 1) << 16;
    }
    multiplyWarpgroup<TO_FLOAT>(d, fragment, b);
  }
};

}  // namespace emulation

typedef emulation::Wgmma<emulation::halfToFloat> WgmmaF16;
typedef emulation::Wgmma<emulation::bfloatToFloat> WgmmaBF16;
