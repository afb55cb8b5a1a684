// Runs the blocks of a kernel: threads as fibres, a barrier for the block and one for each warp.
#include "blocks.h"

#include <cstdio>
#include <vector>

#include "emulation.h"
#include "fibres.h"

namespace emulation {

Dim thread;
Dim block;
Dim threads;
Dim blocks;
unsigned char* dynamicShared;

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
const std::function<void()>* body;

void releaseWarp(unsigned w) {
  if (warps[w].arrived == 0 || warps[w].arrived < warps[w].alive) {
    return;
  }
  warps[w].arrived = 0;
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
  for (Thread& t : fibre) {
    if (t.state == AT_BLOCK_BARRIER) {
      t.state = READY;
    }
  }
}

void entry() {
  (*body)();
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

// Runs what can run of a warp; returns whether anything could.
bool runWarp(unsigned w) {
  bool any = false;
  for (bool progress = true; progress && failure.empty();) {
    progress = false;
    for (unsigned t = w * LANES; t < (w + 1) * LANES && t < fibre.size() && failure.empty(); t++) {
      if (fibre[t].canRun()) {
        current = t;
        thread = {t, 0, 0};
        fibres().enter(t);
        progress = any = true;
      }
    }
  }
  return any;
}

void runBlock() {
  unsigned count = threads.x;
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
  for (bool progress = true; progress && failure.empty();) {
    progress = false;
    for (unsigned w = 0; w < warps.size(); w++) {
      progress |= runWarp(w);
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

void warpBarrier() {
  warps[current / LANES].arrived++;
  wait(AT_WARP_BARRIER);
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
  warpBarrier();
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
  snprintf(text, sizeof(text), "%s (block %u %u %u, thread %u)", what, block.x, block.y, block.z, thread.x);
  failure = text;
  fibres().leave();
  __builtin_unreachable();
}

std::string runBlocks(const Dim& grid, unsigned count, unsigned sharedBytes, const std::function<void()>& kernel) {
  static std::vector<uint64_t> shared;
  failure.clear();
  body = &kernel;
  blocks = grid;
  threads = {count, 1, 1};
  for (unsigned z = 0; z < grid.z && failure.empty(); z++) {
    for (unsigned y = 0; y < grid.y && failure.empty(); y++) {
      for (unsigned x = 0; x < grid.x && failure.empty(); x++) {
        block = {x, y, z};
        shared.assign(sharedBytes / 8 + 4, ~0ull); // NaN: nothing may rely on what was there
        dynamicShared = (unsigned char*)(((uintptr_t)shared.data() + 15) / 16 * 16);
        runBlock();
      }
    }
  }
  return failure;
}

}  // namespace emulation
