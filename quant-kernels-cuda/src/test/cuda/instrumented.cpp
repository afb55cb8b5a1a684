// What g++ calls for every access of code that it compiles with -fsanitize=thread. Here it means what it means on a device:
// only device memory and shared memory count, the stack is registers.
#include "blocks.h"
#include "emulation.h"
#include "fibres.h"
#include "findings.h"

static bool counts(const void* at) {
  return emulation::insideBlock && !emulation::onStack(at) && (uintptr_t)at - (uintptr_t)&emulation::here >= sizeof(emulation::here);
}

#define TOLD(name, bytes, how)                                    \
  extern "C" void __tsan_##name(void* at) {                       \
    if (counts(at)) {                                             \
      emulation::site = __builtin_return_address(0);              \
      emulation::accesses(at, bytes, emulation::how);             \
    }                                                             \
  }
#define TOLD_OF_SIZE(bytes)       \
  TOLD(read##bytes, bytes, READ)  \
  TOLD(write##bytes, bytes, WRITE)

TOLD_OF_SIZE(1)
TOLD_OF_SIZE(2)
TOLD_OF_SIZE(4)
TOLD_OF_SIZE(8)
TOLD_OF_SIZE(16)

// In the largest pieces that its address allows.
#define TOLD_OF_RANGE(name, how)                                              \
  extern "C" void __tsan_##name##_range(char* at, size_t bytes) {             \
    if (counts(at)) {                                                         \
      emulation::site = __builtin_return_address(0);                          \
      for (size_t piece = 16; bytes > 0; at += piece, bytes -= piece) {       \
        for (piece = 16; piece > bytes || (uintptr_t)at % piece != 0;) {      \
          piece /= 2;                                                         \
        }                                                                     \
        emulation::accesses(at, piece, emulation::how);                       \
      }                                                                       \
    }                                                                         \
  }
TOLD_OF_RANGE(read, READ)
TOLD_OF_RANGE(write, WRITE)

extern "C" void __tsan_init() {}
extern "C" void __tsan_vptr_update(void*, void*) {}
