package io.quant4j.bench.speed;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The measuring loop of a process that runs a model in Java: ours, and those of others behind an
 * {@link Engine}. It prints a line for each sample.
 */
public final class EngineLoop {
  private static final String SAMPLE = "tokens/s ";
  private static final int COLD_PROMPT = 16;

  private final Engine engine;
  private final Workload workload;
  private final Effort effort;
  private final PrintStream out;

  private EngineLoop(Engine engine, Workload workload, Effort effort, PrintStream out) {
    this.engine = engine;
    this.workload = workload;
    this.effort = effort;
    this.out = out;
  }

  /** A unit of work that may fail. */
  @FunctionalInterface
  private interface Step {
    void run() throws Exception;
  }

  /** Arguments that {@link #run} reads. */
  static List<String> arguments(Path model, Workload workload, int threads, Effort effort) {
    return List.of(
        model.toString(),
        workload.label(),
        String.valueOf(threads),
        String.valueOf(effort.samples()),
        String.valueOf(effort.warmupSeconds()));
  }

  /** Measures what the arguments say and prints it to standard output. */
  @SuppressWarnings("SystemOut") // the output of a program
  public static void run(String[] args, Engine.Opener opener) throws Exception {
    run(args, opener, System.out);
  }

  static void run(String[] args, Engine.Opener opener, PrintStream out) throws Exception {
    Workload workload = Workload.of(args[1]);
    Effort effort = new Effort(Integer.parseInt(args[3]), Double.parseDouble(args[4]));
    int context =
        Math.max(COLD_PROMPT, workload.prompt())
            + workload.depth()
            + workload.generate() * (effort.samples() + 1);
    try (Engine engine = opener.open(Path.of(args[0]), Integer.parseInt(args[2]), context)) {
      new EngineLoop(engine, workload, effort, out).measure();
    }
  }

  private void measure() throws Exception {
    switch (workload) {
      case PROMPT_128, PROMPT_512 -> repeat(() -> engine.prompt(workload.prompt()));
      case GENERATION ->
          repeat(() -> {
            engine.reset();
            engine.generate(workload.generate());
          });
      case LONG_CONTEXT -> {
        engine.prompt(workload.depth());
        engine.generate(workload.generate());
        sample(effort.samples(), () -> engine.generate(workload.generate()));
      }
      case FIRST_TOKEN -> engine.firstToken(workload.prompt());
      case COLD -> {
        engine.prompt(COLD_PROMPT);
        sample(1, () -> engine.generate(workload.generate()));
      }
    }
  }

  private void repeat(Step step) throws Exception {
    long begin = System.nanoTime();
    do {
      step.run();
    } while (System.nanoTime() - begin < effort.warmupSeconds() * 1e9);
    sample(effort.samples(), step);
  }

  private void sample(int samples, Step step) throws Exception {
    for (int i = 0; i < samples; i++) {
      long begin = System.nanoTime();
      step.run();
      double seconds = (System.nanoTime() - begin) / 1e9;
      double tokens = workload.prompt() + workload.generate();
      out.printf(Locale.ROOT, "%s%.4f%n", SAMPLE, tokens / seconds);
    }
  }

  /**
   * The samples in what {@link #run} printed; other lines are left out.
   *
   * @throws IllegalArgumentException if there is none
   */
  static List<Double> parse(String output) {
    List<Double> samples =
        output
            .lines()
            .filter(line -> line.startsWith(SAMPLE))
            .map(line -> Double.valueOf(line.substring(SAMPLE.length())))
            .toList();
    if (samples.isEmpty()) {
      throw new IllegalArgumentException("no line begins with '" + SAMPLE + "'");
    }
    return samples;
  }
}
