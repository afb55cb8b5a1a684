package io.quant4j.core.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * Memory that this process can still take without others being swapped out, as Linux tells it: that
 * of the machine, or what the limit of its container leaves. Cached files count as available.
 */
public final class AvailableMemory {
  private static final long UNKNOWN = Long.MAX_VALUE;
  private static final Path MACHINE = Path.of("proc/meminfo");

  /**
   * Where a container's limit, its use and the files cached within that stand.
   *
   * @param cached names of lines in {@code statistics}
   */
  private record Limit(Path most, Path used, Path statistics, List<String> cached) {
    static Limit of(String directory, String most, String used, String prefix) {
      Path in = Path.of("sys/fs/cgroup", directory);
      return new Limit(
          in.resolve(most),
          in.resolve(used),
          in.resolve("memory.stat"),
          List.of(prefix + "active_file", prefix + "inactive_file"));
    }
  }

  private static final List<Limit> LIMITS =
      List.of(
          Limit.of("", "memory.max", "memory.current", ""),
          Limit.of("memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_"));

  private AvailableMemory() {}

  /** Bytes; empty where the system does not tell. */
  public static OptionalLong bytes() {
    return bytes(Path.of("/"));
  }

  /**
   * @param root of the file system
   */
  static OptionalLong bytes(Path root) {
    OptionalLong machine = ProcFile.bytes(read(root.resolve(MACHINE)), "MemAvailable");
    if (machine.isEmpty()) {
      return machine;
    }
    long least = machine.getAsLong();
    for (Limit limit : LIMITS) {
      least = Math.min(least, left(root, limit));
    }
    return OptionalLong.of(least);
  }

  private static long left(Path root, Limit limit) {
    long most = number(root.resolve(limit.most));
    long used = number(root.resolve(limit.used));
    if (most == UNKNOWN || used == UNKNOWN) {
      return UNKNOWN;
    }
    String statistics = read(root.resolve(limit.statistics));
    long cached =
        limit.cached.stream().mapToLong(name -> ProcFile.bytes(statistics, name).orElse(0)).sum();
    return Math.max(0, most - used + cached);
  }

  /** The number in a file, if there is one in it. */
  private static long number(Path file) {
    String text = read(file).strip();
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : UNKNOWN;
  }

  private static String read(Path file) {
    try {
      return Files.isReadable(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      return "";
    }
  }
}
