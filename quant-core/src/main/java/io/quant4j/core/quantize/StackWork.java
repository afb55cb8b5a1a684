package io.quant4j.core.quantize;

import io.quant4j.api.spi.CheckpointOutput;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Writes a stack of equal matrices whose parts lie in different places, one after the other. */
final class StackWork implements TensorWork {
  private final List<TensorWork> parts;
  private final long unitsOfPart;
  private final long bytesOfPart;

  /**
   * @param parts works of equal size, each writing its matrix at the beginning of the tensor
   * @param bytesOfPart stored bytes of one matrix in the target
   */
  StackWork(List<TensorWork> parts, long bytesOfPart) {
    this.parts = List.copyOf(parts);
    this.unitsOfPart = parts.getFirst().units();
    this.bytesOfPart = bytesOfPart;
  }

  @Override
  public long units() {
    return parts.size() * unitsOfPart;
  }

  @Override
  public int unitsPerChunk() {
    return parts.getFirst().unitsPerChunk();
  }

  @Override
  public int scratchElements() {
    return parts.getFirst().scratchElements();
  }

  @Override
  public long scratchBytes() {
    return parts.getFirst().scratchBytes();
  }

  @Override
  public long sourceBytes(int units) {
    return parts.getFirst().sourceBytes(units);
  }

  @Override
  public double write(long first, int units, Scratch scratch, CheckpointOutput target) {
    double error = 0;
    long at = first;
    while (at < first + units) {
      int part = (int) (at / unitsOfPart);
      long inPart = at % unitsOfPart;
      int count = (int) Math.min(first + units - at, unitsOfPart - inPart);
      CheckpointOutput shifted = new Shifted(target, part * bytesOfPart);
      error += parts.get(part).write(inPart, count, scratch, shifted);
      at += count;
    }
    return error;
  }

  /**
   * Takes the beginning of a tensor to be further on.
   *
   * @param offset bytes
   */
  private record Shifted(CheckpointOutput target, long offset) implements CheckpointOutput {
    @Override
    public String name(int tensor) {
      return target.name(tensor);
    }

    @Override
    public void write(int tensor, long byteOffset, MemorySegment bytes) {
      target.write(tensor, offset + byteOffset, bytes);
    }

    @Override
    public long commit() {
      return target.commit();
    }

    @Override
    public void close() {
      target.close();
    }
  }
}
