package io.quant4j.bench.speed;

/**
 * How long one process measures.
 *
 * @param samples timed repetitions, at least 1
 * @param warmupSeconds least time that a workload is repeated before it is timed
 */
public record Effort(int samples, double warmupSeconds) {
  public Effort {
    if (samples < 1 || !(warmupSeconds >= 0)) {
      throw new IllegalArgumentException(
          "at least one sample and no negative time, not " + samples + " and " + warmupSeconds);
    }
  }
}
