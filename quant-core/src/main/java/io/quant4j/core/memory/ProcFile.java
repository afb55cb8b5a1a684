package io.quant4j.core.memory;

import java.util.OptionalLong;

/** Text as Linux shows its figures: lines of a name, a number, and perhaps {@code kB}. */
final class ProcFile {
  private ProcFile() {}

  /**
   * The bytes that a line states.
   *
   * @param name at the beginning of the line, before a colon or blank
   * @return empty if there is no such line
   */
  static OptionalLong bytes(String text, String name) {
    return text.lines()
        .map(line -> line.split("[:\\s]+", 3))
        .filter(words -> words.length > 1 && words[0].equals(name))
        .mapToLong(words -> Long.parseLong(words[1]) << (words.length > 2 ? 10 : 0))
        .findFirst();
  }
}
