// That the checkers find what they are for, and nothing in what is right: every kernel here does one thing wrong if it is
// told to. A finding ends all further work, so that every case has a process of its own.
#include <cstdio>
#include <string>
#include <vector>

#include "driver-calls.h"
#include "wgmma.cuh"

#define EMULATED_MODULE "checkers"

static __device__ int* rooms() {
  __shared__ int room[256];
  return room;
}

KERNEL(64, block_barrier, (int wrong, int*, int* out)) {
  int* room = rooms();
  room[threadIdx.x] = threadIdx.x;
  if (!wrong) {
    __syncthreads();
  }
  out[threadIdx.x] = room[threadIdx.x ^ 32];
}

// Two rounds through one place: the second write must wait for the reads.
KERNEL(64, rounds, (int wrong, int*, int* out)) {
  int* room = rooms();
  for (int round = 0; round < 2; round++) {
    room[threadIdx.x] = round;
    __syncthreads();
    out[threadIdx.x] = room[threadIdx.x ^ 32];
    if (!wrong) {
      __syncthreads();
    }
  }
}

// An exchange is no barrier.
KERNEL(32, exchange, (int wrong, int*, int* out)) {
  int* room = rooms();
  room[threadIdx.x] = threadIdx.x;
  __ballot_sync(ALL_LANES, 1);
  if (!wrong) {
    __syncwarp();
  }
  out[threadIdx.x] = room[threadIdx.x ^ 1];
}

// Bytes of a word are of different threads.
KERNEL(32, bytes, (int wrong, int*, int* out)) {
  u8* room = (u8*)rooms();
  room[wrong ? threadIdx.x / 2 : threadIdx.x] = 1;
  __syncthreads();
  out[threadIdx.x] = room[threadIdx.x];
}

KERNEL(64, numbered_barrier, (int wrong, int*, int* out)) {
  int* room = rooms();
  room[threadIdx.x] = threadIdx.x;
  emulation::namedBarrier(1, wrong ? 32 : 64);
  out[threadIdx.x] = room[threadIdx.x ^ 32];
}

KERNEL(32, copy_waited, (int wrong, const int* in, int* out)) {
  __shared__ uint4 room[32];
  copy_async(room + threadIdx.x, in + threadIdx.x * 4, true);
  copies_end();
  if (!wrong) {
    copies_wait<0>();
  }
  out[threadIdx.x] = (int)room[threadIdx.x].x;
  copies_wait<0>();
}

KERNEL(32, copy_shared, (int wrong, const int* in, int* out)) {
  __shared__ uint4 room[32];
  copy_async(room + threadIdx.x, in + threadIdx.x * 4, true);
  copies_end();
  copies_wait<0>();
  if (!wrong) {
    __syncwarp();
  }
  out[threadIdx.x] = (int)room[threadIdx.x ^ 1].x;
}

KERNEL(32, copy_left, (int wrong, const int* in, int* out)) {
  __shared__ uint4 room[32];
  copy_async(room + threadIdx.x, in + threadIdx.x * 4, true);
  copies_end();
  if (!wrong) {
    copies_wait<0>();
  }
}

KERNEL(32, blocks_apart, (int wrong, int*, int* out)) { out[wrong ? threadIdx.x : blockIdx.x * 32 + threadIdx.x] = 1; }

// The last block reads what all have written. wrong 1: published by nobody; 2: by each thread before the barrier.
KERNEL(64, last_block, (int wrong, int*, int* out)) {
  __shared__ int last;
  int* counter = out + 1000;
  out[blockIdx.x * 64 + threadIdx.x] = 1;
  if (wrong == 0) {
    last_of_blocks(counter, (int)gridDim.x, &last);
  } else {
    if (wrong == 2) {
      publish();
    }
    __syncthreads();
    if (threadIdx.x == 0) {
      last = atomicAdd(counter, 1) == (int)gridDim.x - 1;
    }
    __syncthreads();
    if (wrong == 2) {
      publish();
    }
  }
  if (last) {
    int sum = 0;
    for (int b = 0; b < (int)gridDim.x; b++) {
      sum += out[b * 64 + (threadIdx.x ^ 1)];
    }
    out[900 + threadIdx.x] = sum;
    if (threadIdx.x == 0) {
      *counter = 0;
    }
  }
}

KERNEL(32, early_write, (int wrong, int*, int* out)) {
  if (!wrong) {
    earlier_done();
  }
  out[threadIdx.x] = 1;
  earlier_done();
}

KERNEL(32, early_read, (int wrong, int* in, int* out)) {
  int early = wrong ? in[threadIdx.x] : 0;
  earlier_done();
  out[threadIdx.x] = early + in[threadIdx.x];
  in[threadIdx.x] = 2; // for the next launch
}

KERNEL(64, waits_for_all, (int wrong, int*, int* out)) {
  if (threadIdx.x == 0 && !wrong) {
    earlier_done();
  }
  __syncthreads();
  if (!wrong) {
    out[threadIdx.x] = 1;
  }
}

KERNEL(1, beyond, (int wrong, const int* in, int* out)) { out[0] = in[wrong ? 1028 : 1023]; }

KERNEL(1, aligned, (int wrong, const int* in, int* out)) { out[0] = (int)*(const u64*)(in + (wrong ? 1 : 2)); }

// Behind what is asked for are 16 bytes that may be read.
KERNEL(1, written, (int wrong, int*, int* out)) { out[0] = out[wrong ? 1 : 1024]; }

// What comes of shared memory that was never written is wrong: here an index of -1.
KERNEL(1, shared_written, (int wrong, int*, int* out)) {
  int* room = rooms();
  if (!wrong) {
    room[7] = 1;
  }
  out[room[7]] = 1;
}

// Threads from 128 on bring a panel twice; the others multiply it with itself. wrong 1: it is given back before the product is
// made; 2: multiplied before it is there; 3: written for it in part, without telling the tensor cores (4: and telling them).
KERNEL(160, panels, (int wrong, const int* in, int* out)) {
  DYNAMIC_SHARED(room);
  u64* full = (u64*)room;
  u64* empty = full + 1;
  unsigned char* panel = (unsigned char*)(((u64)room + 16 + 1023) / 1024 * 1024);
  if (threadIdx.x == 0) {
    barrier_init(full, wrong >= 3 ? 33 : 1);
    barrier_init(empty, 4);
    barriers_ready();
  }
  __syncthreads();
  float d[32] = {};
  for (int t = 0; t < 2; t++) {
    if (threadIdx.x >= WARPGROUP) {
      barrier_wait(empty, t ^ 1);
      if (threadIdx.x == WARPGROUP) {
        barrier_expect(full, 4096);
        copy_bulk(panel, in, 4096, full);
      }
      if (wrong >= 3) {
        *(int*)(panel + 4096 + threadIdx.x % 32 * 4) = 0;
        if (wrong == 4) {
          written_for_wgmma();
        }
        barrier_arrive(full);
      }
      continue;
    }
    if (wrong != 2) {
      barrier_wait(full, t);
    }
    wgmma_begin();
    WgmmaF16::multiply(d, panel_descriptor(panel), panel_descriptor(panel));
    wgmma_end();
    if (wrong == 2) {
      barrier_wait(full, t);
    }
    if (wrong != 1) {
      wgmma_wait<0>();
    }
    if (threadIdx.x % WARP == 0) {
      barrier_arrive(empty);
    }
    wgmma_wait<0>();
  }
}

struct Case {
  const char* kernel;
  const char* finding;
  unsigned grid;
  unsigned threads;
  bool overlaps;
  int wrong;
  int right;
};

static const std::vector<Case> CASES = {
    {"block_barrier", "racecheck", 1, 64},
    {"rounds", "racecheck", 1, 64},
    {"exchange", "racecheck", 1, 32},
    {"bytes", "racecheck", 1, 32},
    {"numbered_barrier", "racecheck", 1, 64},
    {"copy_waited", "racecheck", 1, 32},
    {"copy_shared", "racecheck", 1, 32},
    {"copy_left", "synccheck", 1, 32},
    {"blocks_apart", "racecheck", 2, 32},
    {"last_block", "racecheck", 3, 64},
    {"last_block", "racecheck", 3, 64, false, 2},
    {"early_write", "racecheck", 1, 32, true},
    {"early_read", "racecheck", 1, 32, true},
    {"waits_for_all", "synccheck", 1, 64, true},
    {"beyond", "memcheck", 1, 1},
    {"aligned", "memcheck", 1, 1},
    {"written", "initcheck", 1, 1},
    {"shared_written", "memcheck", 1, 1},
    {"panels", "racecheck", 1, 160},
    {"panels", "racecheck", 1, 160, false, 2},
    {"panels", "racecheck", 1, 160, false, 3, 4},
};

static int run(const Case& c, int wrong) {
  Address in = room(4096), out = room(4096 + 16);
  std::vector<int> values(1024, 1);
  cuMemcpyHtoD_v2(in, values.data(), 4096);
  values[1000] = 0;
  if (std::string(c.kernel) != "written") {
    cuMemcpyHtoD_v2(out, values.data(), 4096);
  }
  int code = 0;
  for (int time = 0; time < 2; time++) { // the second launch overlaps the first one
    code |= launchIn("checkers", c.kernel, c.grid, c.threads, c.threads == 160 ? 10000 : 0, c.overlaps, wrong, in, out);
  }
  return code;
}

static bool holds(const char* self, size_t i, bool wrong) {
  std::string output;
  FILE* process = popen((std::string(self) + " " + std::to_string(i) + (wrong ? " wrong" : " right") + " 2>&1").c_str(), "r");
  for (int c = fgetc(process); c != EOF; c = fgetc(process)) {
    output += (char)c;
  }
  bool failed = pclose(process) != 0;
  bool said = output.find(CASES[i].finding) != std::string::npos;
  bool ok = wrong ? failed && said : !failed && output.empty();
  if (!ok) {
    printf("FAILED %s, %s: %s\n", CASES[i].kernel, wrong ? "wrong" : "right", output.c_str());
  }
  return ok;
}

int main(int argc, char** argv) {
  if (argc > 2) {
    const Case& c = CASES[(size_t)atoi(argv[1])];
    return run(c, argv[2][0] == 'r' ? c.right : c.wrong != 0 ? c.wrong : 1);
  }
  int failures = 0;
  for (size_t i = 0; i < CASES.size(); i++) {
    failures += !holds(argv[0], i, true) + !holds(argv[0], i, false);
  }
  printf(failures == 0 ? "the checkers find what they are for\n" : "%d failures\n", failures);
  return failures == 0 ? 0 : 1;
}
