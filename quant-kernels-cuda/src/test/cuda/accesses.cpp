#include "accesses.h"

#include "background.h"
#include "clocks.h"
#include "emulation.h"
#include "findings.h"
#include "races.h"

namespace emulation {

static void checkProducts(const Region& r, uintptr_t at, size_t bytes) {
  if (r.shared && productsRead(at, bytes)) {
    found("racecheck", "write to what a product reads that was not waited for", r.place(at));
  }
}

void accesses(const void* p, size_t bytes, Access access) {
  uintptr_t at = (uintptr_t)p;
  bool writes = access == WRITE || access == ATOMIC;
  const Region& r = regionOf(at, bytes, writes ? "write" : "read");
  if (at % bytes != 0) {
    found("memcheck", "access of " + std::to_string(bytes) + " bytes that is not aligned", r.place(at));
  }
  if (access == READ || access == ATOMIC) {
    r.checkWritten(at, bytes);
  }
  visit(r, at, bytes, access == WRITE ? W : access == ATOMIC ? A : R, here.thread.x, access == PRODUCT);
  if (!writes) {
    return;
  }
  if (!r.shared && !earlierKnownDone()) {
    found("racecheck", "write before earlier_done", r.place(at));
  }
  checkProducts(r, at, bytes);
  r.mark(at, bytes, true);
}

void copyOnItsWay(const void* to, const void* from, size_t bytes, size_t wanted, unsigned actor) {
  if (wanted > 0) {
    visit(regionOf((uintptr_t)from, wanted, "copy"), (uintptr_t)from, wanted, R, here.thread.x);
  }
  const Region& r = regionOf((uintptr_t)to, bytes, "copy");
  checkProducts(r, (uintptr_t)to, bytes);
  visit(r, (uintptr_t)to, bytes, LANDING, actor);
}

void copyLanded(const void* to, const void* from, size_t bytes, size_t wanted, unsigned actor) {
  uintptr_t at = (uintptr_t)to;
  const Region& r = regionOf(at, bytes, "copy");
  land(r, at, bytes, actor);
  r.mark(at, bytes, true);
  if (wanted > 0) {
    const Region& source = regionOf((uintptr_t)from, wanted, "copy");
    for (size_t i = 0; i < wanted; i++) {
      if (!source.isWritten((uintptr_t)from + i)) {
        r.mark(at + i, 1, false);
      }
    }
  }
}

}  // namespace emulation
