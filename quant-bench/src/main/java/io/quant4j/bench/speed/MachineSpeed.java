package io.quant4j.bench.speed;

import io.quant4j.bench.PeakArithmetic;
import io.quant4j.bench.ReadBandwidth;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What the machine could do just now, measured by a JVM of its own.
 *
 * @param bytesPerSecond read by plain Java from 1 GiB of native memory
 * @param flopsPerSecond of fused multiply-adds of floats in registers
 */
public record MachineSpeed(double bytesPerSecond, double flopsPerSecond) {

  /** Argument: the number of threads. */
  @SuppressWarnings("SystemOut") // the output of a program
  public static void main(String[] args) {
    int threads = Integer.parseInt(args[0]);
    System.out.println(
        Json.write(
            Map.of(
                "bytes", ReadBandwidth.measure(threads),
                "flops", PeakArithmetic.measure(threads))));
  }

  /**
   * Measures in a new process, and again while others disturb it; the best figures count.
   *
   * @param attempts processes at most, at least 1
   * @param directory for its files
   */
  public static MachineSpeed measure(int threads, int attempts, Path directory)
      throws IOException, InterruptedException {
    List<String> command =
        JavaProcess.command(
            List.of(),
            System.getProperty("java.class.path"),
            MachineSpeed.class.getName(),
            List.of(String.valueOf(threads)));
    MachineSpeed best = new MachineSpeed(0, 0);
    MeasuredProcess process;
    int made = 0;
    do {
      process = MeasuredProcess.run(command, directory);
      best = best.orBetter(parse(process.output()));
      made++;
    } while (process.disturbed() && made < attempts);
    return best;
  }

  private static MachineSpeed parse(String output) throws IOException {
    Map<String, Object> figures = Json.readObject(output);
    if (figures.get("bytes") instanceof Double bytes
        && figures.get("flops") instanceof Double flops) {
      return new MachineSpeed(bytes, flops);
    }
    throw new IOException("no figures of the machine but " + figures);
  }

  private MachineSpeed orBetter(MachineSpeed other) {
    return new MachineSpeed(
        Math.max(bytesPerSecond, other.bytesPerSecond),
        Math.max(flopsPerSecond, other.flopsPerSecond));
  }
}
