package io.quant4j.api.spi;

/** Memory of one sequence, freed together. Not thread-safe. */
public interface SequenceMemory extends AutoCloseable {

  /** New zeroed memory. */
  Buffer allocate(long elements);

  /**
   * A cache without tokens. Its memory may grow while tokens are stored, so that a short
   * conversation with a long context stays small.
   *
   * @throws io.quant4j.api.error.InvalidRequestException if keys or values cannot be kept in these
   *     formats
   */
  KeyValueCache allocateCache(CacheShape shape);

  /** Frees everything allocated. Idempotent; nothing of it may be used afterwards. */
  @Override
  void close();
}
