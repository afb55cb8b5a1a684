package io.quant4j.bench.scaling;

import io.quant4j.api.Quant4J;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.bench.CachedProducts;
import io.quant4j.bench.ReadBandwidth;
import io.quant4j.bench.report.MarkdownTable;
import io.quant4j.bench.scaling.Machine.Weights;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Measures this machine and some models on it, and says by {@link Scaling} what they would do with
 * more threads. What it prints is Markdown.
 */
public final class ScalingReport {
  private static final String BACKEND = "vector";
  private static final int MOST_TEAM = 8;

  /** How often each number of threads has its turn. */
  private static final int ROUNDS = 2;

  private static final int[] THREADS = {1, 2, 4, 8, 16, 32, 64};

  private static final Machine DESKTOP = Machine.single("desktop, 2 channels", 16, 80);
  private static final Machine SERVER = Machine.single("server, 8 channels", 64, 300);
  private static final Machine LARGE = Machine.single("server, 12 channels", 64, 460);

  /** Two of the latter, each of which reads 150 GB/s from the other's memory. */
  private static final Machine TWO = new Machine("two sockets", 2, 64, 460e9, 150e9);

  private final PrintStream out;

  /** Of one thread, of two, and so on up to all processors. */
  private final List<Double> bandwidths = new ArrayList<>();

  private final Map<String, Double> weightsPerSecond = new LinkedHashMap<>();
  private final List<Subject> subjects = new ArrayList<>();

  /**
   * A model that was measured.
   *
   * @param speeds with one thread, with two, and so on
   */
  private record Subject(String name, Scaling scaling, List<MeasuredSpeed> speeds) {}

  private ScalingReport(PrintStream out) {
    this.out = out;
  }

  /** Arguments: models, which must be dense. */
  @SuppressWarnings("SystemOut") // a program
  public static void main(String[] args) {
    new ScalingReport(System.out).run(Arrays.stream(args).map(Path::of).toList());
  }

  private void run(List<Path> paths) {
    int cores = Runtime.getRuntime().availableProcessors();
    for (int threads = 1; threads <= cores; threads++) {
      bandwidths.add(ReadBandwidth.measure(threads));
    }
    TeamCost team = TeamCost.measure();
    machine(team);
    for (Path path : paths) {
      measure(path, team, cores);
    }
    products();
    validation();
    for (Machine machine : List.of(DESKTOP, SERVER, LARGE)) {
      prediction(machine);
    }
    sockets();
  }

  private double rate(String format) {
    return weightsPerSecond.computeIfAbsent(
        format, of -> CachedProducts.weightsPerSecond(BACKEND, of));
  }

  private void measure(Path path, TeamCost team, int cores) {
    try (Checkpoint checkpoint = Quant4J.open(path)) {
      TokenWork work = TokenWork.of(checkpoint, BACKEND);
      MeasuredSpeed[] speeds = new MeasuredSpeed[cores];
      Arrays.fill(speeds, new MeasuredSpeed(0, 0));
      for (int round = 0; round < ROUNDS; round++) {
        for (int threads = 1; threads <= cores; threads++) {
          MeasuredSpeed speed = MeasuredSpeed.of(path, BACKEND, threads);
          speeds[threads - 1] = speed.orBetter(speeds[threads - 1]);
        }
      }
      Scaling scaling =
          Scaling.fitted(
              work,
              work.computeSeconds(this::rate),
              bandwidths.getFirst(),
              team,
              speeds[0].generation(),
              speeds[0].prompt());
      subjects.add(new Subject(path.getFileName().toString(), scaling, List.of(speeds)));
    }
  }

  private static String cell(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  private void machine(TeamCost team) {
    out.printf(
        Locale.ROOT,
        "%d processors. A cache line goes from core to core in %.0f ns.%n%n",
        bandwidths.size(),
        team.handOver() * 1e9);
    MarkdownTable table =
        new MarkdownTable(
            List.of("threads", "read GB/s", "operation without work, us", "beyond its work, us"));
    for (int threads = 1; threads <= MOST_TEAM; threads++) {
      boolean own = threads <= bandwidths.size();
      table.row(
          List.of(
              String.valueOf(threads),
              own ? cell("%.1f", bandwidths.get(threads - 1) / 1e9) : "-",
              cell("%.2f", TeamCost.withoutWork(threads) * 1e6),
              own && threads > 1 ? cell("%.2f", TeamCost.beyondWork(threads) * 1e6) : "-"));
    }
    out.println(table);
  }

  private void products() {
    MarkdownTable formats =
        new MarkdownTable(List.of("format", "10^9 weights/s of one thread, in its cache"));
    weightsPerSecond.forEach(
        (format, rate) -> formats.row(List.of(format, cell("%.1f", rate / 1e9))));
    out.println(formats);
    MarkdownTable table =
        new MarkdownTable(
            List.of(
                "model",
                "MB",
                "operations",
                "of a batch",
                "computing, ms",
                "reading, ms",
                "measured, ms",
                "overlap"));
    for (Subject subject : subjects) {
      Scaling scaling = subject.scaling;
      table.row(
          List.of(
              subject.name,
              cell("%.0f", scaling.work().bytes() / 1e6),
              String.valueOf(scaling.work().operations()),
              String.valueOf(scaling.work().promptOperations()),
              cell("%.1f", scaling.computeSeconds() * 1e3),
              cell("%.1f", scaling.work().bytes() / scaling.readBytesPerSecond() * 1e3),
              cell("%.1f", 1e3 / subject.speeds.getFirst().generation()),
              cell("%.2f", scaling.overlap())));
    }
    out.println(table);
  }

  /** The model beside what this machine does; one thread is what it was fitted to. */
  private void validation() {
    MarkdownTable table =
        new MarkdownTable(
            List.of(
                "model",
                "threads",
                "generation, measured",
                "by the model",
                "off",
                "prompt, measured",
                "by the model",
                "off"));
    for (Subject subject : subjects) {
      for (int threads = 1; threads <= subject.speeds.size(); threads++) {
        Machine here =
            new Machine("here", 1, subject.speeds.size(), bandwidths.get(threads - 1), 0);
        MeasuredSpeed speed = subject.speeds.get(threads - 1);
        double generation = subject.scaling.generation(here, threads, Weights.LOCAL);
        double prompt = subject.scaling.prompt(here, threads, Weights.LOCAL);
        table.row(
            List.of(
                subject.name,
                String.valueOf(threads),
                cell("%.1f", speed.generation()),
                cell("%.1f", generation),
                cell("%+.0f %%", 100 * (generation / speed.generation() - 1)),
                cell("%.0f", speed.prompt()),
                cell("%.0f", prompt),
                cell("%+.0f %%", 100 * (prompt / speed.prompt() - 1))));
      }
    }
    out.println(table);
  }

  private static int[] threads(int most) {
    return IntStream.of(THREADS).filter(threads -> threads <= most).toArray();
  }

  private void prediction(Machine machine) {
    out.printf(
        Locale.ROOT,
        "%s, %d cores, %.0f GB/s: tokens/s by number of threads%n%n",
        machine.name(),
        machine.cores(),
        machine.bytesPerSecond() / 1e9);
    int[] counts = threads(machine.cores());
    List<String> headings = new ArrayList<>(List.of("model"));
    Arrays.stream(counts).mapToObj(String::valueOf).forEach(headings::add);
    headings.add("worthwhile threads");
    MarkdownTable table = new MarkdownTable(headings);
    for (Subject subject : subjects) {
      Scaling scaling = subject.scaling;
      table.row(
          row(
              subject.name,
              Arrays.stream(counts).mapToDouble(n -> scaling.generation(machine, n, Weights.LOCAL)),
              String.valueOf(scaling.worthwhile(machine))));
      table.row(
          row(
              subject.name + ", prompt",
              Arrays.stream(counts).mapToDouble(n -> scaling.prompt(machine, n, Weights.LOCAL)),
              ""));
    }
    out.println(table);
  }

  private static List<String> row(String name, DoubleStream values, String last) {
    return Stream.of(
            Stream.of(name),
            values.mapToObj(v -> cell(v < 100 ? "%.1f" : "%.0f", v)),
            Stream.of(last))
        .flatMap(cells -> cells)
        .toList();
  }

  private void sockets() {
    out.printf(
        Locale.ROOT,
        "Two sockets of %d cores and %.0f GB/s each, which read %.0f GB/s from each other:"
            + " generated tokens/s%n%n",
        TWO.cores(),
        TWO.bytesPerSecond() / 1e9,
        TWO.linkBytesPerSecond() / 1e9);
    MarkdownTable table =
        new MarkdownTable(
            List.of(
                "model",
                "one socket, 64 threads",
                "both, 128 threads, weights on one",
                "both, interleaved"));
    for (Subject subject : subjects) {
      List<String> cells = new ArrayList<>(List.of(subject.name));
      for (Weights weights : Weights.values()) {
        cells.add(cell("%.0f", subject.scaling.generation(TWO, TWO.threads(weights), weights)));
      }
      table.row(cells);
    }
    out.println(table);
  }
}
