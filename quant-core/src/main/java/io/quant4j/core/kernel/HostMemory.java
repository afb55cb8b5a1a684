package io.quant4j.core.kernel;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.spi.CacheShape;
import io.quant4j.api.spi.SequenceMemory;
import io.quant4j.api.tensor.FormatId;
import java.util.List;

/** Heap arrays: nothing to free, the garbage collector does. */
final class HostMemory implements SequenceMemory {

  @Override
  public HostBuffer allocate(long elements) {
    if (elements > Integer.MAX_VALUE - 8) {
      throw new InvalidRequestException(
          ErrorLocation.none(),
          "a buffer of " + elements + " elements does not fit a Java array",
          "Ask for a shorter context or a smaller batch.");
    }
    return new HostBuffer(new float[(int) elements]);
  }

  @Override
  public HostCache allocateCache(CacheShape shape) {
    for (FormatId format : List.of(shape.keys(), shape.values())) {
      if (!format.equals(FormatId.F32)) {
        throw new InvalidRequestException(
            ErrorLocation.subject("cache"),
            "keys and values cannot be kept as " + format.name() + " on the host",
            "Keep them as F32.");
      }
    }
    return new HostCache(shape);
  }

  @Override
  public void close() {}
}
