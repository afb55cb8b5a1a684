// What is known of every byte of device and shared memory: whether it was written, and the last accesses.
#pragma once

#include <cstdint>

#include "checking.h"
#include "clocks.h"

namespace emulation {

// Of a block; its bytes count as never written.
void sharedBegins(unsigned char* dynamicShared, size_t bytes);

// A copy in the background to these bytes begins, by the running thread or by an actor for it: until it has landed
// nobody may touch them. `landed`: it has; what was never written at its source counts as never written here, too.
void landsLater(const void* to, size_t bytes, unsigned actor);
void landed(void* to, const void* from, size_t bytes, size_t wanted, unsigned actor);

// Reads what will be copied; it may never have been written.
void readForCopy(const void* from, size_t bytes);

}  // namespace emulation
