// The entry points of the emulated driver, for tests that are linked with it.
#pragma once

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>

typedef unsigned long long Address;
extern "C" {
int cuMemAlloc_v2(Address*, size_t);
int cuMemFree_v2(Address);
int cuMemcpyHtoD_v2(Address, const void*, size_t);
int cuMemcpyDtoH_v2(void*, Address, size_t);
int cuCtxSynchronize();
int cuModuleLoadData(void**, const void*);
int cuModuleGetFunction(void**, void*, const char*);
int cuFuncSetAttribute(void*, int, int);
int cuLaunchKernel(void*, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void*, void**, void**);
int cuLaunchKernelEx(const void*, void*, void**, void**);
int cuStreamCreate(void**, unsigned);
int cuStreamBeginCapture_v2(void*, int);
int cuStreamEndCapture(void*, void**);
int cuGraphInstantiateWithFlags(void**, void*, unsigned long long);
int cuGraphLaunch(void*, void*);
}

inline void* kernelOf(const std::string& module, const char* name) {
  void* loaded = nullptr;
  void* function = nullptr;
  if (cuModuleLoadData(&loaded, ("// module " + module + "\n").c_str()) != 0 || cuModuleGetFunction(&function, loaded, name) != 0) {
    printf("no kernel %s\n", name);
    exit(2);
  }
  return function;
}

inline Address room(size_t bytes) {
  Address a = 0;
  if (cuMemAlloc_v2(&a, bytes) != 0) {
    printf("no memory\n");
    exit(2);
  }
  return a;
}

// `overlaps`: by its attribute, with the launch before it.
template <class... A>
int launchIn(const char* module, const char* name, unsigned grid, unsigned threads, unsigned shared, bool overlaps, A... arguments) {
  void* parameters[] = {&arguments...};
  struct {
    int id, padding, value[16];
  } attribute = {6, 0, {1}};
  struct {
    unsigned grid[3], block[3], sharedBytes;
    void* stream;
    void* attributes;
    unsigned count;
  } config = {{grid, 1, 1}, {threads, 1, 1}, shared, nullptr, &attribute, overlaps ? 1u : 0u};
  return cuLaunchKernelEx(&config, kernelOf(module, name), parameters, nullptr);
}
