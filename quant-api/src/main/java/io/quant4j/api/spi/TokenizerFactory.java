package io.quant4j.api.spi;

import io.quant4j.api.Tokenizer;
import io.quant4j.api.model.TokenizerSpec;

/** One tokenizer algorithm. */
public interface TokenizerFactory {

  /** The {@link TokenizerSpec#algorithm()} it answers to. */
  String algorithm();

  /**
   * Builds a tokenizer.
   *
   * @throws io.quant4j.api.error.UnsupportedModelException if the spec names a pre-tokenizer that
   *     is not known
   */
  Tokenizer create(TokenizerSpec spec);
}
