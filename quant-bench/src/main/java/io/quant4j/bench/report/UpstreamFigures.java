package io.quant4j.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What llama.cpp measured on files of its own making. */
final class UpstreamFigures {
  /**
   * One file.
   *
   * @param importance whether it was made with an importance matrix
   * @param bytes size of the file
   * @param divergence mean KL divergence from the base model, in nats
   */
  record Figure(String fileType, boolean importance, long bytes, double divergence) {}

  private final List<Figure> figures;

  private UpstreamFigures(List<Figure> figures) {
    this.figures = figures;
  }

  /** No figures. */
  static UpstreamFigures none() {
    return new UpstreamFigures(List.of());
  }

  /**
   * Reads lines of {@code file type,plain|importance,bytes,divergence}; those that begin with # say
   * where they come from.
   */
  static UpstreamFigures read(Path file) throws IOException {
    List<Figure> figures = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] fields = line.split(",", -1);
        figures.add(
            new Figure(
                fields[0],
                fields[1].equals("importance"),
                Long.parseLong(fields[2]),
                Double.parseDouble(fields[3])));
      }
    }
    return new UpstreamFigures(figures);
  }

  List<Figure> all() {
    return figures;
  }

  Optional<Figure> find(String fileType, boolean importance) {
    return figures.stream()
        .filter(f -> f.fileType().equals(fileType) && f.importance() == importance)
        .findFirst();
  }
}
