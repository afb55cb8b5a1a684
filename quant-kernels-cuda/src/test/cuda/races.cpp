#include "races.h"

#include <algorithm>

#include "clocks.h"
#include "emulation.h"
#include "findings.h"

namespace emulation {
namespace {

// `bytes`: which of the four. Block 0: none.
struct Record {
  uint64_t block : 26;
  uint64_t actor : 11;
  uint64_t tick : 20;
  uint64_t how : 3;
  uint64_t bytes : 4;

  Moment at() const { return {(uint32_t)block, (uint32_t)actor, (uint32_t)tick}; }
  bool sameMoment(const Record& o) const { return block == o.block && actor == o.actor && tick == o.tick; }
};
static_assert(sizeof(Record) == sizeof(uint64_t), "a record is a word");

const unsigned SLOTS = sizeof(Cell) / sizeof(Record);

const char* nameOf(unsigned how) {
  return how == R ? "read" : how == W ? "write" : how == A ? "atomic operation" : "copy in the background";
}

class Visit {
 public:
  Visit(const Region& region, How how, unsigned actor, bool product)
      : region(region),
        how(how),
        product(product),
        firstOfNow(region.shared ? now().block : firstOfLaunch()),
        own{now().block, actor, now().tick, (uint64_t)how, 0} {}

  // Four bytes, or some of them.
  void word(uintptr_t at, unsigned bytes) {
    own.bytes = bytes;
    Record* slots = (Record*)region.cell(at).records;
    int free = -1;
    for (unsigned i = 0; i < SLOTS; i++) {
      if (tells(slots[i])) {
        return;
      }
      if (slots[i].block == 0 || passed(slots[i], at)) {
        slots[i] = {};
        free = (int)i;
      }
    }
    keep(slots, free);
  }

 private:
  const Region& region;
  How how;
  bool product;
  uint32_t firstOfNow; // block whose accesses this one may race with
  Record own;

  // Whether a record says all that this access would: it is the same, or a write where this is a read.
  bool tells(const Record& r) const {
    return !product && r.sameMoment(own) && (own.bytes & ~r.bytes) == 0 && (r.how == own.how || (how == R && r.how == W));
  }

  // Whether a record is of no further use.
  bool passed(const Record& r, uintptr_t at) const {
    bool within = (r.bytes & ~own.bytes) == 0;
    if (r.block < firstOfNow) {
      return region.shared || ofEarlierLaunch(r, at) || (how == W && within);
    }
    if ((r.bytes & own.bytes) == 0) {
      return false;
    }
    bool together = r.how == how && (how == R || how == A);
    bool known = r.how != LANDING && isKnown(r.at());
    if (!together && !known) {
      found("racecheck", std::string(nameOf(how)) + " after a " + nameOf(r.how) + " that nothing orders before it",
            region.place(at) + ", by " + nameOfActor(r));
      return true;
    }
    if (product && r.how == W && !visibleToProducts(r.at())) {
      found("racecheck", "product of what was written without written_for_wgmma", region.place(at));
    }
    bool outlives = how == W || how == LANDING || r.how == R || together; // whoever may not race with that, may not with this
    return within && outlives && (known || how == A);
  }

  bool ofEarlierLaunch(const Record& r, uintptr_t at) const {
    if (r.block >= firstOfOverlapped() && how == R && r.how != R && (r.bytes & own.bytes) != 0 && !earlierKnownDone()) {
      found("racecheck", "read of what an earlier launch wrote, without earlier_done", region.place(at));
      return true;
    }
    return r.block < firstOfOverlapped() || r.how == R;
  }

  std::string nameOfActor(const Record& r) const {
    std::string name = r.actor >= MOST_THREADS ? "a bulk copy" : "thread " + std::to_string(r.actor);
    return r.block == own.block ? name : name + " of another block";
  }

  // Reads make room; a read finds none beside four writes of single bytes.
  void keep(Record* slots, int free) const {
    for (unsigned i = 0; free < 0 && i < SLOTS; i++) {
      unsigned slot = (i + (unsigned)own.tick) % SLOTS;
      free = slots[slot].how == R ? (int)slot : -1;
    }
    if (free >= 0 || how != R) {
      slots[free < 0 ? 0 : free] = own;
    }
  }
};

}  // namespace

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

void land(const Region& r, uintptr_t at, size_t bytes, unsigned actor) {
  for (uintptr_t word = at / 4 * 4; word < at + bytes; word += 4) {
    for (Record& record : *(Record(*)[SLOTS])r.cell(word).records) {
      if (record.how == LANDING && record.actor == actor && record.block == now().block) {
        record.how = W;
        record.tick = now().tick;
      }
    }
  }
}

}  // namespace emulation
