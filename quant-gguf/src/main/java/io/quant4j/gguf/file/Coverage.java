package io.quant4j.gguf.file;

import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Which bytes of a range of {@code size} bytes were written, each at most once. Thread-safe. */
public final class Coverage {
  private final long size;

  /** Start and end (exclusive) of stretches that neither overlap nor touch. */
  private final TreeMap<Long, Long> stretches = new TreeMap<>();

  /**
   * @param size of the whole range in bytes
   */
  public Coverage(long size) {
    this.size = size;
  }

  /**
   * Claims the bytes from {@code from} to before {@code to}.
   *
   * @return false, claiming nothing, if they are not inside the range or some were claimed before
   */
  public synchronized boolean claim(long from, long to) {
    if (from < 0 || to < from || to > size) {
      return false;
    }
    if (from == to) {
      return true;
    }
    Map.Entry<Long, Long> before = stretches.lowerEntry(to);
    if (before != null && before.getValue() > from) {
      return false;
    }
    long start = from;
    if (before != null && before.getValue() == from) {
      start = before.getKey();
    }
    Long next = stretches.remove(to);
    stretches.put(start, next == null ? to : next);
    return true;
  }

  /** The first byte that was not claimed, if there is one. */
  public synchronized OptionalLong firstMissing() {
    if (size == 0) {
      return OptionalLong.empty();
    }
    Map.Entry<Long, Long> first = stretches.firstEntry();
    if (first == null || first.getKey() > 0) {
      return OptionalLong.of(0);
    }
    return first.getValue() < size ? OptionalLong.of(first.getValue()) : OptionalLong.empty();
  }
}
