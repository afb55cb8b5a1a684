package io.quant4j.api;

import java.util.stream.Stream;

/**
 * A running generation: tokens are computed as they are read, on the reading thread. Read it once,
 * as an {@link Iterable}, as a {@link Stream} or whole. Closing it early stops it; the session
 * keeps what was computed.
 */
public interface Generation extends Iterable<GeneratedToken>, AutoCloseable {

  /** The tokens as a stream, closed with this generation. */
  Stream<GeneratedToken> stream();

  /** Reads to the end and returns all text. */
  default String text() {
    return result().text();
  }

  /** Reads to the end if need be. */
  GenerationResult result();

  /** Stops before the next token; may be called from any thread. */
  void cancel();

  @Override
  void close();
}
