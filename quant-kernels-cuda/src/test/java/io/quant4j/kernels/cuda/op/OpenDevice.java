package io.quant4j.kernels.cuda.op;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.Device;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.api.spi.Operations;
import io.quant4j.kernels.cuda.CudaBackend;
import java.util.SplittableRandom;

/** The first device of this machine, or the emulated one, and shorthand for what tests do. */
final class OpenDevice implements AutoCloseable {
  private final KernelSet.OnDevices devices = (KernelSet.OnDevices) new CudaBackend().open();

  Device device() {
    return devices.devices().getFirst();
  }

  Operations operations() {
    return device().operations();
  }

  float[] read(Buffer buffer) {
    return read(operations(), buffer);
  }

  static float[] read(Operations operations, Buffer buffer) {
    float[] values = new float[(int) buffer.length()];
    operations.read(buffer, 0, values, 0, values.length);
    return values;
  }

  /** Normally distributed numbers. */
  static float[] gaussian(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Holds numbers against others, with a limit relative to the largest of those. */
  static void assertClose(float[] actual, float[] expected, double relative, String what) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    double largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < actual.length; i++) {
      assertThat(Math.abs((double) actual[i] - expected[i]))
          .as("%s, element %d: %s, not %s", what, i, actual[i], expected[i])
          .isLessThanOrEqualTo(relative * largest);
    }
  }

  @Override
  public void close() {
    devices.close();
  }
}
