package io.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.BackendReport;
import io.quant4j.api.spi.Availability;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DoctorAdviceTest {
  private static final long GIB = 1L << 30;
  private static final VectorFacts VECTOR = new VectorFacts(true, Optional.of(256));
  private static final BackendReport FAST =
      new BackendReport("vector", 100, new Availability.Usable("256 bits"));
  private static final BackendReport UNUSABLE =
      new BackendReport("vector", 100, new Availability.Unusable("no module", "Add the flag."));

  @Test
  void goodMachine_hasNothingToMend() {
    assertThat(advice(java(true), VECTOR, FAST, host(8, 4 * GIB))).isEmpty();
  }

  @Test
  void missingVectorModule_namesTheFlagOnce() {
    VectorFacts missing = new VectorFacts(false, Optional.empty());

    assertThat(advice(java(true), missing, UNUSABLE, host(8, 4 * GIB)))
        .singleElement()
        .asString()
        .contains("--add-modules jdk.incubator.vector");
  }

  @Test
  void unusableBackend_namesItsRemedy() {
    assertThat(advice(java(true), VECTOR, UNUSABLE, host(8, 4 * GIB)))
        .singleElement()
        .asString()
        .contains("no module. Add the flag.");
  }

  @Test
  void missingOptimizingCompiler_namesTheFlags() {
    assertThat(advice(java(false), VECTOR, FAST, host(8, 4 * GIB)))
        .singleElement()
        .asString()
        .contains("-Xint", "-XX:TieredStopAtLevel");
  }

  @Test
  void debugger_isNamed() {
    assertThat(advice(java(true, "-agentlib:jdwp=x"), VECTOR, FAST, host(8, 4 * GIB)))
        .singleElement()
        .asString()
        .contains("-agentlib:jdwp");
  }

  @Test
  void smallContainer_namesHeapAndProcessors() {
    assertThat(advice(java(true), VECTOR, FAST, host(1, 12 * GIB)))
        .satisfiesExactly(
            first -> assertThat(first).contains("12.00 GiB of 16.00 GiB", "-Xmx"),
            second -> assertThat(second).contains("-XX:ActiveProcessorCount"));
  }

  private static List<String> advice(
      JavaFacts java, VectorFacts vector, BackendReport backend, HostFacts host) {
    return DoctorAdvice.of(
        new DoctorReport(java, vector, List.of(backend), List.of(backend), host, List.of()));
  }

  private static JavaFacts java(boolean optimizing, String... arguments) {
    return new JavaFacts(
        "25", "vendor", "vm", "mixed mode", "/java", List.of(arguments), "Copy", optimizing);
  }

  private static HostFacts host(int processors, long maxHeap) {
    return new HostFacts(
        "Linux",
        Optional.empty(),
        Set.of(),
        processors,
        16 * GIB,
        Optional.empty(),
        maxHeap,
        "madvise",
        List.of());
  }
}
