#include "clocks.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <vector>

#include "emulation.h"
#include "background.h"
#include "findings.h"
#include "regions.h"

namespace emulation {
namespace {

typedef uint32_t Tick;
typedef std::vector<Tick> Ticks; // by actor; empty: none

void join(Ticks& to, const Ticks& from) {
  if (from.empty()) {
    return;
  }
  to.resize(ACTORS);
  for (unsigned i = 0; i < ACTORS; i++) {
    to[i] = to[i] > from[i] ? to[i] : from[i];
  }
}

// What a thread knew at a moment, beyond its own.
struct View {
  Moment at;
  Tick block; // last barrier of the block, and of the warp
  Tick warp;
  Ticks others;

  bool knows(const Moment& m) const {
    if (m.actor < MOST_THREADS) {
      bool mate = m.actor / 32 == at.actor / 32;
      if (m.tick <= block || (mate && m.tick <= warp) || (m.actor == at.actor && m.tick <= at.tick)) {
        return true;
      }
    }
    return !others.empty() && m.tick <= others[m.actor];
  }
};

typedef std::vector<std::shared_ptr<View>> Views;

// Views of other blocks that a thread has taken over at a moment.
struct Acquired {
  Moment at;
  Views views;
};

struct Thread {
  Ticks others;          // last barriers with other threads, but for those of block and warp
  bool earlierDone;
  Tick shown;            // last writtenForProducts
  std::shared_ptr<View> published;
  Views publishedViews;  // of other blocks
  Views seen;            // by an atomic operation, not yet followed by publish()
};

struct Barrier {
  unsigned actor;
  bool ready;
  Ticks arrived;
  Ticks ended; // of the last phase that is over
  bool earlierDone;
};

uint32_t block;
Tick tick;
Tick blockBarrierAt;
std::vector<Tick> warpBarrierAt;
std::vector<Thread> all;
std::map<const void*, Barrier> barriers;
std::vector<Acquired> acquired;
std::map<const void*, Views> byAtomics; // of the launch
bool launchOverlaps;
bool anyWaited;
uint32_t launchFirst;
uint32_t overlappedFirst;

Thread& own() { return all[here.thread.x]; }

// All that a thread knows, so that others can take it over.
Ticks knowledge(unsigned t) {
  Ticks ticks = all[t].others;
  ticks.resize(ACTORS);
  for (unsigned mate = t / 32 * 32; mate < t / 32 * 32 + 32; mate++) {
    ticks[mate] = std::max(ticks[mate], warpBarrierAt[t / 32]);
  }
  ticks[t] = tick;
  return ticks;
}

Barrier& barrierAt(const void* at) {
  auto found = barriers.find(at);
  if (found == barriers.end()) {
    fail("no barrier was made there");
  }
  return found->second;
}

// Threads from `first` to `end` meet; what they know by barriers of their own and of copies becomes common.
void share(unsigned first, unsigned end) {
  Ticks common;
  bool earlierDone = false;
  for (unsigned t = first; t < end; t++) {
    join(common, all[t].others);
    earlierDone |= all[t].earlierDone;
  }
  for (unsigned t = first; t < end; t++) {
    if (!common.empty()) {
      all[t].others = common;
    }
    all[t].earlierDone = earlierDone;
  }
}

}  // namespace

Moment now() { return {block, here.thread.x, tick}; }
uint32_t firstOfLaunch() { return launchFirst; }
uint32_t firstOfOverlapped() { return overlappedFirst; }
bool earlierKnownDone() { return own().earlierDone; }
bool visibleToProducts(const Moment& m) { return m.actor >= MOST_THREADS || m.tick <= all[m.actor].shown; }

unsigned actorOf(const void* barrier) {
  const Barrier& b = barrierAt(barrier);
  if (!b.ready) {
    found("synccheck", "bulk copy for a barrier without barriers_ready");
  }
  return b.actor;
}

void pass() {
  if (++tick >= 1u << 20) {
    fprintf(stderr, "emulation: too much happens in a block for the checkers\n");
    abort();
  }
}

bool isKnown(const Moment& m) {
  unsigned t = here.thread.x;
  if (m.block == block) {
    if (m.actor == t) {
      return true;
    }
    if (m.actor < MOST_THREADS && (m.tick <= blockBarrierAt || (m.actor / 32 == t / 32 && m.tick <= warpBarrierAt[t / 32]))) {
      return true;
    }
    return !all[t].others.empty() && m.tick <= all[t].others[m.actor];
  }
  for (const Acquired& a : acquired) {
    if (isKnown(a.at)) {
      for (const auto& view : a.views) {
        if (view->at.block == m.block && view->knows(m)) {
          return true;
        }
      }
    }
  }
  return false;
}

void launchBegins(const std::string& kernel, bool overlaps) {
  findingsBegin(kernel);
  launchFirst = block + 1;
  if (!overlaps) {
    overlappedFirst = launchFirst;
  }
  launchOverlaps = overlaps;
  anyWaited = false;
  byAtomics.clear();
}

std::string launchEnds() {
  if (launchOverlaps && !anyWaited) {
    found("synccheck", "no thread waits for earlier launches, so that later ones do not either");
  }
  return findingsEnd();
}

void allDone() { overlappedFirst = block + 1; }

void blockBegins(unsigned threads, unsigned char* dynamicShared, size_t bytes) {
  if (++block >= 1u << 26) {
    abort(); // more than records can number
  }
  tick = 1;
  blockBarrierAt = 0;
  warpBarrierAt.assign((threads + 31) / 32, 0);
  all.assign(threads, Thread());
  for (Thread& t : all) {
    t.earlierDone = !launchOverlaps;
  }
  barriers.clear();
  acquired.clear();
  sharedBegins(dynamicShared, bytes);
  backgroundBegins(threads);
}

void blockMeets() {
  blockBarrierAt = tick;
  share(0, (unsigned)all.size());
  pass();
}

void warpMeets(unsigned warp) {
  warpBarrierAt[warp] = tick;
  share(warp * 32, std::min((unsigned)all.size(), warp * 32 + 32));
  pass();
}

void someMeet(const unsigned* members, unsigned count) {
  Ticks common;
  bool earlierDone = false;
  for (unsigned i = 0; i < count; i++) {
    join(common, knowledge(members[i]));
    earlierDone |= all[members[i]].earlierDone;
  }
  for (unsigned i = 0; i < count; i++) {
    all[members[i]].others = common;
    all[members[i]].earlierDone = earlierDone;
  }
  pass();
}

void barrierBegins(const void* barrier) {
  accesses(barrier, 8, WRITE);
  if (barriers.size() >= MOST_BARRIERS) {
    fail("too many barriers for the checkers");
  }
  barriers[barrier] = {MOST_THREADS + (unsigned)barriers.size(), false, {}, {}, false};
}

void barriersReady() {
  for (auto& entry : barriers) {
    entry.second.ready = true;
  }
}

void barrierArrives(const void* barrier) {
  accesses(barrier, 8, ATOMIC);
  Barrier& b = barrierAt(barrier);
  join(b.arrived, knowledge(here.thread.x));
  b.earlierDone |= own().earlierDone;
  pass();
}

void barrierPhaseEnds(const void* barrier) {
  Barrier& b = barrierAt(barrier);
  b.arrived.resize(ACTORS);
  b.arrived[b.actor] = tick; // its copies have landed
  b.ended = b.arrived;
  pass();
}

void barrierPassed(const void* barrier) {
  accesses(barrier, 8, ATOMIC);
  Barrier& b = barrierAt(barrier);
  join(own().others, b.ended);
  own().earlierDone |= b.earlierDone;
}

void writtenForProducts() {
  own().shown = tick;
  pass();
}

void publishes() {
  Moment at = now();
  Thread& t = own();
  if (!t.seen.empty()) {
    acquired.push_back({at, t.seen});
    t.seen.clear();
  }
  t.published.reset(new View{at, blockBarrierAt, warpBarrierAt[at.actor / 32], t.others});
  t.publishedViews.clear();
  for (const Acquired& a : acquired) {
    if (isKnown(a.at)) {
      t.publishedViews.insert(t.publishedViews.end(), a.views.begin(), a.views.end());
    }
  }
  pass();
}

void orderedByAtomic(const void* at) {
  Views& views = byAtomics[at];
  Thread& t = own();
  t.seen.insert(t.seen.end(), views.begin(), views.end());
  if (t.published != nullptr) {
    views.push_back(t.published);
    views.insert(views.end(), t.publishedViews.begin(), t.publishedViews.end());
  }
  pass();
}

void earlierAreDone() {
  own().earlierDone = true;
  anyWaited = true;
}

}  // namespace emulation
