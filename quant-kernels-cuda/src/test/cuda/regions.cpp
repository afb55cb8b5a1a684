#include "regions.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "clocks.h"
#include "emulation.h"
#include "findings.h"

// Writable data of this library, where `__shared__` variables are.
extern "C" __attribute__((visibility("hidden"))) char __bss_start[];
extern "C" __attribute__((visibility("hidden"))) char _end[];

namespace emulation {
namespace {

const unsigned UNUSED_TAIL = 16; // bytes behind what is asked for, which may be read but are not used (KERNELS.md)

std::map<uintptr_t, Region> device;
Region staticShared;
Region dynamicRegion;
const Region* last;

// Zeros, which take memory only once they are touched.
template <class T>
T* zeros(size_t count) {
  void* p = mmap(nullptr, count * sizeof(T), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return p == MAP_FAILED ? (abort(), nullptr) : (T*)p;
}

size_t cellsOf(size_t bytes) { return bytes / 4 + 1; }

const Region* before(uintptr_t at) {
  auto next = device.upper_bound(at);
  return next == device.begin() ? nullptr : &std::prev(next)->second;
}

const Region* find(uintptr_t at) {
  if (last != nullptr && last->has(at)) {
    return last;
  }
  const Region* r = dynamicRegion.has(at) ? &dynamicRegion : staticShared.has(at) ? &staticShared : before(at);
  return r != nullptr && r->has(at) ? last = r : nullptr;
}

std::string hostAccess(uintptr_t at, size_t bytes, bool write) {
  const Region* r = find(at);
  if (r == nullptr || r->shared || !r->hasAll(at, bytes)) {
    return "the host copies " + std::to_string(bytes) + " bytes that are no device memory";
  }
  if (write) {
    r->mark(at, bytes, true);
  }
  return "";
}

}  // namespace

Region::Region(uintptr_t begin, size_t bytes, bool shared)
    : begin(begin), bytes(bytes), shared(shared), cells(zeros<Cell>(cellsOf(bytes))), stamps(zeros<uint32_t>(bytes)) {}

void Region::release() {
  munmap(cells, cellsOf(bytes) * sizeof(Cell));
  munmap(stamps, bytes * sizeof(uint32_t));
}

uint32_t Region::stamp() const { return shared ? now().block : 1; }

void Region::mark(uintptr_t at, size_t count, bool written) const {
  std::fill_n(stamps + (at - begin), count, written ? stamp() : 0);
}

bool Region::isWritten(uintptr_t at) const { return stamps[at - begin] == stamp(); }

void Region::checkWritten(uintptr_t at, size_t count) const {
  const uint32_t* of = stamps + (at - begin);
  uint32_t wanted = stamp();
  bool all = true;
  for (size_t i = 0; i < count; i++) {
    all &= of[i] == wanted;
  }
  for (size_t i = 0; i < count && !all; i++) {
    if (of[i] == wanted) {
      continue;
    }
    if (shared) {
      *(unsigned char*)(at + i) = 0xff;
    } else if (at + i + UNUSED_TAIL < begin + bytes) {
      found("initcheck", "read of what was never written", place(at + i));
      return;
    }
  }
}

std::string Region::place(uintptr_t at) const {
  std::string offset = std::to_string(at - begin);
  return shared ? " of shared memory at " + offset : " of an allocation of " + std::to_string(bytes) + " bytes at " + offset;
}

const Region& regionOf(uintptr_t at, size_t bytes, const char* what) {
  const Region* r = find(at);
  if (r == nullptr || !r->hasAll(at, bytes)) {
    const Region* near = before(at);
    found("memcheck", std::string(what) + " of " + std::to_string(bytes) + " bytes that are no device memory",
          near == nullptr ? ""
                          : ", up to " + std::to_string((long)(at + bytes - near->begin - near->bytes)) +
                                " beyond an allocation of " + std::to_string(near->bytes));
    fail("an access outside of device memory");
  }
  return *r;
}

void sharedBegins(unsigned char* dynamicShared, size_t bytes) {
  if (staticShared.bytes == 0) {
    staticShared = Region((uintptr_t)__bss_start / 16 * 16, (size_t)(_end - __bss_start) + 16, true);
  }
  if (dynamicRegion.begin != (uintptr_t)dynamicShared || dynamicRegion.bytes != bytes) {
    if (dynamicRegion.bytes > 0) {
      dynamicRegion.release();
    }
    dynamicRegion = bytes > 0 ? Region((uintptr_t)dynamicShared, bytes, true) : Region();
    last = nullptr;
  }
}

void allocated(uintptr_t begin, size_t bytes) { device[begin] = Region(begin, bytes, false); }

void freed(uintptr_t begin) {
  device[begin].release();
  device.erase(begin);
  last = nullptr;
}

std::string hostWrites(uintptr_t at, size_t bytes) { return hostAccess(at, bytes, true); }
std::string hostReads(uintptr_t at, size_t bytes) { return hostAccess(at, bytes, false); }

}  // namespace emulation
