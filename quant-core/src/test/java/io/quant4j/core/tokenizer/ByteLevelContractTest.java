package io.quant4j.core.tokenizer;

import io.quant4j.api.Tokenizer;
import io.quant4j.contract.TokenizerContract;

/** The contract with a small vocabulary of GPT-2's kind. */
class ByteLevelContractTest extends TokenizerContract {
  private final Tokenizer tokenizer =
      new ByteLevelBpe()
          .create(
              SpecBuilder.byteLevel()
                  .letters()
                  .mergedWords(
                      "Ġ t", "h e", "Ġ a", "l l", "l o", "Ġt he", "Ġ Ġ", "ĠĠ ĠĠ", "a a", "a aa")
                  .bos("<|endoftext|>", false)
                  .eos("<|eot|>", true)
                  .userDefined("<tool>")
                  .userDefined("<tool_call>")
                  .userDefined("      ")
                  .preTokenizer("gpt-2")
                  .build());

  @Override
  protected Tokenizer tokenizer() {
    return tokenizer;
  }
}
