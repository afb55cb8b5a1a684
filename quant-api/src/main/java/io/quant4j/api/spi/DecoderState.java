package io.quant4j.api.spi;

/** Keys, values and scratch of one sequence. Not thread-safe. */
public interface DecoderState extends AutoCloseable {

  /** Tokens held. */
  int length();

  /** Tokens that fit. */
  int contextLength();

  /** Most tokens of one forward call. */
  int maxBatch();

  /** Forgets all but the first {@code length} tokens. */
  void truncate(int length);

  @Override
  void close();
}
