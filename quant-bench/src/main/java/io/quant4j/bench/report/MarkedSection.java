package io.quant4j.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The part of a Markdown file that a program writes, between two comments. */
final class MarkedSection {
  private MarkedSection() {}

  /**
   * Replaces the section; a file that does not exist gets nothing else.
   *
   * @param name of the section, which is in both comments
   * @throws IllegalArgumentException if the file exists without the comments
   */
  static void put(Path file, String name, String text) throws IOException {
    String begin = "<!-- " + name + ": begin -->\n";
    String end = "<!-- " + name + ": end -->\n";
    String whole = Files.exists(file) ? Files.readString(file) : begin + end;
    int from = whole.indexOf(begin);
    int to = whole.indexOf(end, Math.max(from, 0));
    if (from < 0 || to < 0) {
      throw new IllegalArgumentException(
          "%s has no place for the figures: it lacks the lines %s and %s"
              .formatted(file, begin.strip(), end.strip()));
    }
    Files.writeString(file, whole.substring(0, from) + begin + text + whole.substring(to));
  }
}
