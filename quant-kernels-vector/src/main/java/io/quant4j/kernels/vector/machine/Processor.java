package io.quant4j.kernels.vector.machine;

import static io.quant4j.kernels.vector.machine.assembler.Gpr.RAX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RBX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RCX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSI;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * What the processor says of itself. Bits are those of Intel's manual, volume 2, CPUID: leaf 1 and
 * leaf 7; volume 1, chapter 13: the state that the operating system saves (XCR0).
 */
@SuppressWarnings("restricted") // Only code can ask the processor.
final class Processor {
  private static final int OSXSAVE = 27;
  private static final int VNNI = 11;
  private static final int EBX = 1;
  private static final int ECX = 2;

  /** Vector registers of all three lengths and masks: bits 1, 2, 5, 6 and 7. */
  private static final int VECTOR_STATE = 0xE6;

  private record Feature(String name, int register, int bit) {}

  private static final List<Feature> OF_LEAF_7 =
      List.of(
          new Feature("AVX512F", EBX, 16),
          new Feature("AVX512DQ", EBX, 17),
          new Feature("AVX512BW", EBX, 30),
          new Feature("AVX512VL", EBX, 31),
          new Feature("AVX512_VBMI", ECX, 1));

  private Processor() {}

  /** What the kernels need and this processor, or its operating system, does not offer. */
  static List<String> missing() {
    try (Arena arena = Arena.ofConfined()) {
      MethodHandle cpuid = function(cpuid(), arena);
      if ((ask(cpuid, 0, 0, arena)[0] & 0xffffffffL) < 7
          || !has(ask(cpuid, 1, 0, arena)[ECX], OSXSAVE)) {
        return List.of("XGETBV");
      }
      List<String> missing = new ArrayList<>();
      int state = ask(function(xgetbv(), arena), 0, 0, arena)[0];
      if ((state & VECTOR_STATE) != VECTOR_STATE) {
        missing.add("512-bit state saved by the operating system");
      }
      int[] leaf7 = ask(cpuid, 7, 0, arena);
      for (Feature feature : OF_LEAF_7) {
        if (!has(leaf7[feature.register()], feature.bit())) {
          missing.add(feature.name());
        }
      }
      return missing;
    }
  }

  /** Whether it multiplies words of 16 bits and adds in one instruction (AVX512_VNNI). */
  static boolean multipliesWords() {
    try (Arena arena = Arena.ofConfined()) {
      return has(ask(function(cpuid(), arena), 7, 0, arena)[ECX], VNNI);
    }
  }

  private static boolean has(int bits, int bit) {
    return (bits >>> bit & 1) != 0;
  }

  private static MethodHandle function(byte[] code, Arena arena) {
    return Linker.nativeLinker()
        .downcallHandle(
            ExecutableMemory.map(code, arena),
            FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, ADDRESS));
  }

  private static int[] ask(MethodHandle function, long leaf, long subleaf, Arena arena) {
    MemorySegment answer = arena.allocate(JAVA_INT, 4);
    try {
      function.invokeExact(leaf, subleaf, answer);
    } catch (Throwable e) {
      throw ExecutableMemory.unexpected(e);
    }
    return answer.toArray(JAVA_INT);
  }

  /** {@code void f(leaf, subleaf, int answer[4])}: eax, ebx, ecx, edx. */
  static byte[] cpuid() {
    Assembler a = new Assembler();
    a.push(RBX);
    a.mov(RAX, RDI);
    a.mov(RCX, RSI);
    a.mov(RDI, RDX);
    a.cpuid();
    a.mov32(Mem.at(RDI, 0), RAX);
    a.mov32(Mem.at(RDI, 4), RBX);
    a.mov32(Mem.at(RDI, 8), RCX);
    a.mov32(Mem.at(RDI, 12), RDX);
    a.pop(RBX);
    a.ret();
    return a.toByteArray();
  }

  /** {@code void f(register, unused, int answer[4])}: the lower half of an extended register. */
  static byte[] xgetbv() {
    Assembler a = new Assembler();
    a.mov(RCX, RDI);
    a.mov(RDI, RDX);
    a.xgetbv();
    a.mov32(Mem.at(RDI, 0), RAX);
    a.ret();
    return a.toByteArray();
  }
}
