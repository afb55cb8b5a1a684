// What comes before what within a launch, by CUDA's memory model.
//
// A tick passes with everything that orders. A thread knows an access of another thread of its block, made at tick c, if c is
// not later than the last barrier of both: of the block, of their warp, or of some threads (by number, or in shared
// memory). It knows one of another block after publish() behind an atomic operation that saw one of that block, which in
// turn was made behind a publish() of a thread that knew the access. An exchange between lanes orders nothing.
#pragma once

#include <cstdint>

#include "checking.h"

namespace emulation {

// Who makes an access: a thread of the block by its number, or a barrier's copies in bulk from MOST_THREADS on.
const unsigned MOST_THREADS = 1024;
const unsigned MOST_BARRIERS = 64;
const unsigned ACTORS = MOST_THREADS + MOST_BARRIERS;

// When an access was made. Blocks are numbered as they run, over all launches.
struct Moment {
  uint32_t block;
  uint32_t actor;
  uint32_t tick;
};

// Of the running thread.
Moment now();

// Whether the running thread knows it; of a block of this launch.
bool isKnown(const Moment& m);

// First block of this launch, and of those launches that this one may overlap; equal if it overlaps none.
uint32_t firstOfLaunch();
uint32_t firstOfOverlapped();

// Whether this thread, or one that it knows of, has waited for earlier launches.
bool earlierKnownDone();

// Whether what an actor wrote at that moment has been made visible to the tensor cores.
bool visibleToProducts(const Moment& m);

// Of the copies in bulk for a barrier in shared memory.
unsigned actorOf(const void* barrier);

// Another tick.
void pass();

}  // namespace emulation
