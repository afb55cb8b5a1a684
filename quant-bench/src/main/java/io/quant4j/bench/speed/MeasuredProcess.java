package io.quant4j.bench.speed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A process that has ended.
 *
 * @param output what it wrote to its standard output
 * @param seconds from just before its start to its end
 * @param peakBytes most resident memory, mapped files included, where the system tells (Linux)
 * @param others processors that other processes kept busy meanwhile, on average; 0 if unknown
 */
public record MeasuredProcess(
    String output, double seconds, OptionalLong peakBytes, double others) {
  private static final double MOST_OTHERS = 0.25;
  private static final long POLL_MILLIS = 15;
  private static final long LIMIT_SECONDS = 900;
  private static final Pattern COMPLAINT = Pattern.compile("(?i)exception|error");

  /** Whether others took so much of the machine that the figures say little. */
  public boolean disturbed() {
    return isDisturbed(others);
  }

  /** Whether so many processors in the hands of others are too many. */
  static boolean isDisturbed(double others) {
    return others > MOST_OTHERS;
  }

  /**
   * Runs a command to its end.
   *
   * @param directory for files with its output while it runs
   * @throws IOException if it cannot be started, fails or takes more than 15 minutes, with what it
   *     complained about
   */
  public static MeasuredProcess run(List<String> command, Path directory)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(directory, "run", ".out");
    Path err = Files.createTempFile(directory, "run", ".err");
    try {
      SystemLoad load = new SystemLoad();
      long begin = System.nanoTime();
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      Traces traces = follow(process, begin);
      double seconds = (System.nanoTime() - begin) / 1e9;
      if (process.exitValue() != 0) {
        throw new IOException(
            "exit status %d: %s".formatted(process.exitValue(), complaint(err).orElse("")));
      }
      return new MeasuredProcess(
          Files.readString(out), seconds, traces.peakBytes, load.others(traces.processorTime));
    } finally {
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
    }
  }

  /** What was seen of a process before it ended. */
  private record Traces(OptionalLong peakBytes, Duration processorTime) {
    static Traces of(Process process, Traces before) {
      OptionalLong peak = MeasuredProcess.peakBytes(process.pid());
      return new Traces(
          peak.isPresent() ? peak : before.peakBytes,
          process.info().totalCpuDuration().orElse(before.processorTime));
    }
  }

  private static Traces follow(Process process, long begin)
      throws IOException, InterruptedException {
    Traces traces = new Traces(OptionalLong.empty(), Duration.ZERO);
    try {
      while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        traces = Traces.of(process, traces);
        if (System.nanoTime() - begin > LIMIT_SECONDS * 1_000_000_000L) {
          throw new IOException("ended after " + LIMIT_SECONDS + " seconds");
        }
      }
      return traces;
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

  /** The line that most likely says what went wrong. */
  private static Optional<String> complaint(Path file) throws IOException {
    List<String> lines = Files.readString(file).lines().filter(line -> !line.isBlank()).toList();
    return lines.stream()
        .filter(COMPLAINT.asPredicate())
        .findFirst()
        .or(() -> lines.stream().reduce((_, last) -> last));
  }
}
