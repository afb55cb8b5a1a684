// Runs the blocks of a kernel: threads as fibres, a barrier for the block and one for each warp.
#include "blocks.h"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "emulation.h"
#include "fibres.h"

namespace emulation {

Here here;
bool insideBlock;

namespace {

enum State { READY, AT_BLOCK_BARRIER, AT_WARP_BARRIER, UNTIL, ENDED };

const unsigned LANES = 32;
const unsigned SLOT_BYTES = 64;

struct Slot {
  alignas(16) unsigned char bytes[SLOT_BYTES];
  u64 turn; // number of the exchange that filled it
};

struct Warp {
  unsigned alive;
  unsigned arrived;
  bool exchanges; // what those that have arrived wait for
  Slot slots[2][LANES];
};

struct Thread {
  State state;
  u64 turn;
  bool (*done)(const void*, unsigned); // of those that wait UNTIL something
  const void* at;
  unsigned argument;

  bool canRun() {
    if (state == UNTIL && done(at, argument)) {
      state = READY;
    }
    return state == READY;
  }
};

Fibres& fibres() {
  static Fibres instance;
  return instance;
}

std::vector<Thread> fibre;
std::vector<Warp> warps;
unsigned current;
unsigned alive;
unsigned arrived;
std::string failure;
const Call* body;

// Threads that wait at a barrier of some of the block.
struct NamedBarrier {
  std::vector<unsigned> members;
  unsigned phase;
};
NamedBarrier named[16];

void releaseWarp(unsigned w) {
  if (warps[w].arrived == 0 || warps[w].arrived < warps[w].alive) {
    return;
  }
  warps[w].arrived = 0;
  if (!warps[w].exchanges) {
    warpMeets(w);
  }
  for (unsigned t = w * LANES; t < (w + 1) * LANES && t < fibre.size(); t++) {
    if (fibre[t].state == AT_WARP_BARRIER) {
      fibre[t].state = READY;
    }
  }
}

void releaseBlock() {
  if (arrived == 0 || arrived < alive) {
    return;
  }
  arrived = 0;
  blockMeets();
  for (Thread& t : fibre) {
    if (t.state == AT_BLOCK_BARRIER) {
      t.state = READY;
    }
  }
}

void entry() {
  body->run();
  threadEnds();
  fibre[current].state = ENDED;
  alive--;
  warps[current / LANES].alive--;
  releaseWarp(current / LANES);
  releaseBlock();
  fibres().leave();
}

void wait(State at) {
  fibre[current].state = at;
  unsigned me = current;
  at == AT_WARP_BARRIER ? releaseWarp(me / LANES) : releaseBlock();
  if (fibre[me].state != READY) {
    fibres().leave();
  }
}

// Exchanges and barriers both wait for all lanes, but for all in the same.
void arriveAtWarp(bool exchanges) {
  Warp& warp = warps[current / LANES];
  if (warp.arrived > 0 && warp.exchanges != exchanges) {
    fail("lanes of a warp wait for an exchange and at a barrier");
  }
  warp.exchanges = exchanges;
  warp.arrived++;
  wait(AT_WARP_BARRIER);
}

// Runs what can run of a warp; returns whether anything could.
bool runWarp(unsigned w) {
  bool any = false;
  Order lanes(std::min((size_t)LANES, fibre.size() - w * LANES));
  for (bool progress = true; progress && failure.empty();) {
    progress = false;
    for (unsigned i = 0; i < lanes.count && failure.empty(); i++) {
      unsigned t = w * LANES + (unsigned)lanes.at(i);
      if (fibre[t].canRun()) {
        current = t;
        here.thread = {t, 0, 0};
        fibres().enter(t);
        progress = any = true;
      }
    }
  }
  return any;
}

void runBlock() {
  unsigned count = here.threads.x;
  fibre.assign(count, Thread{READY, 0, nullptr, nullptr, 0});
  warps.resize((count + LANES - 1) / LANES);
  for (unsigned w = 0; w < warps.size(); w++) {
    warps[w].alive = count - w * LANES < LANES ? count - w * LANES : LANES;
    warps[w].arrived = 0;
    for (auto& half : warps[w].slots) {
      for (Slot& slot : half) {
        slot.turn = ~0ull;
      }
    }
  }
  alive = count;
  arrived = 0;
  for (unsigned t = 0; t < count; t++) {
    fibres().prepare(t, entry);
  }
  for (NamedBarrier& barrier : named) {
    barrier.members.clear();
  }
  Order order(warps.size());
  for (bool progress = true; progress && failure.empty();) {
    progress = false;
    for (unsigned w = 0; w < warps.size(); w++) {
      progress |= runWarp((unsigned)order.at(w));
    }
  }
  if (failure.empty() && alive > 0) {
    failure = "threads wait at a barrier that others never reach";
  }
}

}  // namespace

void blockBarrier() {
  arrived++;
  wait(AT_BLOCK_BARRIER);
}

void warpBarrier() { arriveAtWarp(false); }

void namedBarrier(unsigned number, unsigned count) {
  NamedBarrier& barrier = named[number];
  barrier.members.push_back(current);
  if (barrier.members.size() < count) {
    waitUntil([](const void* b, unsigned phase) { return ((const NamedBarrier*)b)->phase != phase; }, &barrier, barrier.phase);
    return;
  }
  someMeet(barrier.members.data(), count);
  barrier.members.clear();
  barrier.phase++;
}

void waitUntil(bool (*done)(const void*, unsigned), const void* at, unsigned argument) {
  fibre[current].state = UNTIL;
  fibre[current].done = done;
  fibre[current].at = at;
  fibre[current].argument = argument;
  fibres().leave();
}

void* exchange(const void* value, unsigned size) {
  Warp& warp = warps[current / LANES];
  u64 turn = ++fibre[current].turn;
  Slot& slot = warp.slots[turn % 2][current % LANES];
  memcpy(slot.bytes, value, size);
  slot.turn = turn;
  arriveAtWarp(true);
  return warp.slots[turn % 2];
}

const void* brought(void* exchanged, unsigned lane) {
  Slot& slot = ((Slot*)exchanged)[lane];
  if (slot.turn != fibre[current].turn) {
    fail("an exchange with a lane that does not take part");
  }
  return slot.bytes;
}

void fail(const char* what) {
  char text[300];
  snprintf(text, sizeof(text), "%s (block %u %u %u, thread %u)", what, here.block.x, here.block.y, here.block.z,
           here.thread.x);
  failure = text;
  fibres().leave();
  __builtin_unreachable();
}

std::string runBlocks(const Dim& grid, unsigned count, unsigned sharedBytes, const Call& call) {
  static std::vector<uint64_t> shared;
  failure.clear();
  body = &call;
  here.blocks = grid;
  here.threads = {count, 1, 1};
  size_t all = (size_t)grid.x * grid.y * grid.z;
  Order order(all);
  for (size_t i = 0; i < all && failure.empty(); i++) {
    size_t b = order.at(i);
    here.block = {(unsigned)(b % grid.x), (unsigned)(b / grid.x % grid.y), (unsigned)(b / grid.x / grid.y)};
    shared.assign(sharedBytes / 8 + 4, ~0ull); // NaN: nothing may rely on what was there
    here.dynamicShared = (unsigned char*)(((uintptr_t)shared.data() + 15) / 16 * 16);
    insideBlock = true;
    blockBegins(count, here.dynamicShared, sharedBytes);
    runBlock();
    blockEnds();
    insideBlock = false;
  }
  return failure;
}

}  // namespace emulation
