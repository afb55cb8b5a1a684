package io.quant4j.cli;

import java.time.Duration;
import java.util.Locale;

/** How values are written for people. Pure functions, independent of the machine's locale. */
final class Text {
  private static final String[] BYTE_UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  private Text() {}

  /** {@link String#format} in the root locale. */
  static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }

  /** Bytes in the largest binary unit that fits: {@code 4.13 MiB}. */
  static String bytes(long count) {
    if (count < 1024) {
      return count + " B";
    }
    double value = count;
    int unit = -1;
    while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return format("%.2f %s", value, BYTE_UNITS[unit]);
  }

  /** A count with thousands separated: {@code 5,770,496}. */
  static String count(long value) {
    return format("%,d", value);
  }

  /**
   * A duration in the unit that reads best: {@code 0.24 s}, {@code 3 min 20 s}, {@code 2 h 5 min}.
   */
  static String duration(Duration duration) {
    double seconds = seconds(duration);
    if (seconds < 59.995) {
      return format("%.2f s", seconds);
    }
    long whole = Math.round(seconds);
    return whole < 3600
        ? format("%d min %d s", whole / 60, whole % 60)
        : format("%d h %d min", whole / 3600, whole / 60 % 60);
  }

  /** A duration as a number of seconds. */
  static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  /**
   * Text out of a file for a terminal: control characters are escaped, so that a file cannot drive
   * the terminal.
   */
  static String printable(String text) {
    StringBuilder printable = new StringBuilder(text.length());
    text.codePoints().forEach(c -> appendPrintable(printable, c));
    return printable.toString();
  }

  private static void appendPrintable(StringBuilder to, int codePoint) {
    switch (codePoint) {
      case '\n' -> to.append("\\n");
      case '\r' -> to.append("\\r");
      case '\t' -> to.append("\\t");
      default -> {
        if (isHarmless(codePoint)) {
          to.appendCodePoint(codePoint);
        } else {
          to.append(format(codePoint < 0x10000 ? "\\u%04x" : "\\u{%x}", codePoint));
        }
      }
    }
  }

  private static boolean isHarmless(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /** At most so many characters, the end replaced by an ellipsis if there are more. */
  static String shortened(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }

  /** {@link #printable} text in which a line break is a space. */
  static String oneLine(String text) {
    return printable(text.strip().replaceAll("\\s*\\R\\s*", " "));
  }
}
