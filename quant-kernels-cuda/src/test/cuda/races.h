// Holds every access against those before it, by clocks.h.
//
// Of four bytes the last accesses are kept, four of them: writes until another one comes after them, and as many reads as
// there is room for. So of many reads at once some are forgotten, and with them a write that should wait for these.
#pragma once

#include "regions.h"

namespace emulation {

// LANDING: a copy in the background that is on its way, so that nobody may touch these bytes.
enum How { R, W, A, LANDING };

// By the running thread, or by what copies for one of its barriers (clocks.h). `product`: by way of the tensor cores.
void visit(const Region& r, uintptr_t at, size_t bytes, How how, unsigned actor, bool product = false);

// What was LANDING is written.
void land(const Region& r, uintptr_t at, size_t bytes, unsigned actor);

}  // namespace emulation
