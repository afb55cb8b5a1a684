package io.quant4j.gguf.mapping;

import io.quant4j.api.model.TokenType;
import java.util.Optional;

/** Numbers of token types (upstream: {@code enum llama_token_type} in llama.h). */
final class TokenTypes {
  private TokenTypes() {}

  /** The type of a number; 0 means undefined there, which no text yields and nothing prints. */
  static Optional<TokenType> of(long number) {
    return switch ((int) number) {
      case 0, 5 -> Optional.of(TokenType.UNUSED);
      case 1 -> Optional.of(TokenType.NORMAL);
      case 2 -> Optional.of(TokenType.UNKNOWN);
      case 3 -> Optional.of(TokenType.CONTROL);
      case 4 -> Optional.of(TokenType.USER_DEFINED);
      case 6 -> Optional.of(TokenType.BYTE);
      default -> Optional.empty();
    };
  }

  static int numberOf(TokenType type) {
    return switch (type) {
      case NORMAL -> 1;
      case UNKNOWN -> 2;
      case CONTROL -> 3;
      case USER_DEFINED -> 4;
      case UNUSED -> 5;
      case BYTE -> 6;
    };
  }
}
