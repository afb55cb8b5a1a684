// The entry points of the CUDA driver API that a caller of the kernels uses, on the emulated device: devices, contexts,
// memory and streams.
#include <cstdio>
#include <cstring>
#include <map>

#include "checking.h"
#include "driver-parts.h"
#include "memory.h"

std::recursive_mutex driverLock;

static Stream defaultStream;
static int failed;

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

int finish() {
  std::string found = emulation::damage();
  if (!found.empty()) {
    fprintf(stderr, "emulation: %s\n", found.c_str());
    failed = ILLEGAL_ADDRESS;
  }
  return failed;
}

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

int sharedBytesOfBlock() {
  switch (environment("QUANT4J_EMULATION_CAPABILITY", 80)) {
    case 75:
      return 64 * 1024;
    case 80:
    case 87:
      return 163 * 1024;
    case 90:
    case 100:
    case 103:
    case 110:
      return 227 * 1024;
    default: // 86, 88, 89, 120, 121
      return 99 * 1024;
  }
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
      *value = sharedBytesOfBlock();
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

// Waits for all launches, as every copy and set does; `problem`: of its addresses.
static int inOrder(const std::string& problem) {
  emulation::allDone();
  if (!problem.empty()) {
    fprintf(stderr, "emulation: %s\n", problem.c_str());
    return ILLEGAL_ADDRESS;
  }
  return OK;
}

static int copyNow(void* to, const void* from, size_t bytes, const std::string& problem) {
  int code = inOrder(problem);
  if (code == OK) {
    memcpy(to, from, bytes);
  }
  return code;
}

API cuMemcpyHtoDAsync_v2(Address to, const void* from, size_t bytes, void* stream) {
  GUARDED;
  return enqueue(stream, [=] { return copyNow((void*)to, from, bytes, emulation::hostWrites(to, bytes)); });
}
API cuMemcpyDtoHAsync_v2(void* to, Address from, size_t bytes, void* stream) {
  GUARDED;
  return enqueue(stream, [=] { return copyNow(to, (const void*)from, bytes, emulation::hostReads(from, bytes)); });
}
API cuMemcpyDtoDAsync_v2(Address to, Address from, size_t bytes, void* stream) {
  GUARDED;
  return enqueue(stream, [=] {
    return copyNow((void*)to, (const void*)from, bytes, emulation::hostReads(from, bytes) + emulation::hostWrites(to, bytes));
  });
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
    int code = inOrder(emulation::hostWrites(to, count));
    if (code == OK) {
      memset((void*)to, value, count);
    }
    return code;
  });
}
API cuMemsetD32Async(Address to, unsigned value, size_t count, void* stream) {
  GUARDED;
  return enqueue(stream, [=] {
    int code = inOrder(emulation::hostWrites(to, count * sizeof(unsigned)));
    for (size_t i = 0; i < count && code == OK; i++) {
      ((unsigned*)to)[i] = value;
    }
    return code;
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
