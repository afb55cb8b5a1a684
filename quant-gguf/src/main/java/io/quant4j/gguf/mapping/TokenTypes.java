package io.quant4j.gguf.mapping;

import io.quant4j.api.model.TokenType;

/** Numbers of token types (upstream: {@code enum llama_token_type} in llama.h). */
final class TokenTypes {
  /** By number. 0 means undefined upstream: no text yields such a token and nothing prints it. */
  private static final TokenType[] BY_NUMBER = {
    TokenType.UNUSED,
    TokenType.NORMAL,
    TokenType.UNKNOWN,
    TokenType.CONTROL,
    TokenType.USER_DEFINED,
    TokenType.UNUSED,
    TokenType.BYTE
  };

  private TokenTypes() {}

  /** Whether a number stands for a type. */
  static boolean exists(int number) {
    return number >= 0 && number < BY_NUMBER.length;
  }

  /**
   * The type of a number.
   *
   * @param number one that {@link #exists}
   */
  static TokenType of(int number) {
    return BY_NUMBER[number];
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
