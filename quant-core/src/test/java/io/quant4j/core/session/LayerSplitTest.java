package io.quant4j.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.DeviceException;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Which layers leave the host: as many as fit, the last ones first. */
class LayerSplitTest {
  /** Four layers of 10 bytes, 5 bytes of embedding, 7 of output. */
  private static final LayerSplit SPLIT = new LayerSplit(new long[] {10, 10, 10, 10}, 5, 7);

  private static int[] over(OptionalInt wanted, long... free) {
    return SPLIT.over(free, wanted);
  }

  private static int[] asManyAsFit(long... free) {
    return over(OptionalInt.empty(), free);
  }

  @Test
  void everything_fitsWhereThereIsRoomForBothEnds() {
    assertThat(asManyAsFit(52)).containsExactly(0, 0, 0, 0);
  }

  @Test
  void embedding_staysOnTheHostWithTheFirstLayer() {
    assertThat(asManyAsFit(51)).containsExactly(-1, 0, 0, 0);
    assertThat(asManyAsFit(37)).containsExactly(-1, 0, 0, 0);
    assertThat(asManyAsFit(36)).containsExactly(-1, -1, 0, 0);
  }

  @Test
  void nothing_fitsWithoutRoomForTheOutput() {
    assertThat(asManyAsFit(16)).containsExactly(-1, -1, -1, -1);
    assertThat(asManyAsFit(0)).containsExactly(-1, -1, -1, -1);
  }

  @Test
  void wantedLayers_areTheLastOnes() {
    assertThat(over(OptionalInt.of(1), 1_000)).containsExactly(-1, -1, -1, 0);
    assertThat(over(OptionalInt.of(0), 1_000)).containsExactly(-1, -1, -1, -1);
    assertThat(over(OptionalInt.of(99), 1_000)).containsExactly(0, 0, 0, 0);
  }

  @Test
  void devices_getLayersByTheirMemory() {
    assertThat(asManyAsFit(500, 500)).containsExactly(0, 0, 1, 1);
    assertThat(asManyAsFit(100, 300)).containsExactly(0, 1, 1, 1);
    assertThat(asManyAsFit(900, 300, 900)).containsExactly(0, 0, 2, 2);
    assertThat(over(OptionalInt.of(2), 500, 500)).containsExactly(-1, -1, 0, 1);
  }

  @Test
  void wantedLayersThatDoNotFit_areRefusedWithBothNumbers() {
    long[] free = {30};
    assertThatThrownBy(() -> SPLIT.checkFits(free, OptionalInt.of(3)))
        .isInstanceOf(DeviceException.class)
        .hasMessageContainingAll("3 layers", "37 bytes", "30 are free", "at most 2 layers");
    assertThatCode(() -> SPLIT.checkFits(free, OptionalInt.of(2))).doesNotThrowAnyException();
    assertThatCode(() -> SPLIT.checkFits(free, OptionalInt.empty())).doesNotThrowAnyException();
  }
}
