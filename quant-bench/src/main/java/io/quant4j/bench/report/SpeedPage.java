package io.quant4j.bench.report;

import io.quant4j.bench.report.SpeedFigures.Duel;
import io.quant4j.bench.report.SpeedFigures.Subject;
import io.quant4j.bench.report.SpeedFigures.Use;
import io.quant4j.bench.speed.Json;
import io.quant4j.bench.speed.Run;
import io.quant4j.bench.speed.Spread;
import io.quant4j.bench.speed.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The measured figures as Markdown and as JSON. */
final class SpeedPage {
  private static final String NONE = "-";

  private final SpeedFigures figures;

  SpeedPage(SpeedFigures figures) {
    this.figures = figures;
  }

  String markdown() {
    String text =
        """
        Java %s on %d processors (%s). Runs: %d, of them disturbed by other processes: %d.

        %s
        ![Arithmetic over operations per byte](performance.svg)

        ### Against others

        %s
        ### Use of the machine

        %s
        ### Start and memory

        %s\
        """
            .formatted(
                System.getProperty("java.version"),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.arch"),
                figures.size(),
                figures.disturbed().size(),
                machineTable(),
                duelTable(),
                useTable(),
                startTable());
    return text + failures();
  }

  private MarkdownTable machineTable() {
    MarkdownTable table =
        new MarkdownTable(
            List.of("threads", "read GB/s", "least", "most", "GFLOP/s", "least", "most"));
    for (int threads : figures.threads()) {
      Spread read = figures.machine(threads, run -> run.machine().bytesPerSecond() / 1e9);
      Spread peak = figures.machine(threads, run -> run.machine().flopsPerSecond() / 1e9);
      table.row(
          List.of(
              String.valueOf(threads),
              number(1, read.median()),
              number(1, read.min()),
              number(1, read.max()),
              number(0, peak.median()),
              number(0, peak.min()),
              number(0, peak.max())));
    }
    return table;
  }

  private MarkdownTable duelTable() {
    MarkdownTable table =
        new MarkdownTable(
            List.of(
                "format",
                "test",
                "threads",
                "unit",
                "quant4j",
                "peer",
                "its figure",
                "ratio",
                "least",
                "most",
                "rounds"));
    for (Duel duel : figures.duels()) {
      table.row(
          List.of(
              duel.subject().fileType(),
              duel.subject().workload().label(),
              String.valueOf(duel.subject().threads()),
              duel.subject().workload().metric().unit(),
              number(2, duel.ours().median()),
              duel.peer(),
              number(2, duel.theirs().median()),
              number(2, duel.advantage().median()),
              number(2, duel.advantage().min()),
              number(2, duel.advantage().max()),
              String.valueOf(duel.rounds())));
    }
    return table;
  }

  private MarkdownTable useTable() {
    MarkdownTable table =
        new MarkdownTable(
            List.of(
                "format",
                "test",
                "threads",
                "program",
                "tokens/s",
                "GB/s",
                "of read bandwidth",
                "GFLOP/s",
                "of peak"));
    for (Use use : figures.uses()) {
      boolean once = use.subject().workload().prompt() == 0;
      table.row(
          List.of(
              use.subject().fileType(),
              use.subject().workload().label(),
              String.valueOf(use.subject().threads()),
              use.contestant(),
              number(2, use.tokensPerSecond()),
              once ? number(1, use.bytesPerSecond() / 1e9) : NONE,
              once ? percent(use.shareOfBandwidth()) : NONE,
              number(1, use.flopsPerSecond() / 1e9),
              percent(use.shareOfPeak())));
    }
    return table;
  }

  private MarkdownTable startTable() {
    MarkdownTable table =
        new MarkdownTable(
            List.of(
                "format",
                "threads",
                "program",
                "first token, s",
                "first 32, tokens/s",
                "of tg32",
                "file, MiB",
                "peak of tg32, MiB",
                "beyond the file",
                "peak of tg32@d4096, MiB",
                "beyond the file"));
    for (Subject file : figures.files()) {
      for (String contestant : figures.contestants()) {
        table.row(start(file, contestant));
      }
    }
    return table;
  }

  private List<String> start(Subject file, String contestant) {
    List<Run> first = runs(file, Workload.FIRST_TOKEN, contestant);
    List<Run> cold = runs(file, Workload.COLD, contestant);
    List<Run> steady = runs(file, Workload.GENERATION, contestant);
    List<Run> deep = runs(file, Workload.LONG_CONTEXT, contestant);
    boolean both = !cold.isEmpty() && !steady.isEmpty();
    return List.of(
        file.fileType(),
        String.valueOf(file.threads()),
        contestant,
        median(2, first, Run::figure),
        median(2, cold, Run::figure),
        both
            ? percent(
                SpeedFigures.median(cold, Run::figure) / SpeedFigures.median(steady, Run::figure))
            : NONE,
        number(0, mebibytes(file.fileBytes())),
        median(0, steady, run -> mebibytes(run.peakBytes())),
        median(0, steady, run -> mebibytes(run.peakBytes() - run.work().fileBytes())),
        median(0, deep, run -> mebibytes(run.peakBytes())),
        median(0, deep, run -> mebibytes(run.peakBytes() - run.work().fileBytes())));
  }

  private List<Run> runs(Subject file, Workload workload, String contestant) {
    return figures.runs(file.threads(), file.fileType(), workload, contestant);
  }

  private String failures() {
    StringBuilder text = new StringBuilder();
    for (Run run : figures.failures()) {
      text.append("\nNot measured: ").append(run.key()).append(". ");
      text.append(run.failure().lines().findFirst().orElse("")).append('\n');
    }
    return text.toString();
  }

  /** All comparisons and uses of the machine, for programs. */
  String json() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("java", System.getProperty("java.version"));
    members.put("processors", Runtime.getRuntime().availableProcessors());
    members.put("comparisons", new ArrayList<>(figures.duels().stream().map(this::duel).toList()));
    members.put("uses", new ArrayList<>(figures.uses().stream().map(this::use).toList()));
    return Json.write(members) + "\n";
  }

  private Map<String, Object> duel(Duel duel) {
    Map<String, Object> members = subject(duel.subject());
    members.put("peer", duel.peer());
    members.put("rounds", duel.rounds());
    members.put("unit", duel.subject().workload().metric().unit());
    members.put("quant4j", spread(duel.ours()));
    members.put("theirs", spread(duel.theirs()));
    members.put("ratio", spread(duel.advantage()));
    return members;
  }

  private Map<String, Object> use(Use use) {
    Map<String, Object> members = subject(use.subject());
    members.put("program", use.contestant());
    members.put("tokensPerSecond", use.tokensPerSecond());
    members.put("bytesPerSecond", use.bytesPerSecond());
    members.put("shareOfBandwidth", use.shareOfBandwidth());
    members.put("flopsPerSecond", use.flopsPerSecond());
    members.put("shareOfPeak", use.shareOfPeak());
    return members;
  }

  private static Map<String, Object> subject(Subject subject) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("format", subject.fileType());
    members.put("test", subject.workload().label());
    members.put("threads", subject.threads());
    return members;
  }

  private static Map<String, Object> spread(Spread spread) {
    return Map.of("median", spread.median(), "min", spread.min(), "max", spread.max());
  }

  private static double mebibytes(long bytes) {
    return bytes / (double) (1 << 20);
  }

  private static String median(int decimals, List<Run> runs, ToDoubleFunction<Run> figure) {
    return runs.isEmpty() ? NONE : number(decimals, SpeedFigures.median(runs, figure));
  }

  private static String percent(double share) {
    return number(0, 100 * share) + " %";
  }

  private static String number(int decimals, double value) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
