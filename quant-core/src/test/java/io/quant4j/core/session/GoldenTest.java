package io.quant4j.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.quant4j.api.GenerationOptions;
import io.quant4j.api.InferenceSession;
import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.Quantizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The small model against an independent implementation in double precision, from its safetensors
 * and from an F32 GGUF of our making.
 */
class GoldenTest {
  /** What F32 sums may differ from double ones, relative to the logit. */
  private static final double LOGIT_ERROR = 1e-4;

  private static void assertGolden(Path path) throws IOException {
    try (Model model = Model.load(path, LoadOptions.defaults().withThreads(2));
        InferenceSession session = model.newSession()) {
      List<Golden.Prompt> prompts = Golden.read().prompts();
      assertThat(prompts).hasSize(4);
      for (Golden.Prompt prompt : prompts) {
        assertThat(model.tokenizer().encode(prompt.text(), true, true)).isEqualTo(prompt.ids());
        session.reset();
        assertLogits(session.evaluate(prompt.ids()), prompt);
        session.reset();
        var result =
            session
                .generate(
                    prompt.text(),
                    GenerationOptions.greedy().withMaxTokens(prompt.greedyIds().size()))
                .result();
        assertThat(result.tokens()).as(prompt.text()).isEqualTo(prompt.greedyIds());
        assertThat(result.text()).startsWith(prompt.greedyText());
      }
    }
  }

  private static void assertLogits(float[] logits, Golden.Prompt prompt) {
    int[] ids = prompt.topIds();
    assertThat(ids).hasSize(20);
    for (int i = 0; i < ids.length; i++) {
      double expected = prompt.topLogits()[i];
      assertThat((double) logits[ids[i]])
          .as("'%s', rank %d, token %d", prompt.text(), i, ids[i])
          .isCloseTo(expected, within(LOGIT_ERROR * Math.abs(expected)));
    }
    float least = logits[ids[19]];
    int above = 0;
    for (float logit : logits) {
      above += logit > least ? 1 : 0;
    }
    assertThat(above).as("logits above the 20th").isEqualTo(19);
  }

  @Test
  void safetensors_equalTheReference() throws IOException {
    assertGolden(TinyNovels.directory());
  }

  @Test
  void f32Gguf_equalsTheReference(@TempDir Path directory) throws IOException {
    Path target = directory.resolve("tiny-novels-f32.gguf");
    Quantizer.builder().source(TinyNovels.directory()).target(target).fileType("F32").build().run();
    assertGolden(target);
  }
}
