package io.quant4j.cli;

import java.io.PrintWriter;
import java.util.List;

/**
 * Measurements of one test.
 *
 * @param promptTokens tokens evaluated at once, or 0
 * @param generateTokens tokens evaluated one by one, or 0
 * @param nanos time of each repetition, in nanoseconds; not empty
 */
record BenchResult(int promptTokens, int generateTokens, List<Long> nanos) {

  BenchResult {
    nanos = List.copyOf(nanos);
  }

  /** As llama-bench names tests: {@code pp512} or {@code tg128}. */
  String test() {
    return promptTokens > 0 ? "pp" + promptTokens : "tg" + generateTokens;
  }

  /** Tokens per second of each repetition. */
  List<Double> tokensPerSecond() {
    return nanos.stream().map(time -> (promptTokens + generateTokens) * 1e9 / time).toList();
  }

  static double mean(List<? extends Number> values) {
    return values.stream().mapToDouble(Number::doubleValue).average().orElseThrow();
  }

  /** Standard deviation of a sample (divided by n - 1); 0 for a single value. */
  static double deviation(List<? extends Number> values) {
    double mean = mean(values);
    double squares =
        values.stream().mapToDouble(value -> Math.pow(value.doubleValue() - mean, 2)).sum();
    return values.size() == 1 ? 0 : Math.sqrt(squares / (values.size() - 1));
  }

  /** Prints results in the columns of llama-bench. */
  static void print(BenchSubject subject, List<BenchResult> results, PrintWriter out) {
    Table table =
        new Table("model", ">size", ">params", "backend", ">threads", ">test", ">tokens/s");
    for (BenchResult result : results) {
      List<Double> speeds = result.tokensPerSecond();
      table.row(
          Text.printable(subject.name()),
          Text.bytes(subject.bytes()),
          Text.format("%.2f M", subject.parameters() / 1e6),
          subject.backend(),
          String.valueOf(subject.threads()),
          result.test(),
          Text.format("%.2f ± %.2f", mean(speeds), deviation(speeds)));
    }
    table.print(out);
  }

  /** This test under llama-bench's field names. */
  Json.Members json(BenchSubject subject) {
    List<Double> speeds = tokensPerSecond();
    return Json.object()
        .with("model_filename", subject.path().toString())
        .with("model_type", subject.architecture())
        .with("model_size", subject.bytes())
        .with("model_n_params", subject.parameters())
        .with("backends", subject.backend())
        .with("n_threads", subject.threads())
        .with("n_prompt", promptTokens)
        .with("n_gen", generateTokens)
        .with("avg_ns", mean(nanos))
        .with("stddev_ns", deviation(nanos))
        .with("avg_ts", mean(speeds))
        .with("stddev_ts", deviation(speeds))
        .with("samples_ns", nanos)
        .with("samples_ts", speeds);
  }
}
