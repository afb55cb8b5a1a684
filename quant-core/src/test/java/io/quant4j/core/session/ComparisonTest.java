package io.quant4j.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.Divergence;
import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.PerplexityOptions;
import io.quant4j.api.Quantizer;
import io.quant4j.api.error.InvalidRequestException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Comparisons with the small model of the repository, on the scalar backend. */
class ComparisonTest {
  private static final String TEXT =
      "The old man looked at the door. He was a little in the same way. ".repeat(8);
  private static final PerplexityOptions WINDOWS =
      PerplexityOptions.defaults().withContext(16).withChunks(2);

  @TempDir private static Path directory;
  private static Model base;
  private static Model quantized;

  @BeforeAll
  static void load() {
    Path file = directory.resolve("tiny.gguf");
    Quantizer.builder().source(TinyNovels.directory()).target(file).fileType("Q4_0").build().run();
    base = Model.load(TinyNovels.directory(), LoadOptions.defaults().withThreads(1));
    quantized = Model.load(file, LoadOptions.defaults().withThreads(2).withPrefillBatch(5));
  }

  @AfterAll
  static void close() {
    base.close();
    quantized.close();
  }

  @Test
  void compare_measuresBothPerplexities() {
    Divergence measured = base.compare(quantized, TEXT, WINDOWS);

    assertThat(measured.base()).isEqualTo(base.perplexity(TEXT, WINDOWS));
    assertThat(measured.quantized()).isEqualTo(quantized.perplexity(TEXT, WINDOWS));
    assertThat(measured.klDivergence().mean().value()).isBetween(1e-4, 0.1);
    assertThat(measured.predictions()).isEqualTo(2 * 7);
  }

  @Test
  void compare_withItself_isNothing() {
    Divergence measured = base.compare(base, TEXT, WINDOWS);

    assertThat(measured.klDivergence().maximum()).isZero();
    assertThat(measured.sameTop().value()).isEqualTo(1);
  }

  /** Sessions and comparisons take turns on the models' threads in any order. */
  @Test
  void compare_inBothDirectionsAtOnce_isLikeOneAfterTheOther() throws Exception {
    double forward = base.compare(quantized, TEXT, WINDOWS).klDivergence().mean().value();
    double backward = quantized.compare(base, TEXT, WINDOWS).klDivergence().mean().value();

    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      var first = threads.submit(() -> base.compare(quantized, TEXT, WINDOWS));
      var second = threads.submit(() -> quantized.compare(base, TEXT, WINDOWS));
      assertThat(first.get().klDivergence().mean().value()).isEqualTo(forward);
      assertThat(second.get().klDivergence().mean().value()).isEqualTo(backward);
    }
  }

  @Test
  void compare_withModelOfAnotherEngine_isRefused() {
    Model foreign =
        (Model)
            Proxy.newProxyInstance(
                Model.class.getClassLoader(),
                new Class<?>[] {Model.class},
                (proxy, method, arguments) -> {
                  throw new AssertionError(method);
                });

    assertThatThrownBy(() -> base.compare(foreign, TEXT, WINDOWS))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(foreign.getClass().getName());
  }

  @Test
  void compare_withClosedModel_isRefused() {
    Model closed = Model.load(TinyNovels.directory());
    closed.close();

    assertThatThrownBy(() -> base.compare(closed, TEXT, WINDOWS))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("closed");
  }
}
