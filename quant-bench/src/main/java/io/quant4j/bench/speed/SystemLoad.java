package io.quant4j.bench.speed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** Processor time of everything that runs on the machine, where the system tells (Linux). */
final class SystemLoad {
  private static final double TICKS_PER_SECOND = 100;

  /** User, nice, system, then after idle and waiting: interrupts (2), and time that was stolen. */
  private static final int[] BUSY = {1, 2, 3, 6, 7, 8};

  private final long beginNanos = System.nanoTime();
  private final OptionalDouble begin = busySeconds();

  /**
   * Processors that others have kept busy since this was made, on average; 0 if unknown.
   *
   * @param own processor time of the process that does not count
   */
  double others(Duration own) {
    OptionalDouble end = busySeconds();
    if (begin.isEmpty() || end.isEmpty()) {
      return 0;
    }
    double seconds = (System.nanoTime() - beginNanos) / 1e9;
    double busy = end.getAsDouble() - begin.getAsDouble() - own.toNanos() / 1e9;
    return Math.max(0, busy / seconds);
  }

  private static OptionalDouble busySeconds() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
      return lines
          .filter(line -> line.startsWith("cpu "))
          .mapToDouble(SystemLoad::busySeconds)
          .findFirst();
    } catch (IOException | UncheckedIOException e) {
      return OptionalDouble.empty();
    }
  }

  private static double busySeconds(String line) {
    String[] fields = line.split("\\s+", -1);
    long ticks = 0;
    for (int field : BUSY) {
      ticks += Long.parseLong(fields[field]);
    }
    return ticks / TICKS_PER_SECOND;
  }
}
