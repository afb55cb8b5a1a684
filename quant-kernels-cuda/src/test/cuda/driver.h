// The little of the CUDA driver API that the checks use, bound at run time: to libcuda.so.1, or to the emulation.
#pragma once

#include <dlfcn.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

typedef unsigned long long Address;

// CUlaunchAttribute and CUlaunchConfig.
struct Attribute {
  int id;
  int padding;
  int value[16];
};
struct Launch {
  unsigned grid[3];
  unsigned block[3];
  unsigned sharedBytes;
  void* stream;
  Attribute* attributes;
  unsigned count;
};

struct Driver {
  void* library;
  std::string ptx;
  void* stream = nullptr;
  std::map<std::string, void*> modules;
  std::map<std::string, bool> overlapping;
  std::map<void*, bool> overlaps; // kernels that may begin before the one before has ended

  template <class F>
  F entry(const char* name) {
    void* f = dlsym(library, name);
    if (f == nullptr) {
      fprintf(stderr, "no %s\n", name);
      exit(2);
    }
    return (F)f;
  }

  template <class... A>
  void call(const char* name, A... arguments) {
    int code = entry<int (*)(A...)>(name)(arguments...);
    if (code != 0) {
      fprintf(stderr, "%s: error %d\n", name, code);
      exit(2);
    }
  }

  Driver(const char* path, const char* ptxFolder) : library(dlopen(path, RTLD_NOW)), ptx(ptxFolder) {
    if (library == nullptr) {
      fprintf(stderr, "%s\n", dlerror());
      exit(2);
    }
    int device = 0;
    void* context = nullptr;
    call("cuInit", 0u);
    call("cuDeviceGet", &device, 0);
    call("cuDevicePrimaryCtxRetain", &context, device);
    call("cuCtxSetCurrent", context);
    call("cuStreamCreate", &stream, 1u);
  }

  // Compute capability, ten times.
  int capability() {
    int major = 0, minor = 0;
    call("cuDeviceGetAttribute", &major, 75, 0);
    call("cuDeviceGetAttribute", &minor, 76, 0);
    return major * 10 + minor;
  }

  void* kernel(const std::string& module, const std::string& name) {
    void*& m = modules[module];
    if (m == nullptr) {
      // the one with overlapping launches, where there is one
      std::ifstream in(ptx + "/" + module + (capability() >= 90 ? "_90.ptx" : ".ptx"));
      if (!in) {
        in.open(ptx + "/" + module + ".ptx");
      }
      std::stringstream text;
      text << in.rdbuf();
      std::string s = text.str();
      overlapping[module] = s.find("griddepcontrol") != std::string::npos;
      call("cuModuleLoadData", &m, (const void*)s.c_str());
    }
    void* f = nullptr;
    call("cuModuleGetFunction", &f, m, name.c_str());
    overlaps[f] = overlapping[module];
    return f;
  }

  // The same with dynamic shared memory beyond the usual limit.
  void* kernel(const std::string& module, const std::string& name, int sharedBytes) {
    void* f = kernel(module, name);
    if (sharedBytes > 0) {
      sharedLimit(f, sharedBytes);
    }
    return f;
  }

  template <class... A>
  void launch(void* f, unsigned gx, unsigned gy, unsigned gz, unsigned threads, unsigned shared, A... arguments) {
    void* parameters[] = {&arguments...};
    if (overlaps[f]) {
      Attribute attribute = {6, 0, {1}};
      Launch launch = {{gx, gy, gz}, {threads, 1, 1}, shared, stream, &attribute, 1};
      call("cuLaunchKernelEx", &launch, f, (void**)parameters, (void**)nullptr);
      return;
    }
    call("cuLaunchKernel", f, gx, gy, gz, threads, 1u, 1u, shared, stream, (void**)parameters, (void**)nullptr);
  }

  void sharedLimit(void* f, int bytes) { call("cuFuncSetAttribute", f, 8, bytes); }

  Address allocate(size_t bytes) {
    Address a = 0;
    call("cuMemAlloc_v2", &a, bytes + 16);
    return a;
  }

  void free(Address a) { call("cuMemFree_v2", a); }

  void sync() { call("cuStreamSynchronize", stream); }

  template <class T>
  Address upload(const std::vector<T>& v) {
    Address a = allocate(v.size() * sizeof(T));
    call("cuMemcpyHtoD_v2", a, (const void*)v.data(), (size_t)(v.size() * sizeof(T)));
    return a;
  }

  template <class T>
  std::vector<T> download(Address a, size_t count) {
    sync();
    std::vector<T> v(count);
    call("cuMemcpyDtoH_v2", (void*)v.data(), a, (size_t)(count * sizeof(T)));
    return v;
  }
};

struct Random {
  uint64_t state;
  explicit Random(uint64_t seed) : state(seed * 0x9e3779b97f4a7c15ull + 1) {}
  uint32_t bits() {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32);
  }
  float uniform() { return (float)bits() / 4294967296.0f * 2 - 1; }
  std::vector<float> floats(size_t n, float scale = 1) {
    std::vector<float> v(n);
    for (auto& x : v) {
      x = uniform() * scale;
    }
    return v;
  }
};
