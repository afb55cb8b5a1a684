package io.quant4j.core.algorithm;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.QuantizationAlgorithm;
import io.quant4j.api.spi.RowEncoder;
import io.quant4j.api.tensor.TensorInfo;

/**
 * Every row by the format's own rule: the scale that suits the block, each element to the code
 * nearest to it. Needs no calibration and gives the bytes that llama.cpp gives.
 */
public final class RoundToNearest implements QuantizationAlgorithm {

  /** Made by the service loader. */
  public RoundToNearest() {}

  @Override
  public String name() {
    return "rtn";
  }

  @Override
  public boolean canTarget(BlockFormat format) {
    return true;
  }

  @Override
  public RowEncoder prepare(TensorInfo tensor, BlockFormat format, RowEncoder fastest) {
    return fastest;
  }
}
