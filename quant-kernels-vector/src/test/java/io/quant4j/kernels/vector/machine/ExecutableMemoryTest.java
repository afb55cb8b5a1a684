package io.quant4j.kernels.vector.machine;

import static io.quant4j.kernels.vector.machine.assembler.Gpr.RAX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSI;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

@SuppressWarnings("restricted") // The test runs code from memory.
class ExecutableMemoryTest {
  private static final int ROUNDS = 10_000;

  /** Mappings and pages that the JVM itself may come and go with meanwhile. */
  private static final int FEW = 200;

  private static byte[] sum() {
    Assembler a = new Assembler();
    a.mov(RAX, RDI);
    a.add(RAX, RSI);
    a.ret();
    return a.toByteArray();
  }

  @Test
  void code_runs() throws Throwable {
    try (Arena arena = Arena.ofConfined()) {
      MethodHandle sum =
          Linker.nativeLinker()
              .downcallHandle(
                  ExecutableMemory.map(sum(), arena),
                  FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG));

      assertThat((long) sum.invokeExact(40L, 2L)).isEqualTo(42);
    }
  }

  @Test
  void code_isNeverWritableAndExecutable() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment code = ExecutableMemory.map(sum(), arena);
      String start = Long.toHexString(code.address());

      assertThat(code.isReadOnly()).isTrue();
      assertThat(code.toArray(JAVA_BYTE)).isEqualTo(sum());
      assertThat(mappings().stream().filter(m -> m.startsWith(start + "-")).toList())
          .singleElement()
          .satisfies(mapping -> assertThat(mapping).contains(" r-xp "));
    }
  }

  @Test
  void code_afterClose_isUnmapped() throws IOException {
    Arena arena = Arena.ofConfined();
    MemorySegment code = ExecutableMemory.map(sum(), arena);
    String start = Long.toHexString(code.address());
    arena.close();

    assertThatThrownBy(() -> code.get(JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
    assertThat(mappings()).noneMatch(mapping -> mapping.startsWith(start + "-"));
  }

  @Test
  void openAndClose_manyTimes_leavesMemoryFlat() throws IOException {
    int before = mappings().size();
    for (int i = 0; i < ROUNDS; i++) {
      try (Arena arena = Arena.ofConfined()) {
        assertThat(ExecutableMemory.map(sum(), arena).byteSize()).isEqualTo(sum().length);
      }
    }

    assertThat(mappings().size()).isBetween(before - FEW, before + FEW);
  }

  /** Lines of the kernel's list: addresses, permissions and more. */
  private static List<String> mappings() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/maps"));
  }
}
