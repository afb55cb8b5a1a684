package io.quant4j.bench.report;

import io.quant4j.bench.report.Series.Mark;
import io.quant4j.bench.report.Series.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/** The measured figures as text and as a plot. */
final class FormatsPage {
  private static final String NONE = "-";
  private static final String OURS = "#1769aa";
  private static final String OURS_WEIGHTED = "#2e9e5b";
  private static final String UPSTREAM = "#e08a00";
  private static final String UPSTREAM_WEIGHTED = "#c2364b";
  private static final String OPTIMAL = "#7a4fb5";
  private static final String OPTIMAL_WEIGHTED = "#111111";

  private final ReportOptions options;
  private final UpstreamFigures upstream;
  private final List<FileTypeRow> fileTypes;
  private final List<FormatRow> formats;

  FormatsPage(
      ReportOptions options,
      UpstreamFigures upstream,
      List<FileTypeRow> fileTypes,
      List<FormatRow> formats) {
    this.options = options;
    this.upstream = upstream;
    this.fileTypes = List.copyOf(fileTypes);
    this.formats = List.copyOf(formats);
  }

  /** The page, which shows {@code formats.svg} beside it. */
  String markdown() {
    return """
    # Formats and file types

    Written by `FormatReport` of [quant-bench](../quant-bench/README.md), not by hand.
    Model %s, text %s, %d windows of %d tokens%s.
    Java %s on %d processors (%s).

    ## File types

    ![Size and KL divergence of file types](formats.svg)

    KL divergence is the mean over all predictions of the text, in nats, between the model before and after: how much
    information about the next token is lost. "imp." is with an importance matrix. Upstream is llama.cpp, whose files are
    byte for byte those of `rtn`; it multiplies with activations of 8 bits, which adds to the divergence, while Quant4J
    multiplies with floats. The algorithm `optimal` searches for better blocks of the same formats; a "plan" is
    `targetBitsPerWeight`, which chooses the format of each matrix for a size, with blocks by `optimal`.

    %s
    ## Formats

    The matrices of all layers are stored in the format, embedding and norms in F32. The error is the root of the summed
    squared error, divided by that of the squared weights. Speeds are million elements per second of one thread, in caches;
    "-" where the vector backend leaves it to the scalar code. They are those of a process that has done all of the above
    before, in which calls have seen many kinds of memory: scalar decoders are then far slower than by themselves, as
    [decisions](decisions.md#measurements) lists them. A format without figures in the plain columns needs an importance
    matrix.

    %s\
    """
        .formatted(
            options.model().getFileName(),
            options.text().getFileName(),
            options.chunks(),
            options.context(),
            options.importanceSource().map(source -> ", " + source).orElse(""),
            System.getProperty("java.version"),
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("os.arch"),
            fileTypeTable(),
            formatTable());
  }

  private MarkdownTable fileTypeTable() {
    MarkdownTable table =
        new MarkdownTable(
            List.of(
                "file type",
                "algorithm",
                "MiB",
                "bits/weight",
                "same top",
                "KL divergence",
                "upstream",
                "imp.: same top",
                "imp.: KL divergence",
                "imp.: upstream"));
    for (FileTypeRow row : fileTypes) {
      Optional<Quality> plain = row.measured().plain();
      Optional<Quality> weighted = row.measured().weighted();
      Quality any = plain.or(() -> weighted).orElseThrow();
      table.row(
          List.of(
              row.fileType(),
              row.algorithm(),
              number(2, any.bytes() / (double) (1 << 20)),
              number(2, any.bitsPerWeight()),
              percent(plain),
              divergence(plain),
              upstream(row, false),
              percent(weighted),
              divergence(weighted),
              upstream(row, true)));
    }
    return table;
  }

  private String upstream(FileTypeRow row, boolean importance) {
    return Optional.of(row)
        .filter(r -> r.algorithm().equals("rtn"))
        .flatMap(r -> upstream.find(r.fileType(), importance))
        .map(figure -> number(6, figure.divergence()))
        .orElse(NONE);
  }

  private MarkdownTable formatTable() {
    MarkdownTable table =
        new MarkdownTable(
            List.of(
                "format",
                "bits/weight",
                "error",
                "KL divergence",
                "imp.: error",
                "imp.: KL divergence",
                "encode, scalar",
                "vector",
                "decode, scalar",
                "vector"));
    for (FormatRow row : formats) {
      Optional<Quality> plain = row.measured().plain();
      Optional<Quality> weighted = row.measured().weighted();
      table.row(
          List.of(
              row.name(),
              number(4, row.bitsPerWeight()),
              error(plain),
              divergence(plain),
              error(weighted),
              divergence(weighted),
              speed(row.scalarEncoding()),
              speed(row.vectorEncoding()),
              speed(row.scalarDecoding()),
              speed(row.vectorDecoding())));
    }
    return table;
  }

  private static String percent(Optional<Quality> quality) {
    return quality.map(q -> number(2, 100 * q.sameTop()) + " %").orElse(NONE);
  }

  private static String divergence(Optional<Quality> quality) {
    return quality.map(q -> number(6, q.divergence())).orElse(NONE);
  }

  private static String error(Optional<Quality> quality) {
    return quality.map(q -> number(3, 100 * q.relativeError()) + " %").orElse(NONE);
  }

  private static String speed(OptionalDouble speed) {
    return speed.isPresent() ? number(speed.getAsDouble() < 10 ? 1 : 0, speed.getAsDouble()) : NONE;
  }

  private static String number(int decimals, double value) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  /** The plot of file types. */
  String plot() {
    return new ScatterPlot(
            "File types of " + options.model().getFileName() + ": size and loss",
            "size of the file, MiB",
            "mean KL divergence from the unquantized model, nats",
            List.of(
                upstream("llama.cpp", Mark.SQUARE, UPSTREAM, false),
                upstream("llama.cpp, importance", Mark.RING, UPSTREAM_WEIGHTED, true),
                ours("Quant4J, rtn", "rtn", Mark.DISC, OURS, Comparison::plain),
                ours(
                    "Quant4J, rtn, importance",
                    "rtn",
                    Mark.DISC,
                    OURS_WEIGHTED,
                    Comparison::weighted),
                ours("Quant4J, optimal", "optimal", Mark.DIAMOND, OPTIMAL, Comparison::plain),
                ours(
                    "Quant4J, optimal, importance",
                    "optimal",
                    Mark.DIAMOND,
                    OPTIMAL_WEIGHTED,
                    Comparison::weighted),
                ours("Quant4J, plan", FormatReport.PLAN, Mark.STAR, OPTIMAL, Comparison::plain),
                ours(
                    "Quant4J, plan, importance",
                    FormatReport.PLAN,
                    Mark.STAR,
                    OPTIMAL_WEIGHTED,
                    Comparison::weighted)))
        .svg();
  }

  private Series upstream(String name, Mark mark, String color, boolean importance) {
    List<Point> points = new ArrayList<>();
    for (UpstreamFigures.Figure figure : upstream.all()) {
      if (figure.importance() == importance) {
        points.add(point(figure.fileType(), figure.bytes(), figure.divergence()));
      }
    }
    return new Series(name, mark, color, points);
  }

  private Series ours(
      String name,
      String algorithm,
      Mark mark,
      String color,
      Function<Comparison, Optional<Quality>> quality) {
    List<Point> points = new ArrayList<>();
    for (FileTypeRow row : fileTypes) {
      if (row.algorithm().equals(algorithm)) {
        quality
            .apply(row.measured())
            .ifPresent(q -> points.add(point(row.fileType(), q.bytes(), q.divergence())));
      }
    }
    return new Series(name, mark, color, points);
  }

  private static Point point(String label, long bytes, double divergence) {
    return new Point(label, bytes / (double) (1 << 20), divergence);
  }
}
