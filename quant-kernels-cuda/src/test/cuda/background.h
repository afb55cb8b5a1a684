// Copies and products that go on while threads do.
#pragma once

#include <cstddef>
#include <cstdint>

namespace emulation {

void backgroundBegins(unsigned threads);

// Whether a product that no thread has waited for reads any of these bytes.
bool productsRead(uintptr_t at, size_t bytes);

}  // namespace emulation
