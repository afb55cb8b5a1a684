package io.quant4j.core.calibrate;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.model.TensorRole.Kind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImportanceSumsTest {

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void activationsThatAreNotFinite_nameTheirWeight(float activation) {
    ImportanceSums sums = new ImportanceSums(role -> "blk." + role.layer() + ".w", false);
    ColumnSums columns = sums.of(TensorRole.weight(Kind.FEED_FORWARD_UP, 2), 1, 3).orElseThrow();
    columns.addSquares(0, new float[] {1, Float.MAX_VALUE, 3}, 1, 0, 3);
    assertThatCode(sums::requireFinite).doesNotThrowAnyException();
    columns.addSquares(0, new float[] {1, activation, 3}, 1, 0, 3);

    assertThatThrownBy(sums::requireFinite)
        .isInstanceOf(MalformedModelException.class)
        .hasMessageContaining("'blk.2.w'");
  }
}
