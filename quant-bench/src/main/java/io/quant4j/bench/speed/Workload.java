package io.quant4j.bench.speed;

import java.util.Arrays;
import java.util.List;

/** What a contestant is timed at. The first four are those of llama-bench, under its names. */
public enum Workload {
  /** A prompt of 128 tokens, read at once. */
  PROMPT_128("pp128", Metric.TOKENS_PER_SECOND, 128, 0, 0),
  /** A prompt of 512 tokens, read at once. */
  PROMPT_512("pp512", Metric.TOKENS_PER_SECOND, 512, 0, 0),
  /** 32 tokens one by one, from an empty context on. */
  GENERATION("tg32", Metric.TOKENS_PER_SECOND, 0, 32, 0),
  /** 32 tokens one by one behind 4,096 others. */
  LONG_CONTEXT("tg32@d4096", Metric.TOKENS_PER_SECOND, 0, 32, 4_096),
  /** A process from its start to its end, which reads 16 tokens and predicts one. */
  FIRST_TOKEN("first", Metric.SECONDS, 16, 0, 0),
  /** The first 32 tokens of a process, one by one: nothing is warm. */
  COLD("cold32", Metric.TOKENS_PER_SECOND, 0, 32, 0);

  /** What is counted. */
  public enum Metric {
    TOKENS_PER_SECOND("tokens/s") {
      @Override
      public double advantage(double ours, double theirs) {
        return ours / theirs;
      }
    },
    SECONDS("s") {
      @Override
      public double advantage(double ours, double theirs) {
        return theirs / ours;
      }
    };

    private final String unit;

    Metric(String unit) {
      this.unit = unit;
    }

    public String unit() {
      return unit;
    }

    /** How many times better the first figure is than the second. */
    public abstract double advantage(double ours, double theirs);
  }

  private final String label;
  private final Metric metric;
  private final int prompt;
  private final int generate;
  private final int depth;

  Workload(String label, Metric metric, int prompt, int generate, int depth) {
    this.label = label;
    this.metric = metric;
    this.prompt = prompt;
    this.generate = generate;
    this.depth = depth;
  }

  /** Name on the command line and in tables. */
  public String label() {
    return label;
  }

  public Metric metric() {
    return metric;
  }

  /** Tokens of the timed prompt, or 0. */
  public int prompt() {
    return prompt;
  }

  /** Tokens generated, or 0. */
  public int generate() {
    return generate;
  }

  /** Tokens in the context before those that are timed. */
  public int depth() {
    return depth;
  }

  /** Whether it is timed once per process, without warming up. */
  public boolean fresh() {
    return this == FIRST_TOKEN || this == COLD;
  }

  /**
   * Finds a workload by its label.
   *
   * @throws IllegalArgumentException naming those that there are
   */
  public static Workload of(String label) {
    return Arrays.stream(values())
        .filter(workload -> workload.label.equals(label))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("no test '" + label + "', but " + labels()));
  }

  /** All labels. */
  public static List<String> labels() {
    return Arrays.stream(values()).map(Workload::label).toList();
  }
}
