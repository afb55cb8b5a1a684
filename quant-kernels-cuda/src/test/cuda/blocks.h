// Runs kernels.
#pragma once

#include <string>

namespace emulation {

struct Dim;
class Call;

// Runs a kernel in every thread of every block; returns what went wrong, or nothing.
std::string runBlocks(const Dim& grid, unsigned count, unsigned sharedBytes, const Call& call);

// Whether that is going on.
extern bool insideBlock;

}  // namespace emulation
