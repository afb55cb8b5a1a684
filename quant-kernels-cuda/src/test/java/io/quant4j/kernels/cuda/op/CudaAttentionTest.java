package io.quant4j.kernels.cuda.op;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.spi.AttentionShape;
import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.CacheShape;
import io.quant4j.api.spi.HeadRotation;
import io.quant4j.api.spi.KeyValueCache;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.SequenceMemory;
import io.quant4j.api.tensor.FormatId;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rotation, storage and attention in every cache format, beside those of the host. */
@Tag("emulation")
@Tag("gpu")
class CudaAttentionTest extends BesideHost {

  /** Passes of so many tokens each, the last of which is looked at. */
  private float[] attend(
      Operations operations,
      AttentionShape shape,
      FormatId cacheFormat,
      boolean norms,
      int... passes) {
    FormatId format = operations.equals(host) ? FormatId.F32 : cacheFormat;
    try (SequenceMemory memory = operations.newMemory()) {
      KeyValueCache cache =
          memory.allocateCache(
              new CacheShape(shape.kvHeads(), shape.headDim(), 2_000, format, format));
      float[] frequencies = {1f, 0.3f, 0.01f};
      Optional<Buffer> gain =
          norms
              ? Optional.of(operations.load(OpenDevice.gaussian(6, shape.headDim())))
              : Optional.empty();
      int position = 0;
      Buffer out = memory.allocate(1);
      for (int batch : passes) {
        Buffer q = operations.load(OpenDevice.gaussian(10 + position, batch * shape.queryDim()));
        Buffer k = operations.load(OpenDevice.gaussian(20 + position, batch * shape.kvDim()));
        Buffer v = operations.load(OpenDevice.gaussian(30 + position, batch * shape.kvDim()));
        Buffer angles = memory.allocate(batch * 6L);
        operations.rotaryAngles(frequencies, 1.1f, position, batch, angles);
        operations.rotateAndStore(
            new HeadRotation(angles, RotaryLayout.HALF_SPLIT, gain, gain, 1e-5f),
            shape,
            q,
            k,
            v,
            cache,
            position,
            batch);
        out = memory.allocate((long) batch * shape.queryDim());
        operations.attention(shape, q, cache, position, batch, out);
        position += batch;
      }
      return OpenDevice.read(operations, out);
    }
  }

  @ParameterizedTest
  @CsvSource({
    // heads, kvHeads, headDim, window, softCap
    "4, 2, 64, 0, 0",
    "8, 1, 128, 0, 0",
    "3, 3, 96, 5, 0",
    "2, 1, 256, 0, 3",
    "6, 2, 32, 9, 2",
    "2, 2, 80, 0, 0"
  })
  void attention_ofEveryFormat_isTheHosts(
      int heads, int kvHeads, int headDim, int window, float softCap) {
    AttentionShape shape =
        new AttentionShape(
            heads, kvHeads, headDim, (float) (1 / Math.sqrt(headDim)), window, softCap);
    int[][] runs = {{1}, {3, 1}, {17, 2, 1}, {33}, {5, 40}};
    for (int[] passes : runs) {
      boolean norms = passes.length > 1;
      boolean tensorCores = passes[passes.length - 1] >= 16;
      compare(
          tensorCores ? 4e-3 : 2e-5,
          shape + " F32",
          operations -> attend(operations, shape, FormatId.F32, norms, passes));
      compare(
          4e-3,
          shape + " F16",
          operations -> attend(operations, shape, FormatId.F16, norms, passes));
      if (headDim % 32 == 0) {
        compare(
            4e-2,
            shape + " Q8_0",
            operations -> attend(operations, shape, FormatId.Q8_0, norms, passes));
      }
    }
  }

  @Test
  void cache_thatGrows_keepsWhatItHolds() {
    AttentionShape shape = new AttentionShape(2, 1, 64, 0.125f);
    for (FormatId format : new FormatId[] {FormatId.F32, FormatId.Q8_0}) {
      compare(
          format.equals(FormatId.F32) ? 2e-5 : 4e-2,
          "grown " + format,
          operations -> attend(operations, shape, format, false, 300, 213, 600, 1));
    }
  }

  @ParameterizedTest
  @CsvSource({"Q4_0, Q4_0, 64, Q4_0", "F16, F32, 64, F32", "Q8_0, Q8_0, 80, Q8_0"})
  void cache_ofOtherFormats_isRefused(String keys, String values, int headDim, String named) {
    try (SequenceMemory memory = device.newMemory()) {
      CacheShape shape = new CacheShape(1, headDim, 10, new FormatId(keys), new FormatId(values));
      assertThatThrownBy(() -> memory.allocateCache(shape))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining(named);
    }
  }
}
