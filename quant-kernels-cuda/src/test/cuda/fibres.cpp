#include "fibres.h"

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>

#if !defined(__x86_64__)
#include <ucontext.h>
#endif

namespace emulation {

static const unsigned MOST = 1024;
static const size_t STACK_BYTES = 256 * 1024;
static char* stacks;

bool onStack(const void* at) { return (size_t)((const char*)at - stacks) < MOST * STACK_BYTES; }

#if defined(__x86_64__)
// Saves the registers that functions keep on the stack, stores its pointer to *from, and goes on with `to`. Changing
// contexts by the C library takes a system call, which is a hundred times slower.
extern "C" void emulation_switch(void** from, void* to);
asm(R"(
.text
.globl emulation_switch
.hidden emulation_switch
.type emulation_switch, @function
emulation_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size emulation_switch, . - emulation_switch
)");

struct Fibre {
  void* pointer;
  char* stack;
};

void Fibres::prepare(unsigned fibre, void (*entry)()) {
  void** top = (void**)(fibres[fibre].stack + STACK_BYTES);
  *--top = nullptr; // keeps the stack aligned as after a call
  *--top = (void*)entry;
  for (int i = 0; i < 6; i++) {
    *--top = nullptr;
  }
  fibres[fibre].pointer = top;
}

void Fibres::enter(unsigned fibre) {
  running = fibre;
  emulation_switch(&caller->pointer, fibres[fibre].pointer);
}

void Fibres::leave() { emulation_switch(&fibres[running].pointer, caller->pointer); }
#else
struct Fibre {
  ucontext_t context;
  char* stack;
};

void Fibres::prepare(unsigned fibre, void (*entry)()) {
  Fibre& f = fibres[fibre];
  getcontext(&f.context);
  f.context.uc_stack.ss_sp = f.stack;
  f.context.uc_stack.ss_size = STACK_BYTES;
  f.context.uc_link = nullptr;
  makecontext(&f.context, entry, 0);
}

void Fibres::enter(unsigned fibre) {
  running = fibre;
  swapcontext(&caller->context, &fibres[fibre].context);
}

void Fibres::leave() { swapcontext(&fibres[running].context, &caller->context); }
#endif

Fibres::Fibres() : fibres(new Fibre[MOST]), caller(new Fibre), running(0) {
  stacks = (char*)mmap(
      nullptr, MOST * STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (stacks == MAP_FAILED) {
    abort();
  }
  for (unsigned i = 0; i < MOST; i++) {
    fibres[i].stack = stacks + i * STACK_BYTES;
  }
}

}  // namespace emulation
