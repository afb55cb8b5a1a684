package io.quant4j.cli;

import io.quant4j.api.BackendReport;
import io.quant4j.api.spi.Availability;
import java.io.PrintWriter;
import java.util.List;

/**
 * Everything that decides whether the library runs fast here.
 *
 * @param backends best first
 * @param shown those of them that the user asked for
 * @param bandwidths measured memory bandwidth; empty if not measured
 */
record DoctorReport(
    JavaFacts java,
    VectorFacts vector,
    List<BackendReport> backends,
    List<BackendReport> shown,
    HostFacts host,
    List<ReadBandwidth> bandwidths) {

  /** Prints facts, then what should be changed. */
  void print(PrintWriter out) {
    out.println(Quant4jCommand.Version.ofJar());
    Facts.print(out, "Java", javaFacts(), Integer.MAX_VALUE);
    Facts.print(out, "Vector API", vectorFacts(), Integer.MAX_VALUE);
    Facts.print(out, "Machine", hostFacts(), Integer.MAX_VALUE);
    printBackends(out);
    printBandwidths(out);
    List<String> advice = DoctorAdvice.of(this);
    out.println();
    out.println(advice.isEmpty() ? "Nothing to mend." : "To mend:");
    advice.forEach(line -> out.println("  * " + Text.oneLine(line)));
    out.flush();
  }

  private void printBackends(PrintWriter out) {
    Table table = new Table("Backends, best first", ">rank", "");
    for (BackendReport backend : shown) {
      table.row("  " + backend.name(), String.valueOf(backend.rank()), state(backend));
    }
    out.println();
    table.print(out);
  }

  private static String state(BackendReport backend) {
    return Text.oneLine(
        switch (backend.availability()) {
          case Availability.Usable(String description) -> "usable: " + description;
          case Availability.Unusable(String reason, String remedy) ->
              "unusable: " + reason + ". " + remedy;
          case Availability.Absent(String reason, String remedy) ->
              "absent: " + reason + ". " + remedy;
        });
  }

  private void printBandwidths(PrintWriter out) {
    if (bandwidths.isEmpty()) {
      return;
    }
    Table table = new Table("Memory read bandwidth", "");
    for (ReadBandwidth bandwidth : bandwidths) {
      table.row(
          "  threads " + bandwidth.threads(),
          Text.format("%.1f GB/s", bandwidth.bytesPerSecond() / 1e9));
    }
    out.println();
    table.print(out);
    double best =
        bandwidths.stream().mapToDouble(ReadBandwidth::bytesPerSecond).max().orElseThrow();
    out.println(
        Text.format(
            "  At most %.1f tokens/s from a model file of 4 GB: every token reads all of it.",
            best / 4e9));
  }

  /** Everything as one object. */
  Json.Members json() {
    return Json.object()
        .with("java", javaFacts())
        .with("vector_api", vectorFacts())
        .with("machine", hostFacts())
        .with("backends", shown.stream().map(DoctorReport::json).toList())
        .with(
            "read_bandwidth",
            bandwidths.stream()
                .map(bandwidth ->
                    Json.object()
                        .with("threads", bandwidth.threads())
                        .with("bytes_per_second", bandwidth.bytesPerSecond()))
                .toList())
        .with("advice", DoctorAdvice.of(this));
  }

  private static Json.Members json(BackendReport backend) {
    Json.Members json = Json.object().with("name", backend.name()).with("rank", backend.rank());
    return switch (backend.availability()) {
      case Availability.Usable(String description) ->
          json.with("usable", true).with("description", description);
      case Availability.Unusable(String reason, String remedy) ->
          json.with("usable", false).with("reason", reason).with("remedy", remedy);
      case Availability.Absent(String reason, String remedy) ->
          json.with("usable", false)
              .with("absent", true)
              .with("reason", reason)
              .with("remedy", remedy);
    };
  }

  private Json.Members javaFacts() {
    return Json.object()
        .with("version", java.version())
        .with("vendor", java.vendor())
        .with("machine", java.machine() + ", " + java.mode())
        .with("home", java.home())
        .with("arguments", java.arguments())
        .with("collectors", java.collectors())
        .with("optimizing_compiler", java.optimizingCompiler());
  }

  private Json.Members vectorFacts() {
    return Json.object().with("module", vector.present()).withPresent("bits", vector.bits());
  }

  private Json.Members hostFacts() {
    return Json.object()
        .with("system", host.system())
        .withPresent("processor", host.processor())
        .with("features", host.features())
        .with("processors", host.processors())
        .with("memory", new Facts.Bytes(host.memory()))
        .withPresent("available_memory", host.availableMemory().map(Facts.Bytes::new))
        .with("max_heap", new Facts.Bytes(host.maxHeap()))
        .with("huge_pages", host.hugePages())
        .with("limits", host.limits());
  }
}
