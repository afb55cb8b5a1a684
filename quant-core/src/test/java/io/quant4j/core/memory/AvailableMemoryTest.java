package io.quant4j.core.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against files as Linux shows them. */
class AvailableMemoryTest {
  private static final long MIB = 1 << 20;

  @TempDir private Path root;

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  @BeforeEach
  void machine() throws IOException {
    write("proc/meminfo", "MemTotal:  8388608 kB\nMemFree:  1024 kB\nMemAvailable:  4194304 kB\n");
  }

  @Test
  void machineWithoutLimit_hasWhatTheKernelEstimates() {
    assertThat(AvailableMemory.bytes(root)).hasValue(4_096 * MIB);
  }

  @Test
  void container_hasWhatItsLimitLeavesAndItsCachedFiles() throws IOException {
    write("sys/fs/cgroup/memory.max", 1_000 * MIB + "\n");
    write("sys/fs/cgroup/memory.current", 900 * MIB + "\n");
    write(
        "sys/fs/cgroup/memory.stat",
        "anon 5\ninactive_file %d\nactive_file %d\n".formatted(200 * MIB, 100 * MIB));

    assertThat(AvailableMemory.bytes(root)).hasValue(400 * MIB);
  }

  @Test
  void containerOfTheOldVersion_hasWhatItsLimitLeaves() throws IOException {
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", 1_000 * MIB + "\n");
    write("sys/fs/cgroup/memory/memory.usage_in_bytes", 900 * MIB + "\n");
    write("sys/fs/cgroup/memory/memory.stat", "inactive_file 9\ntotal_inactive_file 7\n");

    assertThat(AvailableMemory.bytes(root)).hasValue(100 * MIB + 7);
  }

  @Test
  void containerWithoutLimit_hasTheMachine() throws IOException {
    write("sys/fs/cgroup/memory.max", "max\n");
    write("sys/fs/cgroup/memory.current", 900 * MIB + "\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    write("sys/fs/cgroup/memory/memory.usage_in_bytes", "5\n");

    assertThat(AvailableMemory.bytes(root)).hasValue(4_096 * MIB);
  }

  @Test
  void otherSystem_doesNotTell() throws IOException {
    Files.delete(root.resolve("proc/meminfo"));

    assertThat(AvailableMemory.bytes(root)).isEmpty();
  }
}
