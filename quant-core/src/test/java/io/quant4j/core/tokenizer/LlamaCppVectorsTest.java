package io.quant4j.core.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The vectors of llama.cpp, by the procedure of its {@code test-tokenizer-0}: no tokens around the
 * text, no control tokens in it.
 */
@Tag("conformance")
class LlamaCppVectorsTest {
  private static final String SEPARATOR = "\n__ggml_vocab_test__\n";
  private static final int CASES = 46;

  private static void assertVectors(String name, Tokenizer tokenizer) throws IOException {
    String file = "llama.cpp/ggml-vocab-" + name + ".gguf";
    String[] texts =
        Files.readString(SharedTokenizers.path(file + ".inp"), StandardCharsets.UTF_8)
            .split(SEPARATOR, -1);
    List<String> lines = Files.readAllLines(SharedTokenizers.path(file + ".out"));
    // A separator ends the file, and what follows it is no case.
    assertThat(texts[CASES]).isEmpty();
    assertThat(lines).hasSize(CASES);
    SoftAssertions all = new SoftAssertions();
    for (int i = 0; i < CASES; i++) {
      String line = lines.get(i).strip();
      int[] expected =
          line.isEmpty()
              ? new int[0]
              : Arrays.stream(line.split(" ")).mapToInt(Integer::parseInt).toArray();
      all.assertThat(tokenizer.encode(texts[i], false, false))
          .as("%s, case %d: '%s'", name, i, texts[i])
          .isEqualTo(expected);
      all.assertThat(tokenizer.decode(expected, false))
          .as("%s, case %d", name, i)
          .isEqualTo(texts[i]);
    }
    all.assertAll();
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-spm", "phi-3", "gpt-2", "falcon", "mpt", "refact", "deepseek-llm"})
  void encode_ofVocabularyFile_equalsLlamaCpp(String name) throws IOException {
    assertVectors(name, SharedTokenizers.gguf(name));
  }

  @Test
  void encode_ofLlama3Ranks_equalsLlamaCpp() throws IOException {
    assertVectors("llama-bpe", Tiktoken.llama3());
  }

  @Test
  void encode_ofQwen2Ranks_equalsLlamaCpp() throws IOException {
    assertVectors("qwen2", Tiktoken.qwen2());
  }
}
