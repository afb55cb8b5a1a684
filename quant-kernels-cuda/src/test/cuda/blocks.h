// Runs kernels.
#pragma once

#include <functional>
#include <string>

namespace emulation {

struct Dim;

// Runs `kernel` in every thread of every block; returns what went wrong, or nothing.
std::string runBlocks(const Dim& grid, unsigned count, unsigned sharedBytes, const std::function<void()>& kernel);

}  // namespace emulation
