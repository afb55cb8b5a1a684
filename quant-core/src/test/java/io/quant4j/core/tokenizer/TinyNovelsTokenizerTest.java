package io.quant4j.core.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.Tokenizer;
import io.quant4j.contract.TokenizerContract;
import io.quant4j.core.checkpoint.tokenizer.TokenizerHints;
import io.quant4j.core.checkpoint.tokenizer.TokenizerReader;
import io.quant4j.core.session.Golden;
import io.quant4j.core.session.TinyNovels;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The contract with the tokenizer of the small model: byte-level, with Llama 3's split. */
class TinyNovelsTokenizerTest extends TokenizerContract {
  private final Tokenizer tokenizer =
      new ByteLevelBpe()
          .create(
              TokenizerReader.read(TinyNovels.directory(), TokenizerHints.none()).orElseThrow());

  @Override
  protected Tokenizer tokenizer() {
    return tokenizer;
  }

  @Test
  void encode_goldenPrompts_givesTheReferenceIds() throws IOException {
    var prompts = Golden.read().prompts();
    assertThat(prompts).hasSize(4);
    for (Golden.Prompt prompt : prompts) {
      assertThat(tokenizer.encode(prompt.text(), true, false))
          .as(prompt.text())
          .isEqualTo(prompt.ids());
      assertThat(tokenizer.decode(prompt.ids(), false)).isEqualTo(prompt.text());
    }
  }
}
