package io.quant4j.cli;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The virtual machine that this process runs on.
 *
 * @param version complete version
 * @param vendor who built it
 * @param machine name of the virtual machine
 * @param mode how code runs, such as {@code mixed mode}
 * @param home where it is installed
 * @param arguments switches given on the command line or through JDK_JAVA_OPTIONS and
 *     JAVA_TOOL_OPTIONS
 * @param collectors garbage collectors
 * @param optimizingCompiler whether the optimizing compiler C2 is in use
 */
record JavaFacts(
    String version,
    String vendor,
    String machine,
    String mode,
    String home,
    List<String> arguments,
    String collectors,
    boolean optimizingCompiler) {
  private static final int C2_LEVEL = 4;

  /** Asks the running virtual machine. */
  static JavaFacts gather() {
    String mode = System.getProperty("java.vm.info", "");
    return new JavaFacts(
        Runtime.version().toString(),
        property("java.vendor"),
        property("java.vm.name"),
        mode,
        property("java.home"),
        ManagementFactory.getRuntimeMXBean().getInputArguments(),
        ManagementFactory.getGarbageCollectorMXBeans().stream()
            .map(GarbageCollectorMXBean::getName)
            .collect(Collectors.joining(", ")),
        hasOptimizingCompiler(mode));
  }

  private static boolean hasOptimizingCompiler(String mode) {
    boolean tiered = flag("TieredStopAtLevel").map(Integer::parseInt).orElse(C2_LEVEL) >= C2_LEVEL;
    boolean jvmci = flag("UseJVMCICompiler").map(Boolean::parseBoolean).orElse(false);
    return tiered
        && !jvmci
        && Stream.of("interpreted", "emulated-client").noneMatch(mode::contains);
  }

  /** The value of a virtual machine flag; empty where the flag or HotSpot itself does not exist. */
  private static Optional<String> flag(String name) {
    try {
      HotSpotDiagnosticMXBean bean =
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      return Optional.ofNullable(bean).map(b -> b.getVMOption(name).getValue());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String property(String name) {
    return System.getProperty(name, "unknown");
  }
}
