package io.quant4j.bench.report;

import java.util.Collections;
import java.util.List;

/** A table of Markdown; the first column is text, the others are numbers. */
final class MarkdownTable {
  private final StringBuilder text = new StringBuilder();

  MarkdownTable(List<String> headings) {
    row(headings);
    text.append("|---|").append(String.join("|", Collections.nCopies(headings.size() - 1, "---:")));
    text.append("|\n");
  }

  void row(List<String> cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
