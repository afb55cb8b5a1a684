package io.quant4j.api.spi;

/** A range of F32 elements in the memory of whoever runs the {@link Operations}. */
public interface Buffer {

  /** Elements. */
  long length();

  /**
   * Part of this buffer, sharing its memory.
   *
   * @param from first element
   * @param length elements
   */
  Buffer slice(long from, long length);
}
