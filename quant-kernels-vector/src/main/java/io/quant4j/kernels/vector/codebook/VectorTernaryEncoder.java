package io.quant4j.kernels.vector.codebook;

import io.quant4j.api.spi.RowEncoder;
import io.quant4j.core.format.IQ1_M;
import io.quant4j.core.format.IQ1_S;
import io.quant4j.core.format.TernaryFormat;
import io.quant4j.core.format.TernarySplit;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Encodes rows in a format with points of -1, 0 and 1. Thread-safe. */
public final class VectorTernaryEncoder implements RowEncoder {
  private final TernaryFormat format;
  private final Supplier<TernarySplit> split;

  /** Both formats look in the same lists, which are made at the first encoding. */
  private static final class Lists {
    static final NeighbourLists LISTS = new NeighbourLists(TernaryFormat.neighbours());
  }

  private VectorTernaryEncoder(TernaryFormat format, Supplier<TernarySplit> split) {
    this.format = format;
    this.split = split;
  }

  /** Encodes in IQ1_S. */
  public static VectorTernaryEncoder ofIQ1_S() {
    return new VectorTernaryEncoder(new IQ1_S(), () -> new CommonShiftLanes(IQ1_S.GROUP_ELEMENTS));
  }

  /** Encodes in IQ1_M. */
  public static VectorTernaryEncoder ofIQ1_M() {
    return new VectorTernaryEncoder(new IQ1_M(), TwoShiftsLanes::new);
  }

  @Override
  public void encode(
      float[] row,
      int rowOffset,
      int cols,
      float @Nullable [] importance,
      MemorySegment target,
      long byteOffset) {
    TernaryLanes neighbours = new TernaryLanes(Lists.LISTS);
    format.encode(
        row,
        rowOffset,
        cols,
        importance,
        target,
        byteOffset,
        format.search(split.get(), neighbours));
  }
}
