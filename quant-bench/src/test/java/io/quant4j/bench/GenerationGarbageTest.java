package io.quant4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.quant4j.api.GeneratedToken;
import io.quant4j.api.GenerationOptions;
import io.quant4j.api.InferenceSession;
import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.Quantizer;
import io.quant4j.kernels.vector.machine.MachineCode;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a generated token leaves to the garbage collector: a few objects for each operation, none
 * for each chunk of it, and no array as large as the vocabulary, which would be 16 kB here and half
 * a megabyte in a model of today.
 */
class GenerationGarbageTest {
  private static final int TOKENS = 50;
  private static final GenerationOptions GREEDY =
      GenerationOptions.greedy().withMaxTokens(TOKENS + 1).withIgnoreEndOfText(true);

  /** 6 to 10 kB were measured: 24 products, and what is around them. */
  private static final long FEW_BYTES = 16_000;

  /** The scalar product decodes each row of a chunk into an array of the chunk's: 313 kB. */
  private static final long SCALAR_BYTES = 400_000;

  /** Until the JVM has compiled all of it, each vector of the Vector API is an object. */
  private static final long VECTOR_API_BYTES = 20_000_000;

  private static Path tinyNovels() {
    Path root = Path.of(Objects.requireNonNull(System.getProperty("quant4j.root"), "root"));
    return root.resolve("examples/quickstart/models/tiny-novels");
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getTotalThreadAllocatedBytes();
  }

  /** Bytes of a token, by all threads; the least of some texts, since the JVM makes some itself. */
  private static long bytesPerToken(Path path, String backend, GenerationOptions options) {
    LoadOptions load = LoadOptions.defaults().withBackend(backend).withThreads(2);
    long least = Long.MAX_VALUE;
    try (Model model = Model.load(path, load);
        InferenceSession session = model.newSession(2 * TOKENS)) {
      for (int round = 0; round < 4; round++) {
        session.reset();
        Iterator<GeneratedToken> tokens = session.generate("The old man", options).iterator();
        tokens.next();
        long before = allocated();
        tokens.forEachRemaining(token -> {});
        least = Math.min(least, (allocated() - before) / TOKENS);
      }
    }
    return least;
  }

  private static long bound() {
    return MachineCode.isUsable() ? FEW_BYTES : VECTOR_API_BYTES;
  }

  @Test
  void token_ofFloats_leavesLittle() {
    assertThat(bytesPerToken(tinyNovels(), "vector", GREEDY)).isLessThan(bound());
  }

  @ParameterizedTest
  @ValueSource(strings = {"Q4_0", "Q4_K_M"})
  void token_ofIntegers_leavesLittle(String fileType, @TempDir Path directory) {
    Path target = directory.resolve("model.gguf");
    Quantizer.builder().source(tinyNovels()).target(target).fileType(fileType).build().run();
    assertThat(bytesPerToken(target, "vector", GREEDY)).isLessThan(bound());
  }

  @Test
  void token_withRepeatPenalty_leavesLittle() {
    GenerationOptions options = GREEDY.withRepeatPenalty(1.1f);
    assertThat(bytesPerToken(tinyNovels(), "vector", options)).isLessThan(bound());
  }

  @Test
  void token_ofScalarProducts_leavesWhatItDecodes() {
    assertThat(bytesPerToken(tinyNovels(), "scalar", GREEDY)).isLessThan(SCALAR_BYTES);
  }
}
