// What the checkers find.
#pragma once

#include <cstdint>
#include <string>

namespace emulation {

// Prints what was found once for each kernel, kind and place in the code; `detail` may differ.
void found(const char* checker, const std::string& kind, const std::string& detail = "");

void findingsBegin(const std::string& kernel);

// How many there were since, in words, or nothing.
std::string findingsEnd();

// Address in the code of what is about to be checked.
extern const void* site;

}  // namespace emulation
