package io.quant4j.gguf.mapping;

import io.quant4j.api.model.TokenType;
import io.quant4j.gguf.file.NumberArray;
import java.util.List;

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
  static boolean exists(long number) {
    return number >= 0 && number < BY_NUMBER.length;
  }

  /**
   * The types of an array.
   *
   * @param numbers all of which {@link #exists exist}
   */
  static List<TokenType> of(NumberArray numbers) {
    int[] stored = numbers.ints();
    TokenType[] types = new TokenType[stored.length];
    for (int i = 0; i < types.length; i++) {
      types[i] = BY_NUMBER[stored[i]];
    }
    return List.of(types);
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
