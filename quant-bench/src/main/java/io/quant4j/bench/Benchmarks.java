package io.quant4j.bench;

import io.quant4j.api.error.BackendUnavailableException;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.bench.MatMulBenchmark.Phase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs the benchmarks with every installed backend and prints a Markdown table. Arguments are those
 * of JMH; what a backend does not offer has a row that says so.
 */
public final class Benchmarks {
  /** Formats of weights without blocks; those with blocks are found. */
  private static final List<String> FLOATS = List.of("F32", "F16", "BF16");

  /** Benchmark methods, with what each needs of a backend. */
  private enum Operation {
    MULTIPLY(MatMulBenchmark.class, "multiply", HostKernels::matMul),
    MULTIPLY_PREPARED(
        MatMulBenchmark.class,
        "multiplyPrepared",
        (kernels, format) -> kernels.preparedMatMuls(format).stream().findFirst()),
    DECODE(CodecBenchmark.class, "decode", HostKernels::decoder),
    ENCODE(CodecBenchmark.class, "encode", HostKernels::encoder);

    private final String method;
    private final BiFunction<HostKernels, FormatId, Optional<?>> kernel;

    Operation(Class<?> type, String method, BiFunction<HostKernels, FormatId, Optional<?>> kernel) {
      this.method = type.getName() + "." + method;
      this.kernel = kernel;
    }

    /** Name in the table. */
    String phase() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether one of these patterns names it, or there is none. */
    boolean isWanted(List<String> patterns) {
      return patterns.isEmpty()
          || patterns.stream().anyMatch(p -> Pattern.compile(p).matcher(method).find());
    }
  }

  private final CommandLineOptions given;
  private final List<String> formats;
  private final int threads;
  private final double bandwidth;
  private final List<String> rows = new ArrayList<>();

  private Benchmarks(CommandLineOptions given) {
    this.given = given;
    this.formats = parameter("format", weightFormats());
    this.threads = threads(given.getThreads().orElse(1));
    this.bandwidth = ReadBandwidth.measure(threads);
  }

  private static List<String> weightFormats() {
    return Stream.concat(FLOATS.stream(), Subjects.blockFormats().stream()).toList();
  }

  /** JMH writes "all processors" as a number below 1. */
  private static int threads(int wanted) {
    return wanted < 1 ? Runtime.getRuntime().availableProcessors() : wanted;
  }

  /**
   * Runs them.
   *
   * @param args options of JMH: patterns of benchmark names, {@code -p format=Q4_K,Q6_K}, {@code -p
   *     backend=vector}, {@code -t 8}; {@code -h} and {@code -l} go to JMH itself
   */
  public static void main(String[] args)
      throws CommandLineOptionException, RunnerException, IOException {
    CommandLineOptions given = new CommandLineOptions(args);
    if (given.shouldHelp() || given.shouldList() || given.shouldListWithParams()) {
      org.openjdk.jmh.Main.main(args);
      return;
    }
    Benchmarks benchmarks = new Benchmarks(given);
    for (Operation operation : Operation.values()) {
      if (operation.isWanted(given.getIncludes())) {
        for (String backend : benchmarks.parameter("backend", allBackends())) {
          benchmarks.run(operation, backend);
        }
      }
    }
    benchmarks.print();
  }

  private static List<String> allBackends() {
    return Stream.concat(Subjects.backends().stream(), Stream.of(Subjects.VECTOR_API)).toList();
  }

  private List<String> parameter(String name, List<String> otherwise) {
    Collection<String> values = given.getParameter(name).orElse(otherwise);
    return List.copyOf(values);
  }

  private void run(Operation operation, String backend) throws RunnerException {
    HostKernels kernels;
    try {
      kernels = Subjects.kernels(backend);
    } catch (BackendUnavailableException | IllegalArgumentException e) {
      rows.add(row("all", backend, operation.phase(), String.valueOf(e.getMessage()), "", ""));
      return;
    }
    if (operation == Operation.MULTIPLY_PREPARED) {
      runPrepared(kernels, backend);
      return;
    }
    List<String> offered = new ArrayList<>();
    for (String format : formats) {
      if (operation.kernel.apply(kernels, Subjects.format(format).id()).isPresent()) {
        offered.add(format);
      } else {
        rows.add(row(format, backend, operation.phase(), "not offered", "", ""));
      }
    }
    if (!offered.isEmpty()) {
      measure(operation, backend, offered, new OptionsBuilder().parent(given));
    }
  }

  /** Each phase by itself: few vectors and many have kernels of their own, for other formats. */
  private void runPrepared(HostKernels kernels, String backend) throws RunnerException {
    if (backend.equals(Subjects.VECTOR_API)) {
      return; // these products are machine code
    }
    List<String> all = Arrays.stream(Phase.values()).map(Phase::name).toList();
    for (String phase : parameter("phase", all)) {
      int batch = Phase.valueOf(phase).batch;
      List<String> offered =
          formats.stream()
              .filter(format ->
                  kernels.preparedMatMuls(Subjects.format(format).id()).stream()
                      .anyMatch(k -> k.preparation().accepts(MatMulBenchmark.COLS, batch)))
              .toList();
      if (!offered.isEmpty()) {
        ChainedOptionsBuilder options = new OptionsBuilder().parent(given).param("phase", phase);
        measure(Operation.MULTIPLY_PREPARED, backend, offered, options);
      }
    }
  }

  private void measure(
      Operation operation, String backend, List<String> offered, ChainedOptionsBuilder begun)
      throws RunnerException {
    ChainedOptionsBuilder chosen = begun;
    // Patterns of the command line stay included and may name several operations.
    for (Operation other : Operation.values()) {
      String method = Pattern.quote(other.method) + "$";
      chosen = other == operation ? chosen.include(method) : chosen.exclude(method);
    }
    if (backend.equals(Subjects.VECTOR_API)) {
      chosen = chosen.jvmArgsPrepend(Subjects.WITHOUT_MACHINE_CODE);
    }
    Options options =
        chosen
            .param("backend", backend)
            .param("format", offered.toArray(String[]::new))
            .mode(Mode.AverageTime)
            .timeUnit(TimeUnit.NANOSECONDS)
            .build();
    List<String> failed = new ArrayList<>(offered);
    for (RunResult result : new Runner(options).run()) {
      failed.remove(result.getParams().getParam("format"));
      rows.add(row(operation, backend, result));
    }
    for (String format : failed) {
      rows.add(row(format, backend, operation.phase(), "failed, see above", "", ""));
    }
  }

  private String row(Operation operation, String backend, RunResult result) {
    BlockFormat format = Subjects.format(result.getParams().getParam("format"));
    double perSecond = threads * 1e9 / result.getPrimaryResult().getScore();
    return switch (operation) {
      case MULTIPLY -> product(format, backend, phase(result), perSecond);
      case MULTIPLY_PREPARED -> product(format, backend + ", prepared", phase(result), perSecond);
      case DECODE, ENCODE -> codec(format, backend, operation, perSecond);
    };
  }

  private static Phase phase(RunResult result) {
    return Phase.valueOf(result.getParams().getParam("phase"));
  }

  private String product(BlockFormat format, String backend, Phase phase, double perSecond) {
    double read = MatMulBenchmark.matrixBytes(format) * perSecond;
    double products = (double) MatMulBenchmark.ROWS * MatMulBenchmark.COLS * phase.batch;
    return row(
        format.id().name(),
        backend,
        phase.name().toLowerCase(Locale.ROOT),
        giga(read),
        giga(2 * products * perSecond) + " GFLOP/s",
        "%.0f %%".formatted(100 * read / bandwidth));
  }

  private static String codec(
      BlockFormat format, String backend, Operation operation, double perSecond) {
    double stored = CodecBenchmark.ROWS * format.byteSize(CodecBenchmark.COLS) * perSecond;
    double elements = (double) CodecBenchmark.ROWS * CodecBenchmark.COLS * perSecond;
    return row(
        format.id().name(),
        backend,
        operation.phase(),
        giga(stored),
        giga(elements) + " Gelement/s",
        "");
  }

  private static String giga(double value) {
    return String.format(Locale.ROOT, "%.3f", value / 1e9);
  }

  private static String row(String... cells) {
    return "| " + String.join(" | ", cells) + " |";
  }

  @SuppressWarnings("SystemOut") // the output of a program
  private void print() {
    System.out.printf(
        Locale.ROOT,
        "%nthreads: %d, measured read bandwidth: %s GB/s%n%n",
        threads,
        giga(bandwidth));
    System.out.println(
        row("format", "backend", "phase", "GB/s", "arithmetic", "share of read bandwidth"));
    System.out.println("|---|---|---|---|---|---|");
    rows.forEach(System.out::println);
  }
}
