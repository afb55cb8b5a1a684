package io.quant4j.core.tokenizer;

import io.quant4j.api.Tokenizer;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.spi.TokenizerFactory;
import java.nio.charset.StandardCharsets;

/**
 * Byte-level BPE as of GPT-2, Llama 3 and Qwen ({@code gpt2} in GGUF, {@code ByteLevel} in Hugging
 * Face tokenizers). Text is cut into words by regular expressions; the UTF-8 bytes of a word,
 * written in a printable alphabet, merge by rank, the leftmost of equal pairs first. A byte that
 * has no entry is left out, as upstream leaves it out (Falcon has none for a vertical tab).
 * Decoding gives the bytes back. An entry with a character outside that alphabet stands for its own
 * text, as in Hugging Face tokenizers.
 */
public final class ByteLevelBpe implements TokenizerFactory {

  /** Called by {@link java.util.ServiceLoader}. */
  public ByteLevelBpe() {}

  @Override
  public String algorithm() {
    return TokenizerSpec.BYTE_LEVEL_BPE;
  }

  /**
   * {@inheritDoc}
   *
   * @throws io.quant4j.api.error.UnsupportedModelException also if a split expression cannot be
   *     used
   * @throws MalformedModelException if merges are missing or damaged, or an id or a byte token is
   *     wrong
   */
  @Override
  public Tokenizer create(TokenizerSpec spec) {
    WordSplitter splitter = WordSplitter.of(spec);
    if (spec.merges().isEmpty()) {
      throw new MalformedModelException(
          ErrorLocation.subject("merges"),
          "a byte-level tokenizer without merges",
          "Convert the model again with a tool that writes its merges.");
    }
    PieceIndex index = new PieceIndex(spec.vocabulary());
    MergeTable merges = MergeTable.ranked(spec.merges(), index);
    return new PieceTokenizer(
        spec,
        new ByteLevelEncoder(splitter, index, merges, spec.ignoreMerges()),
        new PieceBytes(spec.vocabulary(), ByteLevelBpe::bytes),
        false);
  }

  private static byte[] bytes(String piece) {
    byte[] bytes = new byte[piece.length()];
    for (int i = 0; i < bytes.length; i++) {
      int unsigned = ByteAlphabet.unsignedByte(piece.charAt(i));
      if (unsigned < 0) {
        return piece.getBytes(StandardCharsets.UTF_8);
      }
      bytes[i] = (byte) unsigned;
    }
    return bytes;
  }
}
