package io.quant4j.cli;

import io.quant4j.api.BackendReport;
import io.quant4j.api.Quant4J;
import io.quant4j.api.spi.Availability;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code quant4j doctor}. */
@Command(
    name = "doctor",
    description = "Shows what models run on here, how fast memory is, and what should be mended.")
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
final class DoctorCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of the bandwidth measurement; all processors if not given.")
  private Optional<Integer> threads = Optional.empty();

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "Tells of this kernel backend only, and fails if it is unusable.")
  private Optional<String> backend = Optional.empty();

  @Option(names = "--no-bandwidth", description = "Measures nothing.")
  private boolean noBandwidth;

  @Option(names = "--json", description = "Prints the findings as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    DoctorReport report = gather();
    if (json) {
      Json.print(out, report.json());
    } else {
      report.print(out);
    }
    boolean usable =
        backend.isEmpty()
            || report.shown().getFirst().availability() instanceof Availability.Usable;
    return usable ? ExitStatus.OK : ExitStatus.FAILURE;
  }

  private DoctorReport gather() {
    HostFacts host = HostFacts.gather();
    int readers = threads.orElse(host.processors());
    if (readers < 1) {
      throw new ParameterException(
          spec.commandLine(), "--threads must be at least 1, not " + readers);
    }
    List<BackendReport> all = Quant4J.backends();
    return new DoctorReport(
        JavaFacts.gather(),
        VectorFacts.gather(),
        all,
        backend.map(NamedBackend::find).map(List::of).orElse(all),
        host,
        noBandwidth
            ? List.of()
            : ReadBandwidth.measure(readers, host.availableMemory().orElse(host.memory())));
  }
}
