package io.quant4j.bench.report;

import java.util.Collections;
import java.util.List;

/** A table of Markdown; the first column is text, the others are numbers. */
public final class MarkdownTable {
  private final StringBuilder text = new StringBuilder();

  /** A table without rows. */
  public MarkdownTable(List<String> headings) {
    row(headings);
    text.append("|---|").append(String.join("|", Collections.nCopies(headings.size() - 1, "---:")));
    text.append("|\n");
  }

  /** Adds a row with as many cells as there are headings. */
  public void row(List<String> cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
