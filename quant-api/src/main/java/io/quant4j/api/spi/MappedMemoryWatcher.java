package io.quant4j.api.spi;

import java.util.Optional;

/**
 * Keeps a process alive when a mapped file loses pages: another program truncated it, or its disk
 * failed. Reading such a page raises a signal, of which the JVM makes an {@link InternalError} in
 * some of its code only; elsewhere the process ends. In watched memory, whatever reads a lost page
 * finds zeros instead and goes on, and whoever asked for the work asks the watch then.
 *
 * <p>Found by {@link java.util.ServiceLoader}. Thread-safe.
 */
public interface MappedMemoryWatcher {

  /**
   * Watches memory.
   *
   * @param address of a mapped file, or part of one, that stays mapped until the watch is closed
   * @param bytes that are watched, from there on
   * @return empty if this system or this JVM does not allow it
   */
  Optional<Watch> watch(long address, long bytes);

  /** Memory under watch. */
  interface Watch extends AutoCloseable {

    /** Whether a page was lost that somebody wanted to read; never false again once it is true. */
    boolean hasLostPages();

    /** Ends the watch, before the memory is unmapped. Idempotent. */
    @Override
    void close();
  }
}
