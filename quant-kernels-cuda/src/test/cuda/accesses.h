// Accesses of what goes on in the background (background.cpp).
#pragma once

#include <cstddef>

namespace emulation {

// A copy of `wanted` bytes, and zeros up to `bytes`, begins and lands, by the running thread or by an actor for it. What was
// never written may be copied, and stays that.
void copyOnItsWay(const void* to, const void* from, size_t bytes, size_t wanted, unsigned actor);
void copyLanded(const void* to, const void* from, size_t bytes, size_t wanted, unsigned actor);

}  // namespace emulation
