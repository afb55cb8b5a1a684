#include "shadow.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "background.h"
#include "emulation.h"
#include "findings.h"

// Writable data of this library, where `__shared__` variables are.
extern "C" __attribute__((visibility("hidden"))) char __bss_start[];
extern "C" __attribute__((visibility("hidden"))) char _end[];

namespace emulation {
namespace {

// An access in 64 bits; 0 is none. `bytes`: which of four.
enum How { R, W, A, COMING };
struct Record {
  uint64_t block : 26;
  uint64_t actor : 11;
  uint64_t tick : 20;
  uint64_t how : 3;
  uint64_t bytes : 4;

  bool operator==(const Record& o) const {
    return block == o.block && actor == o.actor && tick == o.tick && how == o.how && bytes == o.bytes;
  }
  Moment at() const { return {(uint32_t)block, (uint32_t)actor, (uint32_t)tick}; }
};
static_assert(sizeof(Record) == 8, "a record is a word");

const unsigned SLOTS = 4;
const unsigned UNUSED_TAIL = 16; // bytes behind what is asked for, which may be read but are not used (KERNELS.md)

struct Cell {
  Record records[SLOTS];
};

struct Region {
  uintptr_t begin;
  size_t bytes;
  bool shared;
  Cell* cells;      // of four bytes each
  uint32_t* stamps; // of bytes: the block that wrote it in shared memory, 0 if none did
};

template <class T>
T* room(size_t count) {
  void* p = mmap(nullptr, count * sizeof(T), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return p == MAP_FAILED ? (abort(), nullptr) : (T*)p;
}

Region regionOf(uintptr_t begin, size_t bytes, bool shared) {
  return {begin, bytes, shared, room<Cell>(bytes / 4 + 1), room<uint32_t>(bytes)};
}

std::map<uintptr_t, Region> device;
Region staticShared;
Region dynamicRegion;
Region* last;

bool inside(const Region& r, uintptr_t at) { return at - r.begin < r.bytes; }

Region* find(uintptr_t at) {
  if (last != nullptr && inside(*last, at)) {
    return last;
  }
  if (inside(dynamicRegion, at)) {
    return last = &dynamicRegion;
  }
  if (inside(staticShared, at)) {
    return last = &staticShared;
  }
  auto next = device.upper_bound(at);
  if (next != device.begin() && inside(std::prev(next)->second, at)) {
    return last = &std::prev(next)->second;
  }
  return nullptr;
}

const char* nameOf(unsigned how) {
  return how == R ? "read" : how == W ? "write" : how == A ? "atomic operation" : "copy in the background";
}

std::string actorName(const Record& r, uint32_t block) {
  std::string name = r.actor >= MOST_THREADS ? "a bulk copy" : "thread " + std::to_string(r.actor);
  return r.block == block ? name : name + " of another block";
}

std::string placeOf(const Region& r, uintptr_t at) {
  std::string offset = std::to_string(at - r.begin);
  return r.shared ? " of shared memory at " + offset : " of an allocation of " + std::to_string(r.bytes) + " bytes at " + offset;
}

// Holds an access against the last ones of four bytes, and is one of them from now on.
class Visit {
 public:
  Visit(const Region& r, How how, unsigned actor, bool product)
      : region(r), moment(now()), how(how), product(product), firstLive(r.shared ? moment.block : firstOfLaunch()) {
    record = {moment.block, actor, moment.tick, (uint64_t)how, 0};
  }

  void word(uintptr_t at, unsigned bytes) {
    record.bytes = bytes;
    Record* slots = region.cells[(at - region.begin) / 4].records;
    int free = -1;
    for (unsigned i = 0; i < SLOTS; i++) {
      Record& r = slots[i];
      if (r == record || covers(r)) {
        return;
      }
      if (r.block == 0 || passed(r, at)) {
        r = {};
        free = (int)i;
      }
    }
    put(slots, free);
  }

 private:
  const Region& region;
  Moment moment;
  How how;
  bool product;
  uint32_t firstLive;
  Record record;

  // A write of the same thread at the same tick tells as much as this read.
  bool covers(const Record& r) const {
    return how == R && !product && r.how == W && r.block == record.block && r.actor == record.actor && r.tick == record.tick &&
           (record.bytes & ~r.bytes) == 0;
  }

  // Whether a record is of no further use.
  bool passed(const Record& r, uintptr_t at) {
    bool within = (r.bytes & ~record.bytes) == 0;
    if (r.block < firstLive) {
      return region.shared || earlier(r, at) || (how == W && within);
    }
    if ((r.bytes & record.bytes) == 0) {
      return false;
    }
    bool conflict = !(r.how == R && how == R) && !(r.how == A && how == A);
    bool known = r.how != COMING && isKnown(r.at());
    if (conflict && !known) {
      found("racecheck", std::string(nameOf(how)) + " after a " + nameOf(r.how) + " that nothing orders before it",
            placeOf(region, at) + ", by " + actorName(r, moment.block));
      return true;
    }
    if (product && r.how == W && !visibleToProducts(r.at())) {
      found("racecheck", "product of what was written without written_for_wgmma", placeOf(region, at));
    }
    return within && (r.how == R || how == W || how == COMING || (how == A && r.how == A)) && (known || r.how == A);
  }

  // A launch before this one made it.
  bool earlier(const Record& r, uintptr_t at) {
    if (r.block < firstOfOverlapped()) {
      return true;
    }
    if (how == R && r.how != R && (r.bytes & record.bytes) != 0 && !earlierKnownDone()) {
      found("racecheck", "read of what an earlier launch wrote, without earlier_done", placeOf(region, at));
      return true;
    }
    return r.how == R;
  }

  // Reads make room for others first; a read finds no room beside four writes of single bytes.
  void put(Record* slots, int free) {
    for (unsigned i = 0; free < 0 && i < SLOTS; i++) {
      unsigned place = (i + (unsigned)moment.tick) % SLOTS;
      if (slots[place].how == R) {
        free = (int)place;
      }
    }
    if (free < 0 && how != R) {
      free = 0;
    }
    if (free >= 0) {
      slots[free] = record;
    }
  }
};

void visit(const Region& r, uintptr_t at, size_t bytes, How how, unsigned actor, bool product) {
  Visit visit(r, how, actor, product);
  uintptr_t end = at + bytes;
  while (at < end) {
    uintptr_t word = at / 4 * 4;
    unsigned from = (unsigned)(at - word);
    unsigned to = (unsigned)std::min<uintptr_t>(end - word, 4);
    visit.word(word, (1u << to) - (1u << from));
    at = word + 4;
  }
}

// Ends the block: what lies there is not the kernel's.
Region& regionAt(uintptr_t at, size_t bytes, const char* what) {
  Region* r = find(at);
  if (r == nullptr || at + bytes > r->begin + r->bytes) {
    auto next = device.upper_bound(at);
    std::string where = "";
    if (next != device.begin()) {
      const Region& before = std::prev(next)->second;
      where = ", " + std::to_string((long)(at + bytes - before.begin - before.bytes)) + " beyond an allocation of " +
              std::to_string(before.bytes);
    }
    found("memcheck", std::string(what) + " of " + std::to_string(bytes) + " bytes that are no device memory", where);
    fail("an access outside of device memory");
  }
  return *r;
}

// Shared memory may be read before it is written, if nothing comes of it: it is NaN then, or -1. Device memory may not, but
// for a tail that is never used.
void checkWritten(const Region& r, uintptr_t at, size_t bytes) {
  const uint32_t* stamps = r.stamps + (at - r.begin);
  uint32_t wanted = r.shared ? now().block : 1;
  bool written = true;
  for (size_t i = 0; i < bytes; i++) {
    written &= stamps[i] == wanted;
  }
  for (size_t i = 0; i < bytes && !written; i++) {
    if (stamps[i] == wanted) {
      continue;
    }
    if (r.shared) {
      *(unsigned char*)(at + i) = 0xff;
    } else if (at + i < r.begin + r.bytes - UNUSED_TAIL) {
      found("initcheck", "read of what was never written", placeOf(r, at + i));
      return;
    }
  }
}

void stamp(const Region& r, uintptr_t at, size_t bytes, bool written) {
  uint32_t* stamps = r.stamps + (at - r.begin);
  std::fill(stamps, stamps + bytes, !written ? 0 : r.shared ? now().block : 1);
}

}  // namespace

void accesses(const void* p, size_t bytes, Access access) {
  uintptr_t at = (uintptr_t)p;
  bool writes = access == WRITE || access == ATOMIC;
  const Region& r = regionAt(at, bytes, writes ? "write" : "read");
  if ((bytes & (bytes - 1)) == 0 && bytes <= 16 && at % bytes != 0) {
    found("memcheck", "access of " + std::to_string(bytes) + " bytes that is not aligned", placeOf(r, at));
  }
  if (writes && !r.shared && !earlierKnownDone()) {
    found("racecheck", "write before earlier_done", placeOf(r, at));
  }
  if (writes && r.shared && productsRead(at, bytes)) {
    found("racecheck", "write to what a product reads that was not waited for", placeOf(r, at));
  }
  if (access == READ || access == ATOMIC) {
    checkWritten(r, at, bytes);
  }
  visit(r, at, bytes, access == WRITE ? W : access == ATOMIC ? A : R, here.thread.x, access == PRODUCT);
  if (writes) {
    stamp(r, at, bytes, true);
  }
}

void readForCopy(const void* from, size_t bytes) {
  uintptr_t at = (uintptr_t)from;
  visit(regionAt(at, bytes, "copy"), at, bytes, R, here.thread.x, false);
}

void landsLater(const void* to, size_t bytes, unsigned actor) {
  uintptr_t at = (uintptr_t)to;
  const Region& r = regionAt(at, bytes, "copy");
  if (productsRead(at, bytes)) {
    found("racecheck", "copy to what a product reads that was not waited for", placeOf(r, at));
  }
  visit(r, at, bytes, COMING, actor, false);
}

void landed(void* p, const void* from, size_t bytes, size_t wanted, unsigned actor) {
  uintptr_t at = (uintptr_t)p;
  const Region& r = regionAt(at, bytes, "copy");
  for (size_t i = 0; i < bytes; i += 4) {
    for (Record& record : r.cells[(at + i - r.begin) / 4].records) {
      if (record.how == COMING && record.actor == actor) {
        record.how = W;
        record.tick = now().tick;
      }
    }
  }
  stamp(r, at, bytes, true);
  if (wanted > 0) {
    const Region& source = regionAt((uintptr_t)from, wanted, "copy");
    const uint32_t* stamps = source.stamps + ((uintptr_t)from - source.begin);
    for (size_t i = 0; i < wanted; i++) {
      if (stamps[i] == 0) {
        stamp(r, at + i, 1, false);
      }
    }
  }
}

void sharedBegins(unsigned char* dynamicShared, size_t bytes) {
  if (staticShared.bytes == 0) {
    staticShared = regionOf((uintptr_t)__bss_start / 16 * 16, (size_t)(_end - __bss_start) + 16, true);
  }
  if (dynamicRegion.begin != (uintptr_t)dynamicShared || dynamicRegion.bytes != bytes) {
    if (dynamicRegion.bytes > 0) {
      munmap(dynamicRegion.cells, (dynamicRegion.bytes / 4 + 1) * sizeof(Cell));
      munmap(dynamicRegion.stamps, dynamicRegion.bytes * sizeof(uint32_t));
    }
    dynamicRegion = bytes > 0 ? regionOf((uintptr_t)dynamicShared, bytes, true) : Region();
  }
  last = nullptr;
}

void allocated(uintptr_t begin, size_t bytes) { device[begin] = regionOf(begin, bytes, false); }

void freed(uintptr_t begin) {
  const Region& r = device.at(begin);
  munmap(r.cells, (r.bytes / 4 + 1) * sizeof(Cell));
  munmap(r.stamps, r.bytes * sizeof(uint32_t));
  device.erase(begin);
  last = nullptr;
}

static const Region* hostRegion(uintptr_t at, size_t bytes) {
  last = nullptr;
  const Region* r = find(at);
  return r != nullptr && !r->shared && at + bytes <= r->begin + r->bytes ? r : nullptr;
}

std::string hostWrites(uintptr_t at, size_t bytes) {
  const Region* r = hostRegion(at, bytes);
  if (r == nullptr) {
    return "the host writes what is no device memory";
  }
  stamp(*r, at, bytes, true);
  return "";
}

std::string hostReads(uintptr_t at, size_t bytes) {
  return hostRegion(at, bytes) == nullptr ? "the host reads what is no device memory" : "";
}

}  // namespace emulation
