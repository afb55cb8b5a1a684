package io.quant4j.cli;

import io.quant4j.api.InferenceSession;
import io.quant4j.api.Model;
import io.quant4j.api.Quant4J;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.StoredTensor;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code quant4j bench}: the measurements of llama-bench, under its names. A prompt test evaluates
 * so many random tokens at once, a generation test so many one by one, each in an empty session.
 */
@Command(
    name = "bench",
    description = "Measures tokens per second for prompts and generation, as llama-bench does.")
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
final class BenchCommand implements Callable<Integer> {
  private static final long SEED = 1;

  @Spec private CommandSpec spec;
  @Mixin private ModelOptions modelOptions;

  @Option(
      names = "--prompt-tokens",
      paramLabel = "N",
      defaultValue = "512",
      description = "Tokens of the prompt test; 0 leaves it out. ${DEFAULT-VALUE} if not given.")
  private int promptTokens;

  @Option(
      names = "--generate-tokens",
      paramLabel = "N",
      defaultValue = "128",
      description =
          "Tokens of the generation test; 0 leaves it out. ${DEFAULT-VALUE} if not given.")
  private int generateTokens;

  @Option(
      names = "--repetitions",
      paramLabel = "N",
      defaultValue = "5",
      description = "Measurements of each test, after warming up. ${DEFAULT-VALUE} if not given.")
  private int repetitions;

  @Option(
      names = "--warmup-seconds",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description =
          "Least time that each test is repeated before it is measured; longer while it still gets"
              + " faster. ${DEFAULT-VALUE} if not given.")
  private double warmupSeconds;

  @Option(names = "--json", description = "Prints a JSON array with llama-bench's field names.")
  private boolean json;

  @Override
  public Integer call() {
    atLeast("--prompt-tokens", promptTokens, 0);
    atLeast("--generate-tokens", generateTokens, 0);
    atLeast("--repetitions", repetitions, 1);
    atLeast("--warmup-seconds", warmupSeconds, 0);
    PrintWriter out = spec.commandLine().getOut();
    BenchSubject subject;
    List<BenchResult> results;
    try (Model model = modelOptions.load()) {
      subject = subject(model);
      results = measure(model);
    }
    if (json) {
      Json.print(out, results.stream().map(result -> result.json(subject)).toList());
    } else {
      BenchResult.print(subject, results, out);
    }
    return ExitStatus.OK;
  }

  private void atLeast(String option, Number value, int least) {
    if (!(value.doubleValue() >= least)) {
      throw new ParameterException(
          spec.commandLine(), "%s must be at least %d, not %s".formatted(option, least, value));
    }
  }

  private BenchSubject subject(Model model) {
    try (Checkpoint checkpoint = Quant4J.open(modelOptions.path())) {
      List<StoredTensor> tensors = checkpoint.tensors();
      return new BenchSubject(
          modelOptions.path(),
          model.metadata().architecture(),
          tensors.stream().mapToLong(tensor -> tensor.info().byteSize()).sum(),
          tensors.stream().mapToLong(tensor -> tensor.info().shape().elements()).sum(),
          model.backend(),
          model.threads());
    }
  }

  private List<BenchResult> measure(Model model) {
    int[] tokens = randomTokens(model, Math.max(promptTokens, generateTokens));
    float[] logits = new float[model.metadata().vocabularySize()];
    List<BenchResult> results = new ArrayList<>();
    if (promptTokens > 0) {
      int[] prompt = Arrays.copyOf(tokens, promptTokens);
      results.add(repeat(model, promptTokens, 0, session -> session.evaluate(prompt, logits)));
    }
    if (generateTokens > 0) {
      results.add(
          repeat(
              model,
              0,
              generateTokens,
              session -> {
                int[] token = new int[1];
                for (int i = 0; i < generateTokens; i++) {
                  token[0] = tokens[i];
                  session.evaluate(token, logits);
                }
              }));
    }
    return results;
  }

  private static int[] randomTokens(Model model, int count) {
    int vocabulary = model.metadata().vocabularySize();
    return new SplittableRandom(SEED).ints(count, 0, vocabulary).toArray();
  }

  private BenchResult repeat(
      Model model, int prompt, int generate, Consumer<InferenceSession> test) {
    List<Long> nanos = new ArrayList<>();
    try (InferenceSession session = model.newSession(prompt + generate)) {
      Warmup warmup = new Warmup(warmupSeconds);
      while (warmup.goesOnAfter(time(session, test))) {
        // Only the time counts.
      }
      for (int i = 0; i < repetitions; i++) {
        nanos.add(time(session, test));
      }
    }
    return new BenchResult(prompt, generate, nanos);
  }

  private static long time(InferenceSession session, Consumer<InferenceSession> test) {
    session.reset();
    long begin = System.nanoTime();
    test.accept(session);
    return System.nanoTime() - begin;
  }
}
