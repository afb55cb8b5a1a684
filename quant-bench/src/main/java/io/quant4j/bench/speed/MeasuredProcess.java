package io.quant4j.bench.speed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A process that has ended.
 *
 * @param output what it wrote to its standard output
 * @param seconds from just before its start to its end
 * @param peakBytes most resident memory, mapped files included, where the system tells (Linux)
 */
public record MeasuredProcess(String output, double seconds, OptionalLong peakBytes) {
  private static final long POLL_MILLIS = 15;
  private static final long LIMIT_SECONDS = 900;
  private static final int LAST_LINES = 8;

  /**
   * Runs a command to its end.
   *
   * @param directory for files with its output while it runs
   * @throws IOException if it cannot be started, fails or takes more than 15 minutes, with the end
   *     of what it said
   */
  public static MeasuredProcess run(List<String> command, Path directory)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(directory, "run", ".out");
    Path err = Files.createTempFile(directory, "run", ".err");
    try {
      long begin = System.nanoTime();
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      OptionalLong peak = follow(process, begin);
      double seconds = (System.nanoTime() - begin) / 1e9;
      if (process.exitValue() != 0) {
        throw new IOException(
            "exit status %d of %s: %s%s"
                .formatted(process.exitValue(), command, end(out), end(err)));
      }
      return new MeasuredProcess(Files.readString(out), seconds, peak);
    } finally {
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
    }
  }

  private static OptionalLong follow(Process process, long begin)
      throws IOException, InterruptedException {
    OptionalLong peak = OptionalLong.empty();
    try {
      while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        OptionalLong now = peakBytes(process.pid());
        peak = now.isPresent() ? now : peak;
        if (System.nanoTime() - begin > LIMIT_SECONDS * 1_000_000_000L) {
          throw new IOException("ended after " + LIMIT_SECONDS + " seconds");
        }
      }
      return peak;
    } finally {
      process.destroyForcibly();
    }
  }

  /** {@code VmHWM}, which the kernel keeps for every process. */
  private static OptionalLong peakBytes(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc", String.valueOf(pid), "status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst();
    } catch (IOException | java.io.UncheckedIOException e) {
      return OptionalLong.empty(); // not Linux, or the process has just ended
    }
  }

  private static String end(Path file) throws IOException {
    List<String> lines = Files.readString(file).lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
  }
}
