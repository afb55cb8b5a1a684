package io.quant4j.bench.speed;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A measurement that was made, or failed.
 *
 * @param key what was measured
 * @param samples tokens per second, or seconds; empty if it failed
 * @param peakBytes most resident memory of the process, or 0 if the system does not tell
 * @param others processors that other processes kept busy meanwhile, on average; 0 if unknown
 * @param machine what the machine could do at the time
 * @param work what the model asks of it
 * @param failure why there are no samples, or empty
 */
public record Run(
    Key key,
    List<Double> samples,
    long peakBytes,
    double others,
    MachineSpeed machine,
    ModelWork work,
    String failure) {
  /**
   * What is measured.
   *
   * @param round number of the measurement among equal ones, from 1
   */
  public record Key(String contestant, String fileType, Workload workload, int threads, int round) {
    @Override
    public String toString() {
      return "%s %s, threads %d, round %d, %s"
          .formatted(fileType, workload.label(), threads, round, contestant);
    }
  }

  public Run {
    samples = List.copyOf(samples);
  }

  /** Whether other processes took so much of the machine that the samples say little. */
  public boolean disturbed() {
    return MeasuredProcess.isDisturbed(others);
  }

  public boolean failed() {
    return samples.isEmpty();
  }

  /** Median of the samples; there must be some. */
  public double figure() {
    return Spread.of(samples).median();
  }

  /** One line of JSON. */
  String line() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("contestant", key.contestant());
    members.put("fileType", key.fileType());
    members.put("test", key.workload().label());
    members.put("threads", key.threads());
    members.put("round", key.round());
    members.put("samples", samples);
    members.put("peakBytes", peakBytes);
    members.put("others", others);
    members.put("readBytesPerSecond", machine.bytesPerSecond());
    members.put("peakFlopsPerSecond", machine.flopsPerSecond());
    members.put("fileBytes", work.fileBytes());
    members.put("weightBytes", work.weightBytes());
    members.put("weights", work.weights());
    members.put("failure", failure);
    return Json.write(members);
  }

  /** Reads what {@link #line} wrote. */
  static Run of(String line) {
    Map<String, Object> members = Json.readObject(line);
    return new Run(
        new Key(
            text(members, "contestant"),
            text(members, "fileType"),
            Workload.of(text(members, "test")),
            (int) number(members, "threads"),
            (int) number(members, "round")),
        Json.numbers(members, "samples"),
        (long) number(members, "peakBytes"),
        number(members, "others"),
        new MachineSpeed(
            number(members, "readBytesPerSecond"), number(members, "peakFlopsPerSecond")),
        new ModelWork(
            (long) number(members, "fileBytes"),
            (long) number(members, "weightBytes"),
            (long) number(members, "weights")),
        text(members, "failure"));
  }

  private static String text(Map<String, Object> members, String name) {
    return members.get(name) instanceof String text ? text : missing(members, name);
  }

  private static double number(Map<String, Object> members, String name) {
    return members.get(name) instanceof Double number ? number : missing(members, name);
  }

  private static <T> T missing(Map<String, Object> members, String name) {
    throw new IllegalArgumentException("no '" + name + "' in " + members);
  }
}
