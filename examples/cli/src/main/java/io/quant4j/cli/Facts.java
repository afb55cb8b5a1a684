package io.quant4j.cli;

import java.io.PrintWriter;
import java.util.Collection;
import java.util.stream.Collectors;

/** Prints named values below a title. */
final class Facts {
  private Facts() {}

  /**
   * Prints nothing if there are no values.
   *
   * @param longest characters of a value that are shown at most
   */
  static void print(PrintWriter out, String title, Json.Members facts, int longest) {
    if (facts.asMap().isEmpty()) {
      return;
    }
    Table table = new Table(title, "");
    facts
        .asMap()
        .forEach((name, value) -> table.row("  " + Text.printable(name), readable(value, longest)));
    out.println();
    table.print(out);
  }

  private static String readable(Object value, int longest) {
    String text =
        switch (value) {
          case Collection<?> none when none.isEmpty() -> "none";
          case Collection<?> elements ->
              elements.stream().map(String::valueOf).collect(Collectors.joining(" "));
          default -> value.toString();
        };
    return Text.printable(Text.shortened(text, longest));
  }

  /** A number of bytes: readable for people, a plain number in JSON. */
  record Bytes(long count) {
    @Override
    public String toString() {
      return Text.bytes(count);
    }
  }
}
