package io.quant4j.core.kernel;

import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.spi.AddKernel;
import io.quant4j.api.spi.AttentionKernel;
import io.quant4j.api.spi.GeGluKernel;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.RmsNormKernel;
import io.quant4j.api.spi.RotaryKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.api.spi.RowEncoder;
import io.quant4j.api.spi.SwiGluKernel;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.core.discovery.Extensions;
import java.util.Optional;

/** The scalar kernel of every operation; formats are those installed. */
final class ScalarKernels implements HostKernels {
  private final Extensions extensions = Extensions.installed();

  @Override
  public Optional<MatMulKernel> matMul(FormatId weights) {
    return extensions.findFormat(weights).map(ScalarMatMul::new);
  }

  @Override
  public Optional<RowDecoder> decoder(FormatId format) {
    return extensions.findFormat(format).map(f -> f);
  }

  @Override
  public Optional<RowEncoder> encoder(FormatId format) {
    return extensions.findFormat(format).map(f -> f);
  }

  @Override
  public Optional<RmsNormKernel> rmsNorm() {
    return Optional.of(ScalarKernels::normalize);
  }

  @Override
  public Optional<RotaryKernel> rotary(RotaryLayout layout) {
    return Optional.of(
        switch (layout) {
          case INTERLEAVED -> ScalarKernels::rotateInterleaved;
          case HALF_SPLIT -> ScalarKernels::rotateHalfSplit;
        });
  }

  @Override
  public Optional<AttentionKernel> attention() {
    return Optional.of(new ScalarAttention());
  }

  @Override
  public Optional<AttentionKernel> cappedAttention() {
    return Optional.of(new ScalarAttention());
  }

  @Override
  public Optional<SwiGluKernel> swiGlu() {
    return Optional.of(ScalarKernels::swiGlu);
  }

  @Override
  public Optional<GeGluKernel> geGlu() {
    return Optional.of(ScalarKernels::geGlu);
  }

  @Override
  public Optional<AddKernel> add() {
    return Optional.of(ScalarKernels::add);
  }

  private static void normalize(
      float[] x,
      int xOffset,
      float[] gain,
      int gainOffset,
      float epsilon,
      int dim,
      float[] out,
      int outOffset) {
    double squares = 0;
    for (int i = 0; i < dim; i++) {
      squares += (double) x[xOffset + i] * x[xOffset + i];
    }
    float scale = (float) (1 / Math.sqrt(squares / dim + epsilon));
    for (int i = 0; i < dim; i++) {
      out[outOffset + i] = x[xOffset + i] * scale * gain[gainOffset + i];
    }
  }

  private static void rotateInterleaved(
      float[] x, int xOffset, int heads, int headDim, float[] angles, int anglesOffset, int dims) {
    rotate(x, xOffset, heads, headDim, angles, anglesOffset, dims, 2, 1);
  }

  private static void rotateHalfSplit(
      float[] x, int xOffset, int heads, int headDim, float[] angles, int anglesOffset, int dims) {
    rotate(x, xOffset, heads, headDim, angles, anglesOffset, dims, 1, dims / 2);
  }

  /**
   * @param stride from one pair's first element to the next pair's
   * @param distance from a pair's first element to its second
   */
  private static void rotate(
      float[] x,
      int xOffset,
      int heads,
      int headDim,
      float[] angles,
      int anglesOffset,
      int dims,
      int stride,
      int distance) {
    for (int head = 0; head < heads; head++) {
      int base = xOffset + head * headDim;
      for (int pair = 0; pair < dims / 2; pair++) {
        float cos = angles[anglesOffset + 2 * pair];
        float sin = angles[anglesOffset + 2 * pair + 1];
        int first = base + pair * stride;
        float a = x[first];
        float b = x[first + distance];
        x[first] = a * cos - b * sin;
        x[first + distance] = a * sin + b * cos;
      }
    }
  }

  private static void swiGlu(float[] gate, int gateOffset, float[] up, int upOffset, int count) {
    for (int i = 0; i < count; i++) {
      float z = gate[gateOffset + i];
      gate[gateOffset + i] = (float) (z / (1 + Math.exp(-z))) * up[upOffset + i];
    }
  }

  private static void geGlu(float[] gate, int gateOffset, float[] up, int upOffset, int count) {
    double slope = Math.sqrt(2 / Math.PI);
    for (int i = 0; i < count; i++) {
      double z = gate[gateOffset + i];
      double gelu = 0.5 * z * (1 + Math.tanh(slope * (z + 0.044715 * z * z * z)));
      gate[gateOffset + i] = (float) gelu * up[upOffset + i];
    }
  }

  private static void add(float[] x, int xOffset, float[] y, int yOffset, int count) {
    for (int i = 0; i < count; i++) {
      x[xOffset + i] += y[yOffset + i];
    }
  }
}
