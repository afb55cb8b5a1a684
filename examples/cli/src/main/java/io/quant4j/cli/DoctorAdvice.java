package io.quant4j.cli;

import io.quant4j.api.BackendReport;
import io.quant4j.api.spi.Availability;
import java.util.ArrayList;
import java.util.List;

/** What should be changed, judged from the facts alone: each line names the flag or jar. */
final class DoctorAdvice {
  private static final double LARGE_HEAP = 0.6;

  private DoctorAdvice() {}

  /** Lines in order of weight; empty if all is well. */
  static List<String> of(DoctorReport report) {
    List<String> advice = new ArrayList<>();
    if (!report.vector().present()) {
      advice.add(
          "The Vector API is not there, so only slow kernels can run. Start Java with"
              + " --add-modules jdk.incubator.vector, or set"
              + " JDK_JAVA_OPTIONS=--add-modules=jdk.incubator.vector.");
    }
    backends(report, advice);
    compiler(report.java(), advice);
    machine(report.host(), advice);
    return advice;
  }

  private static void backends(DoctorReport report, List<String> advice) {
    boolean fast =
        report.backends().stream()
            .anyMatch(b -> b.rank() > 0 && b.availability() instanceof Availability.Usable);
    if (fast) {
      return;
    }
    List<BackendReport> others = report.backends().stream().filter(b -> b.rank() > 0).toList();
    if (others.isEmpty()) {
      advice.add("No fast backend is installed. Add the jar io.quant4j:quant-kernels-vector.");
    }
    for (BackendReport backend : others) {
      // Without the module they refuse for the reason that is named already.
      if (report.vector().present()
          && backend.availability()
              instanceof Availability.Unusable(String reason, String remedy)) {
        advice.add("Backend " + backend.name() + " is unusable: " + reason + ". " + remedy);
      }
    }
  }

  private static void compiler(JavaFacts java, List<String> advice) {
    if (!java.optimizingCompiler()) {
      advice.add(
          "Code is not compiled by C2, without which vector code is many times slower than"
              + " scalar code. Remove -Xint, -XX:TieredStopAtLevel and -XX:+UseJVMCICompiler;"
              + " on GraalVM add -XX:-UseJVMCICompiler.");
    }
    if (java.arguments().stream()
        .anyMatch(a -> a.startsWith("-agentlib:jdwp") || a.startsWith("-Xrunjdwp"))) {
      advice.add("A debugger is attached, which slows generation. Remove -agentlib:jdwp.");
    }
  }

  private static void machine(HostFacts host, List<String> advice) {
    if (host.maxHeap() > LARGE_HEAP * host.memory()) {
      advice.add(
          Text.format(
              "The heap may take %s of %s. Weights lie outside the heap, in mapped files: lower"
                  + " -Xmx to leave them room.",
              Text.bytes(host.maxHeap()), Text.bytes(host.memory())));
    }
    if (host.processors() == 1) {
      advice.add(
          "Java sees one processor. Raise the container's CPU limit, or set"
              + " -XX:ActiveProcessorCount.");
    }
  }
}
