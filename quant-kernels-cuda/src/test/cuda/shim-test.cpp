// What the emulation promises: barriers, exchanges, shared memory, and that it notices what must not be.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "driver-calls.h"
#include "tensor.cuh"

#define EMULATED_MODULE "shim"

// Every thread reads what the thread opposite wrote before the barrier, three times over.
KERNEL(256, reversed, (int* out)) {
  __shared__ int values[256];
  int t = threadIdx.x;
  for (int round = 0; round < 3; round++) {
    values[t] = t + 1000 * round + (int)blockIdx.x * 10000;
    __syncthreads();
    out[(blockIdx.x * 3 + round) * 256 + t] = values[255 - t];
    __syncthreads();
  }
}

KERNEL(96, lanes, (float* out)) {
  int t = threadIdx.x;
  float sum = warp_sum((float)t);
  unsigned odd = __ballot_sync(ALL_LANES, t % 2);
  out[2 * t] = sum;
  out[2 * t + 1] = (float)(odd == 0xaaaaaaaau);
}

// The threads of the first warp leave; the others still meet.
KERNEL(64, some_leave, (int* out)) {
  if (threadIdx.x < 32) {
    return;
  }
  __syncthreads();
  out[threadIdx.x] = 1 + (int)warp_sum(1.0f);
}

// A barrier that half a warp does not reach, while it waits for the other half elsewhere.
KERNEL(32, divergent_barrier, (int* out)) {
  if (threadIdx.x < 16) {
    __syncthreads();
  } else {
    __syncwarp();
  }
  out[0] = 1;
}

// An exchange with lanes that have ended.
KERNEL(32, divergent_exchange, (float* out)) {
  if (threadIdx.x >= 16) {
    return;
  }
  out[threadIdx.x] = warp_sum(1.0f);
}

KERNEL(32, writes_behind, (int* out, int at)) { out[at] = 7; }

KERNEL(32, unaligned, (const unsigned char* p, unsigned* out)) { out[0] = load_once(p + 4).x; }

KERNEL(32, dynamic_room, (int* out, int n)) {
  DYNAMIC_SHARED(room);
  int* values = (int*)room;
  for (int i = threadIdx.x; i < n; i += 32) {
    values[i] = i * i;
  }
  __syncthreads();
  for (int i = threadIdx.x; i < n; i += 32) {
    out[i] = values[n - 1 - i];
  }
}

KERNEL(64, counts, (int* counter)) { atomicAdd(counter, 1); }

// c = a b for a (16, 16), b (16, 8), by the layouts that tensor.cuh states.
KERNEL(32, product, (const float* a, const float* b, float* c)) {
  int g = threadIdx.x / 4;
  int t = threadIdx.x % 4;
  u32 left[4];
  u32 right[2];
  for (int i = 0; i < 4; i++) {
    const float* at = a + (g + i % 2 * 8) * 16 + i / 2 * 8 + 2 * t;
    left[i] = half_pair(at[0], at[1]);
  }
  for (int i = 0; i < 2; i++) {
    const float* at = b + (i * 8 + 2 * t) * 8 + g;
    right[i] = half_pair(at[0], at[8]);
  }
  float sums[4];
  MmaF16::first(sums, left, right[0], right[1]);
  for (int i = 0; i < 4; i++) {
    c[(g + i / 2 * 8) * 8 + 2 * t + i % 2] = sums[i];
  }
}

static int failures = 0;

static void expect(bool ok, const char* what) {
  if (!ok) {
    failures++;
    printf("FAILED %s\n", what);
  }
}

template <class... A>
static int launch(const char* name, unsigned grid, unsigned threads, unsigned shared, void* stream, A... arguments) {
  void* parameters[] = {&arguments...};
  return cuLaunchKernel(kernelOf("shim", name), grid, 1, 1, threads, 1, 1, shared, stream, parameters, nullptr);
}

template <class T>
static std::vector<T> results(Address from, size_t count) {
  std::vector<T> v(count);
  expect(cuMemcpyDtoH_v2(v.data(), from, count * sizeof(T)) == 0, "copy to the host");
  return v;
}

static void barriers() {
  Address out = room(2 * 3 * 256 * 4);
  expect(launch("reversed", 2, 256, 0, nullptr, out) == 0, "reversed runs");
  auto v = results<int>(out, 2 * 3 * 256);
  for (int i = 0; i < (int)v.size(); i++) {
    expect(v[i] == 255 - i % 256 + 1000 * (i / 256 % 3) + 10000 * (i / 768), "values from before the barrier");
  }
  expect(launch("some_leave", 1, 64, 0, nullptr, out) == 0, "a barrier of those that are left");
  expect(results<int>(out, 64)[63] == 33, "an exchange within the warp that is left");
}

static void exchanges() {
  Address out = room(192 * 4);
  expect(launch("lanes", 1, 96, 0, nullptr, out) == 0, "lanes runs");
  auto v = results<float>(out, 192);
  for (int t = 0; t < 96; t++) {
    expect(v[2 * t] == 496 + 1024 * (t / 32), "sum of a warp");
    expect(v[2 * t + 1] == 1, "ballot of a warp");
  }
  std::vector<float> a(256), b(128);
  for (int i = 0; i < 256; i++) {
    a[i] = (float)(i * 7 % 31 - 15);
    b[i % 128] = (float)(i * 5 % 23 - 11);
  }
  Address da = room(1024), db = room(512), dc = room(512);
  cuMemcpyHtoD_v2(da, a.data(), 1024);
  cuMemcpyHtoD_v2(db, b.data(), 512);
  expect(launch("product", 1, 32, 0, nullptr, da, db, dc) == 0, "product runs");
  auto c = results<float>(dc, 128);
  for (int i = 0; i < 128; i++) {
    float sum = 0;
    for (int k = 0; k < 16; k++) {
      sum += a[i / 8 * 16 + k] * b[k * 8 + i % 8];
    }
    expect(c[i] == sum, "product of matrices");
  }
}

static void memory() {
  Address out = room(4000);
  auto fresh = results<unsigned>(out, 1);
  expect(fresh[0] == 0xffffffffu, "fresh memory is NaN");
  expect(launch("dynamic_room", 1, 32, 4000, nullptr, out, 1000) == 0, "dynamic_room runs");
  expect(results<int>(out, 1000)[1] == 998 * 998, "dynamic shared memory");
  expect(launch("dynamic_room", 1, 32, 50000, nullptr, out, 1000) == 1, "more shared memory than allowed is refused");
  expect(launch("dynamic_room", 1, 2048, 0, nullptr, out, 1) == 1, "more threads than there can be are refused");
}

static void graphs() {
  Address counter = room(4);
  int zero = 0;
  cuMemcpyHtoD_v2(counter, &zero, 4);
  void *stream = nullptr, *graph = nullptr, *executable = nullptr;
  cuStreamCreate(&stream, 0);
  cuStreamBeginCapture_v2(stream, 0);
  launch("counts", 3, 64, 0, stream, counter);
  cuStreamEndCapture(stream, &graph);
  expect(results<int>(counter, 1)[0] == 0, "nothing runs while it is captured");
  cuGraphInstantiateWithFlags(&executable, graph, 0);
  cuGraphLaunch(executable, stream);
  cuGraphLaunch(executable, stream);
  expect(results<int>(counter, 1)[0] == 2 * 3 * 64, "every replay runs the kernel");
}

// One of the things that end all further work; every one needs a process of its own.
static int offence(const std::string& name) {
  Address out = room(64);
  int code = 0;
  if (name == "barrier") {
    code = launch("divergent_barrier", 1, 32, 0, nullptr, out);
  } else if (name == "exchange") {
    code = launch("divergent_exchange", 1, 32, 0, nullptr, out);
  } else if (name == "unaligned") {
    code = launch("unaligned", 1, 32, 0, nullptr, out, out);
  } else {
    launch("writes_behind", 1, 1, 0, nullptr, out, name == "behind" ? 16 : -1);
    code = cuCtxSynchronize();
  }
  return code == 0 ? 1 : 0;
}

int main(int argc, char** argv) {
  if (argc > 1) {
    return offence(argv[1]);
  }
  barriers();
  exchanges();
  memory();
  graphs();
  for (const char* name : {"barrier", "exchange", "unaligned", "behind", "before"}) {
    std::string command = std::string(argv[0]) + " " + name + " 2>/dev/null";
    expect(system(command.c_str()) == 0, (std::string("noticed: ") + name).c_str());
  }
  printf(failures == 0 ? "the emulation keeps its promises\n" : "%d failures\n", failures);
  return failures == 0 ? 0 : 1;
}
