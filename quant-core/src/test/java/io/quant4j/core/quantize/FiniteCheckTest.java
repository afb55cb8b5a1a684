package io.quant4j.core.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.CheckpointCheck;
import io.quant4j.api.CheckpointCheck.Damage;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FiniteCheckTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void check_findsTheFirstBadRowOfEachTensor(int threads) {
    Shape shape = Shape.of(6000, 256);
    float[] values = MemoryCheckpoint.random(1, shape);
    values[5000 * 256 + 3] = Float.NaN;
    values[4321 * 256 + 255] = Float.NEGATIVE_INFINITY;
    byte[] blocks = new byte[3 * 8 * 34];
    blocks[9 * 34 + 1] = 0x7c; // the scale of a block in row 1 is infinite
    MemoryCheckpoint source =
        new MemoryCheckpoint(MemoryWriter.NAME, Models.small())
            .add("f32", Optional.empty(), FormatId.F32, shape, values)
            .add("sound", Optional.empty(), FormatId.F32, Shape.of(4), new float[4])
            .add(
                "q8",
                Optional.empty(),
                FormatId.Q8_0,
                Shape.of(3, 256),
                MemorySegment.ofArray(blocks))
            .add("empty", Optional.empty(), FormatId.F32, Shape.of(0, 4), new float[0])
            .add(
                "odd",
                Optional.empty(),
                new FormatId("Q9_Z"),
                Shape.of(4),
                MemorySegment.ofArray(new byte[4]));

    CheckpointCheck check = FiniteCheck.of(source, threads);

    assertThat(check.damages()).containsExactly(new Damage("f32", 4321), new Damage("q8", 1));
    assertThat(check.unchecked()).containsExactly("odd");
    assertThat(check.sound()).isFalse();
  }
}
