package io.quant4j.core.tokenizer;

import io.quant4j.api.Tokenizer;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.spi.TokenizerFactory;
import java.nio.charset.StandardCharsets;

/**
 * SentencePiece BPE with byte fallback, as of Llama 1 and 2, Mistral and Gemma ({@code llama} in
 * GGUF; {@code BPE} with {@code byte_fallback} in Hugging Face tokenizers). A space is written
 * U+2581. Text begins as characters; of all neighbours whose concatenation is an entry the one of
 * the highest score merges first, the leftmost of equal ones; where the spec lists merges instead
 * of scores their rank decides. A character that is no entry becomes its UTF-8 bytes, and the
 * unknown token if the vocabulary lacks one of those.
 *
 * <p>With {@link TokenizerSpec#addSpacePrefix()} a space goes in front of the text and of every
 * text after a special token, as in llama.cpp. Decoding leaves out that space where it begins the
 * first visible token.
 */
public final class SentencePieceBpe implements TokenizerFactory {
  /** What a space is written as. */
  static final char SPACE = '\u2581';

  /** Called by {@link java.util.ServiceLoader}. */
  public SentencePieceBpe() {}

  @Override
  public String algorithm() {
    return TokenizerSpec.SENTENCEPIECE_BPE;
  }

  /**
   * {@inheritDoc}
   *
   * @throws MalformedModelException if there are neither scores nor merges, or one of them, an id
   *     or a byte token is wrong
   */
  @Override
  public Tokenizer create(TokenizerSpec spec) {
    PieceIndex index = new PieceIndex(spec.vocabulary());
    return new PieceTokenizer(
        spec,
        new SentencePieceEncoder(
            spec.vocabulary(), index, merges(spec, index), spec.addSpacePrefix()),
        new PieceBytes(
            spec.vocabulary(), p -> p.replace(SPACE, ' ').getBytes(StandardCharsets.UTF_8)),
        spec.addSpacePrefix());
  }

  private static MergeTable merges(TokenizerSpec spec, PieceIndex index) {
    if (!spec.merges().isEmpty()) {
      return MergeTable.ranked(spec.merges(), index);
    }
    if (spec.vocabulary().scores().length == 0) {
      throw new MalformedModelException(
          ErrorLocation.subject("scores"),
          "a SentencePiece tokenizer with neither scores nor merges",
          "Convert the model again with a tool that writes its scores.");
    }
    return MergeTable.scored(spec.vocabulary(), index);
  }
}
