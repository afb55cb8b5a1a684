// Device memory and shared memory: where it is, and which bytes have been written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace emulation {

// Last accesses of four bytes (races.cpp).
struct Cell {
  uint64_t records[4];
};

class Region {
 public:
  uintptr_t begin = 0;
  size_t bytes = 0;
  bool shared = false;

  Region() {}
  Region(uintptr_t begin, size_t bytes, bool shared);
  void release();

  bool has(uintptr_t at) const { return at - begin < bytes; }
  bool hasAll(uintptr_t at, size_t count) const { return has(at) && at + count <= begin + bytes; }
  Cell& cell(uintptr_t at) const { return cells[(at - begin) / 4]; }

  // Bytes are written, or count as never written. What a block has not written itself of shared memory is that.
  void mark(uintptr_t at, size_t count, bool written) const;
  bool isWritten(uintptr_t at) const;
  // All of them; shared memory that is not becomes NaN, or -1, so that nothing can come of it.
  void checkWritten(uintptr_t at, size_t count) const;

  // In words.
  std::string place(uintptr_t at) const;

 private:
  Cell* cells = nullptr;
  uint32_t* stamps = nullptr; // of bytes: the block that wrote it in shared memory, otherwise 1; 0 if none did

  uint32_t stamp() const;
};

// Of these bytes; ends the block if they are no device memory. `what` is done to them.
const Region& regionOf(uintptr_t at, size_t bytes, const char* what);

// Shared memory of the block that begins.
void sharedBegins(unsigned char* dynamicShared, size_t bytes);

}  // namespace emulation
