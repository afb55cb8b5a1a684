package io.quant4j.core.quantize;

import io.quant4j.api.spi.PlannedTensor;
import io.quant4j.api.spi.StoredTensor;
import java.util.Optional;

/** What is to become of one tensor of the target. */
sealed interface TensorPlan {

  /** Name in the target container. */
  String name();

  /** As it will be stored. */
  PlannedTensor target();

  /**
   * A tensor of the source, copied or converted.
   *
   * @param source where it comes from
   * @param rows order of its rows
   * @param fallback whether its rows do not fit the recipe's format and another was taken
   * @param importance how much the columns matter, if that is known
   */
  record FromSource(
      String name,
      PlannedTensor target,
      StoredTensor source,
      RowOrder rows,
      boolean fallback,
      Optional<ColumnWeights> importance)
      implements TensorPlan {

    /** Whether the stored bytes of each row stay as they are. */
    boolean copied() {
      return source.info().format().equals(target.format());
    }
  }

  /**
   * A tensor that the source does not have.
   *
   * @param values its elements
   */
  record Computed(String name, PlannedTensor target, float[] values) implements TensorPlan {}
}
