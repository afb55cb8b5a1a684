package io.quant4j.core.tokenizer;

import io.quant4j.api.Tokenizer;
import io.quant4j.contract.TokenizerContract;

/** The contract with a small vocabulary of Llama 2's kind. */
class SentencePieceContractTest extends TokenizerContract {
  private final Tokenizer tokenizer =
      new SentencePieceBpe()
          .create(
              SpecBuilder.sentencePiece()
                  .unknown("<unk>")
                  .bos("<s>", true)
                  .eos("</s>", true)
                  .byteTokens()
                  .words("▁t", "he", "in", "▁a", "ll", "▁the", "lo", "▁▁", "▁▁▁▁", "▁H", "el")
                  .words("llo", "ello", "▁Hello", "aa", "aaaa", "77", "\u0301\u0301", "漢漢", "😀😀")
                  .words("a", "e", "h", "i", "l", "n", "o", "t", "H", "▁", "7", "A", "!", "漢")
                  .control("<|im_start|>")
                  .control("[INST]")
                  .userDefined("<tool>")
                  .userDefined("<tool_call>")
                  .addSpacePrefix()
                  .build());

  @Override
  protected Tokenizer tokenizer() {
    return tokenizer;
  }
}
