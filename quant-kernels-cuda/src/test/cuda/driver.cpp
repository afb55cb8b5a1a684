// The entry points of the CUDA driver API that a caller of the kernels uses, on the emulated device. Work runs at once,
// in the caller's thread; while a stream is captured it is kept for the graph instead.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "blocks.h"
#include "emulation.h"
#include "memory.h"

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

namespace {

std::recursive_mutex lock;
int failed; // of work in the stream: every later call returns it, as on a device

typedef std::function<std::function<void()>(void**)> Binder;

// By module and kernel; made while the library is loaded.
std::map<std::string, std::map<std::string, Binder>>& registry() {
  static std::map<std::string, std::map<std::string, Binder>> all;
  return all;
}

struct Function {
  std::string name;
  Binder binder;
  int dynamicLimit = 48 * 1024;
};

struct Module {
  std::map<std::string, Function> functions;
};

struct Graph {
  std::vector<Work> works;
};

struct Stream {
  std::unique_ptr<Graph> captured;
};

struct Event {
  std::chrono::steady_clock::time_point at;
};

Stream defaultStream;

long environment(const char* name, long otherwise) {
  const char* stated = getenv(name);
  return stated != nullptr ? strtol(stated, nullptr, 10) : otherwise;
}

int enqueue(void* stream, Work work) {
  Stream& s = stream != nullptr ? *(Stream*)stream : defaultStream;
  if (s.captured != nullptr) {
    s.captured->works.push_back(std::move(work));
    return OK;
  }
  if (failed == OK) {
    failed = work();
  }
  return failed;
}

// What a synchronizing call finds.
int finish() {
  std::string found = emulation::damage();
  if (!found.empty()) {
    fprintf(stderr, "emulation: %s\n", found.c_str());
    failed = ILLEGAL_ADDRESS;
  }
  return failed;
}

}  // namespace

void emulation::Kernel::add(const char* module, const char* name, Binder binder) { registry()[module][name] = std::move(binder); }

#define API extern "C" __attribute__((visibility("default"))) int
#define GUARDED std::lock_guard<std::recursive_mutex> guard(lock)

API cuInit(unsigned) { return OK; }

API cuDriverGetVersion(int* version) {
  *version = (int)environment("QUANT4J_EMULATION_DRIVER", 13000);
  return OK;
}

API cuDeviceGetCount(int* count) {
  *count = (int)environment("QUANT4J_EMULATION_DEVICES", 1);
  return OK;
}

API cuDeviceGet(int* device, int ordinal) {
  *device = ordinal;
  return ordinal >= 0 && ordinal < environment("QUANT4J_EMULATION_DEVICES", 1) ? OK : INVALID_DEVICE;
}

API cuDeviceGetName(char* name, int length, int) {
  snprintf(name, (size_t)length, "Emulated device");
  return OK;
}

API cuDeviceTotalMem_v2(size_t* bytes, int) {
  *bytes = emulation::deviceBytes();
  return OK;
}

API cuDeviceGetUuid_v2(char* uuid, int device) {
  memset(uuid, device, 16);
  return OK;
}

API cuDeviceGetAttribute(int* value, int attribute, int) {
  long capability = environment("QUANT4J_EMULATION_CAPABILITY", 80);
  switch (attribute) {
    case 1: // threads of a block
      *value = 1024;
      return OK;
    case 8: // shared memory of a block
      *value = 48 * 1024;
      return OK;
    case 10: // lanes
      *value = 32;
      return OK;
    case 16: // multiprocessors
      *value = 2;
      return OK;
    case 75:
      *value = (int)(capability / 10);
      return OK;
    case 76:
      *value = (int)(capability % 10);
      return OK;
    case 97: // shared memory of a block that asks for it
      *value = capability >= 80 ? 163 * 1024 : 64 * 1024;
      return OK;
    default:
      *value = 0;
      return OK;
  }
}

API cuDevicePrimaryCtxRetain(void** context, int device) {
  static char contexts[16];
  *context = &contexts[device];
  return OK;
}
API cuDevicePrimaryCtxRelease_v2(int) { return OK; }
API cuCtxSetCurrent(void*) { return OK; }
API cuCtxGetCurrent(void** context) { return cuDevicePrimaryCtxRetain(context, 0); }
API cuCtxPushCurrent_v2(void*) { return OK; }
API cuCtxPopCurrent_v2(void** context) { return cuDevicePrimaryCtxRetain(context, 0); }

API cuCtxSynchronize() {
  GUARDED;
  return finish();
}

API cuMemGetInfo_v2(size_t* free, size_t* total) {
  GUARDED;
  *free = emulation::freeBytes();
  *total = emulation::deviceBytes();
  return OK;
}

API cuMemAlloc_v2(Address* address, size_t bytes) {
  GUARDED;
  if (bytes == 0) {
    return INVALID_VALUE;
  }
  *address = emulation::allocateDevice(bytes);
  return *address != 0 ? failed : OUT_OF_MEMORY;
}

API cuMemFree_v2(Address address) {
  GUARDED;
  int code = finish();
  return address == 0 || emulation::freeDevice(address) ? code : INVALID_VALUE;
}

API cuMemAllocHost_v2(void** p, size_t bytes) {
  *p = malloc(bytes);
  return *p != nullptr ? OK : OUT_OF_MEMORY;
}
API cuMemHostAlloc(void** p, size_t bytes, unsigned) { return cuMemAllocHost_v2(p, bytes); }
API cuMemFreeHost(void* p) {
  free(p);
  return OK;
}

static int copyNow(void* to, const void* from, size_t bytes) {
  memcpy(to, from, bytes);
  return OK;
}

API cuMemcpyHtoDAsync_v2(Address to, const void* from, size_t bytes, void* stream) {
  GUARDED;
  return enqueue(stream, [=] { return copyNow((void*)(uintptr_t)to, from, bytes); });
}
API cuMemcpyDtoHAsync_v2(void* to, Address from, size_t bytes, void* stream) {
  GUARDED;
  return enqueue(stream, [=] { return copyNow(to, (const void*)(uintptr_t)from, bytes); });
}
API cuMemcpyDtoDAsync_v2(Address to, Address from, size_t bytes, void* stream) {
  GUARDED;
  return enqueue(stream, [=] { return copyNow((void*)(uintptr_t)to, (const void*)(uintptr_t)from, bytes); });
}
API cuMemcpyHtoD_v2(Address to, const void* from, size_t bytes) { return cuMemcpyHtoDAsync_v2(to, from, bytes, nullptr); }
API cuMemcpyDtoD_v2(Address to, Address from, size_t bytes) { return cuMemcpyDtoDAsync_v2(to, from, bytes, nullptr); }
API cuMemcpyDtoH_v2(void* to, Address from, size_t bytes) {
  GUARDED;
  int code = cuMemcpyDtoHAsync_v2(to, from, bytes, nullptr);
  return code != OK ? code : finish();
}

API cuMemsetD8Async(Address to, unsigned char value, size_t count, void* stream) {
  GUARDED;
  return enqueue(stream, [=] {
    memset((void*)(uintptr_t)to, value, count);
    return OK;
  });
}
API cuMemsetD32Async(Address to, unsigned value, size_t count, void* stream) {
  GUARDED;
  return enqueue(stream, [=] {
    for (size_t i = 0; i < count; i++) {
      ((unsigned*)(uintptr_t)to)[i] = value;
    }
    return OK;
  });
}
API cuMemsetD8_v2(Address to, unsigned char value, size_t count) { return cuMemsetD8Async(to, value, count, nullptr); }
API cuMemsetD32_v2(Address to, unsigned value, size_t count) { return cuMemsetD32Async(to, value, count, nullptr); }

API cuStreamCreate(void** stream, unsigned) {
  *stream = new Stream();
  return OK;
}
API cuStreamCreateWithPriority(void** stream, unsigned flags, int) { return cuStreamCreate(stream, flags); }
API cuStreamDestroy_v2(void* stream) {
  delete (Stream*)stream;
  return OK;
}
API cuStreamSynchronize(void*) {
  GUARDED;
  return finish();
}
API cuStreamQuery(void*) { return failed; }
API cuStreamWaitEvent(void*, void*, unsigned) { return failed; }

API cuEventCreate(void** event, unsigned) {
  *event = new Event();
  return OK;
}
API cuEventRecord(void* event, void* stream) {
  GUARDED;
  return enqueue(stream, [=] {
    ((Event*)event)->at = std::chrono::steady_clock::now();
    return OK;
  });
}
API cuEventQuery(void*) { return failed; }
API cuEventSynchronize(void*) {
  GUARDED;
  return finish();
}
API cuEventElapsedTime(float* ms, void* from, void* to) {
  *ms = std::chrono::duration<float, std::milli>(((Event*)to)->at - ((Event*)from)->at).count();
  return OK;
}
API cuEventElapsedTime_v2(float* ms, void* from, void* to) { return cuEventElapsedTime(ms, from, to); }
API cuEventDestroy_v2(void* event) {
  delete (Event*)event;
  return OK;
}

// A module's name is on the first line of its PTX.
API cuModuleLoadData(void** module, const void* image) {
  GUARDED;
  const char* mark = "// module ";
  const char* text = (const char*)image;
  if (strncmp(text, mark, strlen(mark)) != 0) {
    return INVALID_IMAGE;
  }
  text += strlen(mark);
  auto kernels = registry().find(std::string(text, strcspn(text, "\r\n")));
  if (kernels == registry().end()) {
    return INVALID_IMAGE;
  }
  Module* m = new Module();
  for (auto& kernel : kernels->second) {
    m->functions[kernel.first] = Function{kernel.first, kernel.second};
  }
  *module = m;
  return OK;
}
API cuModuleLoadDataEx(void** module, const void* image, unsigned, int*, void**) { return cuModuleLoadData(module, image); }
API cuModuleGetFunction(void** function, void* module, const char* name) {
  GUARDED;
  auto& functions = ((Module*)module)->functions;
  auto found = functions.find(name);
  if (found == functions.end()) {
    return NOT_FOUND;
  }
  *function = &found->second;
  return OK;
}
API cuModuleUnload(void* module) {
  GUARDED;
  delete (Module*)module;
  return OK;
}

API cuFuncSetAttribute(void* function, int attribute, int value) {
  if (attribute == 8) {
    ((Function*)function)->dynamicLimit = value;
  }
  return OK;
}

API cuLaunchKernel(void* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                   unsigned sharedBytes, void* stream, void** parameters, void**) {
  GUARDED;
  Function* f = (Function*)function;
  bool fits = gx > 0 && gx < 0x80000000u && gy > 0 && gy <= 65535 && gz > 0 && gz <= 65535;
  if (!fits || bx == 0 || bx > 1024 || by != 1 || bz != 1 || sharedBytes > (unsigned)f->dynamicLimit) {
    fprintf(stderr, "emulation: %s cannot be launched with grid %u %u %u, block %u, %u bytes\n", f->name.c_str(), gx, gy, gz, bx,
            sharedBytes);
    return INVALID_VALUE;
  }
  std::function<void()> body = f->binder(parameters);
  std::string name = f->name;
  return enqueue(stream, [=] {
    std::string problem = emulation::runBlocks({gx, gy, gz}, bx, sharedBytes, body);
    if (!problem.empty()) {
      fprintf(stderr, "emulation: %s: %s\n", name.c_str(), problem.c_str());
      return (int)LAUNCH_FAILED;
    }
    return (int)OK;
  });
}

API cuStreamBeginCapture_v2(void* stream, int) {
  GUARDED;
  ((Stream*)stream)->captured.reset(new Graph());
  return OK;
}
API cuStreamEndCapture(void* stream, void** graph) {
  GUARDED;
  *graph = ((Stream*)stream)->captured.release();
  return *graph != nullptr ? OK : INVALID_VALUE;
}
API cuGraphInstantiateWithFlags(void** executable, void* graph, unsigned long long) {
  *executable = new Graph(*(Graph*)graph);
  return OK;
}
API cuGraphLaunch(void* executable, void* stream) {
  GUARDED;
  for (const Work& work : ((Graph*)executable)->works) {
    int code = enqueue(stream, work);
    if (code != OK) {
      return code;
    }
  }
  return OK;
}
API cuGraphDestroy(void* graph) {
  delete (Graph*)graph;
  return OK;
}
API cuGraphExecDestroy(void* executable) {
  delete (Graph*)executable;
  return OK;
}

API cuGetErrorName(int code, const char** name) {
  static const std::map<int, const char*> names = {
      {OK, "CUDA_SUCCESS"},
      {INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE"},
      {OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY"},
      {INVALID_DEVICE, "CUDA_ERROR_INVALID_DEVICE"},
      {INVALID_IMAGE, "CUDA_ERROR_INVALID_IMAGE"},
      {NOT_FOUND, "CUDA_ERROR_NOT_FOUND"},
      {ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS"},
      {LAUNCH_FAILED, "CUDA_ERROR_LAUNCH_FAILED"},
  };
  auto found = names.find(code);
  *name = found == names.end() ? nullptr : found->second;
  return found == names.end() ? INVALID_VALUE : OK;
}
API cuGetErrorString(int code, const char** text) { return cuGetErrorName(code, text); }
