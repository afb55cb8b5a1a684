package io.quant4j.kernels.vector.machine.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Arrays and their segments. */
class ArraySegmentsTest {

  @Test
  void segments_areOfTheirArrays() {
    // More arrays than there are places: all places change hands.
    float[][] arrays =
        IntStream.range(0, 20_000).mapToObj(i -> new float[i % 7]).toArray(float[][]::new);
    for (int round = 0; round < 2; round++) {
      for (float[] array : arrays) {
        MemorySegment segment = ArraySegments.of(array);
        assertThat(segment.heapBase()).containsSame(array);
        assertThat(segment.byteSize()).isEqualTo((long) array.length * Float.BYTES);
      }
    }
  }

  @Test
  void segment_ofAnArrayInUse_isKept() {
    float[] array = new float[3];
    MemorySegment segment = ArraySegments.of(array);
    assertThat(ArraySegments.of(array)).isSameAs(segment);
  }
}
