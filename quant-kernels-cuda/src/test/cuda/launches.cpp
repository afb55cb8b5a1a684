// The entry points of the emulated driver for modules, launches, events and graphs.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>

#include "blocks.h"
#include "driver-parts.h"
#include "emulation.h"

namespace {

using emulation::Binder;

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

struct Event {
  std::chrono::steady_clock::time_point at;
};

}  // namespace

void emulation::Kernel::add(const char* module, const char* name, Binder binder) { registry()[module][name] = std::move(binder); }

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
API cuEventQuery(void*) { return OK; }
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
  std::string name(text, strcspn(text, "\r\n"));
  const std::string overlapping = "_90";
  if (name.size() > overlapping.size() && name.substr(name.size() - overlapping.size()) == overlapping) {
    name.resize(name.size() - overlapping.size());
  }
  auto kernels = registry().find(name);
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
  if (attribute == 8) { // dynamic shared memory of a block
    if (value > sharedBytesOfBlock()) {
      return INVALID_VALUE;
    }
    ((Function*)function)->dynamicLimit = value;
  }
  return OK;
}

// `overlaps`: may begin before the launches before it have ended.
static int launch(void* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                  unsigned sharedBytes, void* stream, void** parameters, bool overlaps) {
  GUARDED;
  Function* f = (Function*)function;
  bool fits = gx > 0 && gx < 0x80000000u && gy > 0 && gy <= 65535 && gz > 0 && gz <= 65535;
  if (!fits || bx == 0 || bx > 1024 || by != 1 || bz != 1 || sharedBytes > (unsigned)f->dynamicLimit) {
    fprintf(stderr, "emulation: %s cannot be launched with grid %u %u %u, block %u, %u bytes\n", f->name.c_str(), gx, gy, gz, bx,
            sharedBytes);
    return INVALID_VALUE;
  }
  std::shared_ptr<emulation::Call> call = f->binder(parameters);
  std::string name = f->name;
  return enqueue(stream, [=] {
    emulation::launchBegins(name, overlaps);
    std::string problem = emulation::runBlocks({gx, gy, gz}, bx, sharedBytes, *call);
    std::string found = emulation::launchEnds();
    if (problem.empty() && environment("QUANT4J_EMULATION_GO_ON", 0) == 0) {
      problem = found;
    }
    if (!problem.empty()) {
      fprintf(stderr, "emulation: %s: %s\n", name.c_str(), problem.c_str());
      return (int)LAUNCH_FAILED;
    }
    return (int)OK;
  });
}

API cuLaunchKernel(void* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                   unsigned sharedBytes, void* stream, void** parameters, void**) {
  return launch(function, gx, gy, gz, bx, by, bz, sharedBytes, stream, parameters, false);
}

// CUlaunchAttribute and CUlaunchConfig.
struct LaunchAttribute {
  int id;
  int padding;
  int value[16];
};
struct LaunchConfig {
  unsigned grid[3];
  unsigned block[3];
  unsigned sharedBytes;
  void* stream;
  const LaunchAttribute* attributes;
  unsigned count;
};
API cuLaunchKernelEx(const LaunchConfig* c, void* function, void** parameters, void**) {
  const int programmaticStreamSerialization = 6;
  bool overlaps = false;
  for (unsigned i = 0; i < c->count; i++) {
    overlaps |= c->attributes[i].id == programmaticStreamSerialization && c->attributes[i].value[0] != 0;
  }
  return launch(function, c->grid[0], c->grid[1], c->grid[2], c->block[0], c->block[1], c->block[2], c->sharedBytes, c->stream,
                parameters, overlaps);
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
  emulation::allDone();
  for (const Work& work : ((Graph*)executable)->works) {
    int code = enqueue(stream, work);
    if (code != OK) {
      return code;
    }
  }
  emulation::allDone();
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
