package io.quant4j.api.model;

/** What a vocabulary entry is for. */
public enum TokenType {
  /** A piece of ordinary text. */
  NORMAL,
  /** Stands for what the vocabulary cannot express. */
  UNKNOWN,
  /**
   * Steers the model ({@code <s>}); recognized in text only when asked for, never shown as text.
   */
  CONTROL,
  /** Added by the model's maker; always recognized in text, shown as it is. */
  USER_DEFINED,
  /** A hole in the vocabulary. */
  UNUSED,
  /** One raw byte ({@code <0x0A>}). */
  BYTE
}
