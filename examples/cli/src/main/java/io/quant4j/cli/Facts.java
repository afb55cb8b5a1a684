package io.quant4j.cli;

import java.io.PrintWriter;

/** Prints named values below a title. */
final class Facts {
  private static final int LONGEST_VALUE = 80;

  private Facts() {}

  /** Prints nothing if there are no values. */
  static void print(PrintWriter out, String title, Json.Members facts) {
    if (facts.asMap().isEmpty()) {
      return;
    }
    Table table = new Table(title, "");
    facts
        .asMap()
        .forEach(
            (name, value) ->
                table.row(
                    "  " + Text.printable(name),
                    Text.printable(Text.shortened(value.toString(), LONGEST_VALUE))));
    out.println();
    table.print(out);
  }

  /** A number of bytes: readable for people, a plain number in JSON. */
  record Bytes(long count) {
    @Override
    public String toString() {
      return Text.bytes(count);
    }
  }
}
