package io.quant4j.core.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.BiFunction;

/** BPE by its definition: look at all neighbours, merge the best, begin again. */
final class NaiveBpe {
  private NaiveBpe() {}

  /**
   * Merges symbols.
   *
   * @param urgency of a merge of two neighbours, higher first; empty if they do not merge
   */
  static List<String> merge(
      List<String> symbols, BiFunction<String, String, OptionalDouble> urgency) {
    List<String> row = new ArrayList<>(symbols);
    while (true) {
      int best = -1;
      double highest = 0;
      for (int i = 0; i + 1 < row.size(); i++) {
        OptionalDouble found = urgency.apply(row.get(i), row.get(i + 1));
        if (found.isPresent() && (best < 0 || found.getAsDouble() > highest)) {
          best = i;
          highest = found.getAsDouble();
        }
      }
      if (best < 0) {
        return row;
      }
      row.set(best, row.get(best) + row.remove(best + 1));
    }
  }
}
