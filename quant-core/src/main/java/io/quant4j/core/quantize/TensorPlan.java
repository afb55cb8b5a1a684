package io.quant4j.core.quantize;

import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.PlannedTensor;
import io.quant4j.api.spi.StoredTensor;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

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

    /**
     * The plans of the matrices that a stack consists of; the plan itself for a tensor that lies in
     * one place.
     *
     * @param checkpoint where {@code source} comes from
     */
    List<FromSource> parts(Checkpoint checkpoint) {
      List<StoredTensor> matrices = StackedCheckpoint.parts(checkpoint, source);
      return matrices.isEmpty()
          ? List.of(this)
          : IntStream.range(0, matrices.size()).mapToObj(i -> part(matrices, i)).toList();
    }

    private FromSource part(List<StoredTensor> matrices, int index) {
      StoredTensor matrix = matrices.get(index);
      PlannedTensor planned =
          new PlannedTensor(
              target.role(),
              matrix.info().name(),
              target.format(),
              matrix.info().shape(),
              target.byteSize() / matrices.size());
      return new FromSource(
          name, planned, matrix, rows, fallback, importance.map(weights -> weights.from(index)));
    }
  }

  /**
   * A tensor that the source does not have.
   *
   * @param values its elements
   */
  record Computed(String name, PlannedTensor target, float[] values) implements TensorPlan {}
}
