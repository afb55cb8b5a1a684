// What the entry points of the emulated driver share. Work runs at once, in the caller's thread; while a stream is captured
// it is kept for the graph instead.
#pragma once

#include <cstdlib>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

typedef unsigned long long Address;
typedef std::function<int()> Work;

enum {
  OK = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  INVALID_DEVICE = 101,
  INVALID_IMAGE = 200,
  NOT_FOUND = 500,
  ILLEGAL_ADDRESS = 700,
  LAUNCH_FAILED = 719,
};

struct Graph {
  std::vector<Work> works;
};

struct Stream {
  std::unique_ptr<Graph> captured;
};

extern std::recursive_mutex driverLock;

// Runs or keeps work of a stream (null: the default one). After a failure all later work fails alike, as on a device.
int enqueue(void* stream, Work work);

// What a synchronizing call finds.
int finish();

// Shared memory that a block may have on a device of the emulated compute capability.
int sharedBytesOfBlock();

// A variable of the environment, or the number given.
inline long environment(const char* name, long otherwise) {
  const char* stated = getenv(name);
  return stated != nullptr ? strtol(stated, nullptr, 10) : otherwise;
}

#define API extern "C" __attribute__((visibility("default"))) int
#define GUARDED std::lock_guard<std::recursive_mutex> guard(driverLock)
