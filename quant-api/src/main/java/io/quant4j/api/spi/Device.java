package io.quant4j.api.spi;

/** A processor with memory of its own. Opened by its backend, closed by core. Thread-safe. */
public interface Device extends AutoCloseable {

  /** What the user knows it by, such as {@code NVIDIA H200}. */
  String name();

  /** Bytes of its memory that can still be taken. */
  long freeBytes();

  /**
   * Bytes that a tensor stored as these bytes takes once bound. Needed to decide what fits before
   * anything is moved.
   */
  long boundBytes(long storedBytes);

  /** Runs on this device; the same at every call, closed with the device. */
  Operations operations();

  /** Frees everything. Idempotent. */
  @Override
  void close();
}
