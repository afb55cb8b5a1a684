package io.quant4j.core.calibrate;

import io.quant4j.api.ImportanceMatrix.Entry;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.model.TensorRole;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Sums of all weights that are observed, by name. */
final class ImportanceSums {
  private static final String LAYERS = "blk.";
  private static final String OUTPUT = "output.weight";

  private final Function<TensorRole, String> names;
  private final boolean withOutput;
  private final SortedMap<String, ColumnSums> sums = new TreeMap<>();

  /**
   * @param names GGUF names of roles
   * @param withOutput whether the output matrix is observed, too
   */
  ImportanceSums(Function<TensorRole, String> names, boolean withOutput) {
    this.names = names;
    this.withOutput = withOutput;
  }

  /**
   * The sums of a weight; empty if it is not to be observed.
   *
   * @param matrices in the stack; 1 for a plain weight
   * @param cols input columns of each
   */
  Optional<ColumnSums> of(TensorRole role, int matrices, long cols) {
    String name = names.apply(role);
    boolean wanted = name.startsWith(LAYERS) || (withOutput && name.equals(OUTPUT));
    return wanted
        ? Optional.of(
            sums.computeIfAbsent(name, _ -> new ColumnSums(matrices, Math.toIntExact(cols))))
        : Optional.empty();
  }

  /**
   * Checks what was added.
   *
   * @throws MalformedModelException naming the weight whose inputs were infinite or not a number
   */
  void requireFinite() {
    sums.forEach((name, column) -> {
      if (!column.isFinite()) {
        throw new MalformedModelException(
            ErrorLocation.subject(name),
            "the activations that go into this weight are infinite or not a number",
            "The model is damaged or was converted with too small a range of numbers.");
      }
    });
  }

  /** Everything so far. */
  SortedMap<String, Entry> entries() {
    SortedMap<String, Entry> entries = new TreeMap<>();
    sums.forEach((name, column) -> entries.put(name, column.entry()));
    return entries;
  }
}
