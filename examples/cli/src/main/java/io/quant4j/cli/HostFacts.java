package io.quant4j.cli;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The machine or container around the virtual machine.
 *
 * @param system operating system and processor architecture
 * @param processor model name; empty where the system does not tell
 * @param features instruction sets that matter to kernels
 * @param processors processors that the virtual machine uses
 * @param memory memory in bytes that the virtual machine sees, a container's limit included
 * @param availableMemory bytes that could be had without swapping, page cache included; empty where
 *     unknown
 * @param maxHeap most bytes of heap
 * @param hugePages to whom Linux gives huge pages: always, madvise (to whoever asks) or never;
 *     "unknown" on other systems
 * @param limits cgroup limits as the system states them, such as {@code cpu.max=200000 100000};
 *     empty if there are none
 */
record HostFacts(
    String system,
    Optional<String> processor,
    Set<String> features,
    int processors,
    long memory,
    Optional<Long> availableMemory,
    long maxHeap,
    String hugePages,
    List<String> limits) {

  private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
  private static final List<String> LIMITS =
      List.of("cpu.max", "memory.max", "cpu/cpu.cfs_quota_us", "memory/memory.limit_in_bytes");

  /**
   * How the two cgroup versions say that there is no limit; version 1 memory: a number near the
   * largest.
   */
  private static final Pattern UNLIMITED = Pattern.compile("max.*|-1|9\\d{18}");

  private static final Set<String> FEATURES =
      Set.of(
          "avx",
          "avx2",
          "fma",
          "f16c",
          "avx_vnni",
          "avx512f",
          "avx512bw",
          "avx512_vnni",
          "avx512_bf16",
          "amx_int8",
          "asimd",
          "asimddp",
          "asimdhp",
          "i8mm",
          "bf16",
          "sve",
          "sve2");

  /** Asks the virtual machine and, on Linux, the proc file system. */
  static HostFacts gather() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    String cpuinfo = read(Path.of("/proc/cpuinfo")).orElse("");
    return new HostFacts(
        "%s %s, %s".formatted(system.getName(), system.getVersion(), system.getArch()),
        value(cpuinfo, "model name"),
        features(cpuinfo),
        Runtime.getRuntime().availableProcessors(),
        system.getTotalMemorySize(),
        read(Path.of("/proc/meminfo"))
            .flatMap(meminfo -> value(meminfo, "MemAvailable"))
            .map(kibibytes -> Long.parseLong(kibibytes.replace(" kB", "")) << 10),
        Runtime.getRuntime().maxMemory(),
        givenHugePages(),
        LIMITS.stream().flatMap(HostFacts::limit).toList());
  }

  /** The choice in brackets: {@code always [madvise] never}. */
  private static String givenHugePages() {
    return read(HUGE_PAGES)
        .map(text -> text.replaceAll("(?s).*\\[(.*)].*", "$1"))
        .orElse("unknown");
  }

  private static Set<String> features(String cpuinfo) {
    Set<String> found = new TreeSet<>();
    value(cpuinfo, "flags")
        .or(() -> value(cpuinfo, "Features"))
        .ifPresent(all -> found.addAll(List.of(all.split(" ", -1))));
    found.retainAll(FEATURES);
    return found;
  }

  private static Stream<String> limit(String name) {
    return read(CGROUPS.resolve(name))
        .map(String::strip)
        .filter(value -> !UNLIMITED.matcher(value).matches())
        .map(value -> name + "=" + value)
        .stream();
  }

  /** The value of the first line {@code key : value}. */
  private static Optional<String> value(String text, String key) {
    return Pattern.compile("^" + Pattern.quote(key) + "\\s*:\\s*(.*)$", Pattern.MULTILINE)
        .matcher(text)
        .results()
        .map(match -> match.group(1).strip())
        .findFirst();
  }

  private static Optional<String> read(Path file) {
    try {
      return Files.isReadable(file) ? Optional.of(Files.readString(file)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
