// What the emulation tells the checkers (README.md) of accesses and of what orders them. Without CHECKED nobody listens:
// nothing is called, and what a device does in the background is done at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

namespace emulation {

// A product only reads, but by way of the tensor cores, which see what a thread has written after written_for_wgmma.
enum Access { READ, WRITE, ATOMIC, PRODUCT };

#ifdef CHECKED

// For functions that tell of their accesses themselves; of all others the compiler tells (instrumented.cpp).
#define NOT_CHECKED __attribute__((no_sanitize("thread")))

void accesses(const void* at, size_t bytes, Access how);

// Copies of 16 bytes or less in the background, of which the first `wanted` are read and the others zeros.
void copyBegins(void* shared, const void* global, unsigned bytes, unsigned wanted);
void copiesEnd();
void copiesWait(unsigned pending);

// Barriers in shared memory (emulation-wgmma.h). `phaseEnds`: with this arrival, or with these bytes.
void barrierBegins(const void* barrier);
void barriersReady();
void barrierArrives(const void* barrier);
void barrierPhaseEnds(const void* barrier);
void barrierPassed(const void* barrier);
// Both return how many bytes have arrived; the second one is called when somebody waits for them.
int bulkCopyBegins(void* shared, const void* global, int bytes, const void* barrier);
int bulkCopiesOf(const void* barrier);

// A product of this warp reads `rows` of a panel from `panel` on, 32 bytes of each.
void productReads(uintptr_t panel, unsigned rows);
void productsEnd();
void productsWait(unsigned pending);
void writtenForProducts();

void publishes();
void orderedByAtomic(const void* at);
void earlierAreDone();

// Of blocks.cpp, by numbers of threads and warps.
void launchBegins(const std::string& kernel, bool overlaps);
std::string launchEnds(); // what was found, or nothing
void blockBegins(unsigned threads, unsigned char* dynamicShared, size_t bytes);
void blockEnds();
void threadEnds();
void blockMeets();
void warpMeets(unsigned warp);
void someMeet(const unsigned* members, unsigned count);

// Of the driver. Copies and sets of the host wait for all launches, and those for them.
void allocated(uintptr_t begin, size_t bytes);
void freed(uintptr_t begin);
std::string hostWrites(uintptr_t at, size_t bytes);
std::string hostReads(uintptr_t at, size_t bytes);
void allDone();

// What order threads, warps and blocks run in: every one of `count` once, by QUANT4J_EMULATION_SEED.
struct Order {
  explicit Order(size_t count);
  size_t at(size_t i) const { return (start + i * step) % count; }

  size_t count;
  size_t start;
  size_t step;
};

#else

#define NOT_CHECKED

inline void accesses(const void*, size_t, Access) {}
inline void copyBegins(void* shared, const void* global, unsigned bytes, unsigned wanted) {
  memcpy(shared, global, wanted);
  memset((char*)shared + wanted, 0, bytes - wanted);
}
inline void copiesEnd() {}
inline void copiesWait(unsigned) {}
inline void barrierBegins(const void*) {}
inline void barriersReady() {}
inline void barrierArrives(const void*) {}
inline void barrierPhaseEnds(const void*) {}
inline void barrierPassed(const void*) {}
inline int bulkCopyBegins(void* shared, const void* global, int bytes, const void*) {
  memcpy(shared, global, (size_t)bytes);
  return bytes;
}
inline int bulkCopiesOf(const void*) { return 0; }
inline void productReads(uintptr_t, unsigned) {}
inline void productsEnd() {}
inline void productsWait(unsigned) {}
inline void writtenForProducts() {}
inline void publishes() {}
inline void orderedByAtomic(const void*) {}
inline void earlierAreDone() {}
inline void launchBegins(const std::string&, bool) {}
inline std::string launchEnds() { return ""; }
inline void blockBegins(unsigned, unsigned char*, size_t) {}
inline void blockEnds() {}
inline void threadEnds() {}
inline void blockMeets() {}
inline void warpMeets(unsigned) {}
inline void someMeet(const unsigned*, unsigned) {}
inline void allocated(uintptr_t, size_t) {}
inline void freed(uintptr_t) {}
inline std::string hostWrites(uintptr_t, size_t) { return ""; }
inline std::string hostReads(uintptr_t, size_t) { return ""; }
inline void allDone() {}

struct Order {
  explicit Order(size_t all) : count(all) {}
  size_t at(size_t i) const { return i; }

  size_t count;
};

#endif

}  // namespace emulation
