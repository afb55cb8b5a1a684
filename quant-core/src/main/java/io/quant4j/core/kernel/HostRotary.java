package io.quant4j.core.kernel;

import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.spi.RotaryKernel;

/** Rotary positions on host memory. */
record HostRotary(WorkSplit split, RotaryKernel interleaved, RotaryKernel halfSplit) {

  /** Cosines and sines (batch, 2 * frequencies) of consecutive positions. */
  static void angles(
      float[] frequencies, float magnitude, int firstPosition, int batch, HostBuffer out) {
    int at = out.offset();
    for (int b = 0; b < batch; b++) {
      for (float frequency : frequencies) {
        double angle = (double) frequency * (firstPosition + b);
        out.data()[at++] = (float) (magnitude * Math.cos(angle));
        out.data()[at++] = (float) (magnitude * Math.sin(angle));
      }
    }
  }

  /** Rotates every head of x (batch, heads * headDim) by angles (batch, dims). */
  void rotate(
      HostBuffer x, HostBuffer angles, RotaryLayout layout, int heads, int headDim, int batch) {
    int dims = angles.count() / batch;
    RotaryKernel kernel =
        switch (layout) {
          case INTERLEAVED -> interleaved;
          case HALF_SPLIT -> halfSplit;
        };
    split.overRows(
        batch,
        heads * headDim,
        b ->
            kernel.rotate(
                x.data(),
                x.offset() + b * heads * headDim,
                heads,
                headDim,
                angles.data(),
                angles.offset() + b * dims,
                dims));
  }
}
