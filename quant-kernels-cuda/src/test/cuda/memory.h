// Device memory of the emulation: host memory with guards.
#pragma once

#include <cstddef>
#include <string>

namespace emulation {

// New memory filled with NaN, or 0 if the device has no more. It ends at a page that cannot be touched if the variable
// QUANT4J_EMULATION_GUARD is `page` (so that even a read beyond it ends the process), and lies between guard bytes.
unsigned long long allocateDevice(size_t bytes);

// Whether it was allocated.
bool freeDevice(unsigned long long address);

// Bytes of the device (QUANT4J_EMULATION_MEMORY, otherwise 8 GiB), and those not allocated.
size_t deviceBytes();
size_t freeBytes();

// What was written outside of allocations since they were made; nothing if all is well.
std::string damage();

}  // namespace emulation
