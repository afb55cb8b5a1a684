package io.quant4j.api.spi;

import java.lang.foreign.MemorySegment;

/**
 * A model being written to temporary files beside its target. Closing without {@link #commit()}
 * removes them and leaves the target as it was.
 */
public interface CheckpointOutput extends AutoCloseable {

  /**
   * Name under which the container stores a tensor.
   *
   * @param tensor index in {@link CheckpointContents#tensors()}
   */
  String name(int tensor);

  /**
   * Writes part of a tensor. Parts may come in any order and from several threads; together they
   * must cover every byte exactly once.
   *
   * @param tensor index in {@link CheckpointContents#tensors()}
   * @param byteOffset from the start of the tensor
   * @param bytes stored bytes, read before the call returns
   */
  void write(int tensor, long byteOffset, MemorySegment bytes);

  /**
   * Checks that every byte was written, opens the temporary files with this container's own reader
   * and compares directory and sizes, then moves them to the target: one file in one step, several
   * in an order in which the set cannot be opened before it is complete.
   *
   * @return bytes of the finished files together
   */
  long commit();

  /** Removes the temporary files unless {@link #commit()} succeeded. Idempotent. */
  @Override
  void close();
}
