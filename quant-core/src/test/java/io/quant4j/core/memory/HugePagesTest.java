package io.quant4j.core.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.InvalidRequestException;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tests that read {@code /proc} are for Linux, as the class is. */
class HugePagesTest {
  private static final long BYTES = 3 * HugePages.PAGE + 100;

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"Linux", "Windows 11", "Mac OS X"})
  void memory_isZeroedAndOfTheLengthAskedFor(String system) {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment memory = HugePages.allocate(BYTES, arena, system);

      assertThat(memory.byteSize()).isEqualTo(BYTES);
      assertThat(memory.address() % 64).isZero();
      assertThat(memory.mismatch(MemorySegment.ofArray(new byte[(int) BYTES]))).isEqualTo(-1);
      memory.fill((byte) 7);
      assertThat(memory.get(ValueLayout.JAVA_BYTE, BYTES - 1)).isEqualTo((byte) 7);
    }
  }

  @Test
  void memory_isAskedForInHugePagesAndBeginsWithOne() throws IOException {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment memory = HugePages.allocate(BYTES, arena);

      assertThat(memory.address() % HugePages.PAGE).isZero();
      assertThat(flags(memory.address())).contains("hg");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Linux", "Windows 11"})
  void memory_thatNobodyHas_isRefused(String system) {
    try (Arena arena = Arena.ofShared()) {
      assertThatThrownBy(() -> HugePages.allocate(1L << 55, arena, system))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("bytes outside the heap");
    }
  }

  @Test
  void memory_isUnmappedWithItsArena() throws IOException {
    MemorySegment memory;
    try (Arena arena = Arena.ofShared()) {
      memory = HugePages.allocate(64 * HugePages.PAGE, arena);
      assertThat(flags(memory.address())).isNotEmpty();
    }
    assertThat(flags(memory.address())).isEmpty();
  }

  /** What the kernel notes of the mapping around an address; empty if there is none. */
  private static List<String> flags(long address) throws IOException {
    boolean inside = false;
    for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
      String[] words = line.split("[ -]+", -1);
      if (words[0].matches("[0-9a-f]{6,}")) {
        inside =
            Long.compareUnsigned(Long.parseUnsignedLong(words[0], 16), address) <= 0
                && Long.compareUnsigned(address, Long.parseUnsignedLong(words[1], 16)) < 0;
      } else if (inside && line.startsWith("VmFlags:")) {
        return List.of(words).subList(1, words.length);
      }
    }
    return List.of();
  }

  @Test
  void memory_withoutNativeAccess_isThereAll() throws Exception {
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--illegal-native-access=deny",
                "-cp",
                System.getProperty("java.class.path"),
                AllocatingProgram.class.getName(),
                String.valueOf(BYTES))
            .redirectErrorStream(true)
            .redirectOutput(Redirect.to(output.toFile()))
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended in time").isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
  }
}
