package io.quant4j.gguf;

import static io.quant4j.gguf.GgufBytes.ints;
import static io.quant4j.gguf.GgufBytes.text;
import static io.quant4j.gguf.GgufBytes.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.spi.Checkpoint;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Vocabularies of the size of Llama 3's: 128k tokens and 280k merges. */
class LargeVocabularyTest extends OpeningTest {
  private static final int TOKENS = 128_256;
  private static final int MERGES = 280_147;

  /** Warm about 100 ms are expected; the limit only tells a quadratic scan from none. */
  private static final long LIMIT_NANOS = 2_000_000_000L;

  @Test
  void largeVocabulary_opensQuickly() {
    Path file =
        GgufBytes.llama()
            .key("llama.vocab_size", GgufBytes.uint32(TOKENS))
            .key("tokenizer.ggml.model", text("gpt2"))
            .key("tokenizer.ggml.pre", text("llama-bpe"))
            .key("tokenizer.ggml.tokens", texts(numbered(TOKENS, "\u0120token")))
            .key(
                "tokenizer.ggml.token_type", ints(IntStream.range(0, TOKENS).map(i -> 1).toArray()))
            .key("tokenizer.ggml.merges", texts(numbered(MERGES, "\u0120to ken")))
            .writeTo(directory.resolve("model.gguf"));

    long best = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      long start = System.nanoTime();
      try (Checkpoint checkpoint = new GgufReader().open(file)) {
        assertThat(checkpoint.tokenizer().orElseThrow().merges()).hasSize(MERGES);
      }
      best = Math.min(best, System.nanoTime() - start);
    }
    assertThat(best).as("nanoseconds to open").isLessThan(LIMIT_NANOS);
  }

  private static String[] numbered(int count, String prefix) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).toArray(String[]::new);
  }
}
