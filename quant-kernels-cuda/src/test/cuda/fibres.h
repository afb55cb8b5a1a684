// Fibres: stacks that a thread of the operating system changes between.
#pragma once

#include <cstddef>

namespace emulation {

struct Fibre;

// Whether an address is on the stack of a fibre.
bool onStack(const void* at);

// Runs `body` on each of `count` fibres; `current` tells which one is running.
class Fibres {
 public:
  // Makes `fibre` (0 to count - 1) ready to run `entry` from its beginning.
  void prepare(unsigned fibre, void (*entry)());

  // Runs a fibre until it leaves.
  void enter(unsigned fibre);

  // From within a fibre: back to whoever entered it.
  void leave();

  Fibres();

 private:
  Fibre* fibres;
  Fibre* caller;
  unsigned running;
};

}  // namespace emulation
