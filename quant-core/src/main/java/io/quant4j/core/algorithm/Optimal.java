package io.quant4j.core.algorithm;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.QuantizationAlgorithm;
import io.quant4j.api.spi.RowEncoder;
import io.quant4j.api.tensor.TensorInfo;
import io.quant4j.core.algorithm.optimal.OptimalEncoder;

/**
 * Searches further than the format's own rule for the numbers of each block that have the smallest
 * squared error, weighted with importance if there is any. The files are as large and read by the
 * same programs. Formats without a search are encoded by their own rule; so is Q8_0, whose rule
 * takes so little time and leaves so little error that a search is not worth its time.
 */
public final class Optimal implements QuantizationAlgorithm {

  /** Made by the service loader. */
  public Optimal() {}

  @Override
  public String name() {
    return "optimal";
  }

  @Override
  public boolean canTarget(BlockFormat format) {
    return true;
  }

  @Override
  public RowEncoder prepare(TensorInfo tensor, BlockFormat format, RowEncoder fastest) {
    return OptimalEncoder.of(format, fastest);
  }
}
