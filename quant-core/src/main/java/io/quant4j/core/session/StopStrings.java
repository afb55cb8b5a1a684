package io.quant4j.core.session;

import java.util.List;

/**
 * Watches text for stop strings and holds back what may be the beginning of one. Not thread-safe.
 */
final class StopStrings {
  private final List<String> stops;
  private final StringBuilder pending = new StringBuilder();
  private boolean stopped;

  StopStrings(List<String> stops) {
    this.stops = stops;
  }

  /** Whether a stop string has appeared. */
  boolean stopped() {
    return stopped;
  }

  /**
   * Takes more text.
   *
   * @return text that is certain to come before any stop string
   */
  String accept(String text) {
    if (stops.isEmpty()) {
      return text;
    }
    pending.append(text);
    int first = Integer.MAX_VALUE;
    for (String stop : stops) {
      int at = pending.indexOf(stop);
      if (at >= 0) {
        first = Math.min(first, at);
      }
    }
    if (first < Integer.MAX_VALUE) {
      stopped = true;
      String before = pending.substring(0, first);
      pending.setLength(0);
      return before;
    }
    return release(pending.length() - longestBeginning());
  }

  /** Text still held back, when no more comes. */
  String finish() {
    return release(pending.length());
  }

  private String release(int length) {
    String certain = pending.substring(0, length);
    pending.delete(0, length);
    return certain;
  }

  /** Length of the longest end of the pending text that begins a stop string. */
  private int longestBeginning() {
    int longest = 0;
    for (String stop : stops) {
      int length = Math.min(stop.length() - 1, pending.length());
      while (length > longest && !stop.startsWith(pending.substring(pending.length() - length))) {
        length--;
      }
      longest = Math.max(longest, length);
    }
    return longest;
  }
}
