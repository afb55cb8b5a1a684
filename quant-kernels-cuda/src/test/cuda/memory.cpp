#include "memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>

#include "checking.h"

namespace emulation {

static const size_t GUARD_BYTES = 256; // also the alignment of what is allocated
static const unsigned char GUARD = 0xa5;

struct Allocation {
  unsigned char* mapping;
  size_t mappingBytes;
  unsigned char* begin;
  size_t bytes;
};

static std::map<unsigned long long, Allocation> allocations;
static size_t used;

size_t deviceBytes() {
  const char* stated = getenv("QUANT4J_EMULATION_MEMORY");
  return stated != nullptr ? strtoull(stated, nullptr, 10) : 8ull << 30;
}

size_t freeBytes() { return deviceBytes() - used; }

static bool guardPage() {
  const char* guard = getenv("QUANT4J_EMULATION_GUARD");
  return guard != nullptr && strcmp(guard, "page") == 0;
}

unsigned long long allocateDevice(size_t bytes) {
  if (bytes > freeBytes()) {
    return 0;
  }
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  size_t body = (GUARD_BYTES + bytes + GUARD_BYTES + page - 1) / page * page;
  Allocation a;
  a.mappingBytes = body + page;
  a.mapping = (unsigned char*)mmap(nullptr, a.mappingBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (a.mapping == MAP_FAILED) {
    return 0;
  }
  mprotect(a.mapping + body, page, PROT_NONE);
  a.begin = a.mapping + GUARD_BYTES;
  if (guardPage()) {
    // as near to the page as the alignment of kernels' widest access allows
    a.begin = a.mapping + body - (bytes + 15) / 16 * 16;
  }
  a.bytes = bytes;
  memset(a.mapping, GUARD, body);
  memset(a.begin, 0xff, bytes);
  used += bytes;
  allocations[(unsigned long long)(uintptr_t)a.begin] = a;
  allocated((uintptr_t)a.begin, bytes);
  return (unsigned long long)(uintptr_t)a.begin;
}

static bool whole(const unsigned char* from, const unsigned char* to) {
  for (const unsigned char* p = from; p < to; p++) {
    if (*p != GUARD) {
      return false;
    }
  }
  return true;
}

static std::string damageOf(const Allocation& a) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  const unsigned char* before = a.begin - a.mapping > (long)GUARD_BYTES ? a.begin - GUARD_BYTES : a.mapping;
  const unsigned char* end = a.mapping + a.mappingBytes - page;
  const unsigned char* after = a.begin + a.bytes + GUARD_BYTES < end ? a.begin + a.bytes + GUARD_BYTES : end;
  if (!whole(before, a.begin)) {
    return "something was written before an allocation of " + std::to_string(a.bytes) + " bytes";
  }
  if (!whole(a.begin + a.bytes, after)) {
    return "something was written behind an allocation of " + std::to_string(a.bytes) + " bytes";
  }
  return "";
}

std::string damage() {
  for (const auto& entry : allocations) {
    std::string found = damageOf(entry.second);
    if (!found.empty()) {
      return found;
    }
  }
  return "";
}

bool freeDevice(unsigned long long address) {
  auto at = allocations.find(address);
  if (at == allocations.end()) {
    return false;
  }
  used -= at->second.bytes;
  freed((uintptr_t)address);
  munmap(at->second.mapping, at->second.mappingBytes);
  allocations.erase(at);
  return true;
}

}  // namespace emulation
