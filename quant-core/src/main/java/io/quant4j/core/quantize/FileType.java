package io.quant4j.core.quantize;

import static io.quant4j.core.quantize.MatrixKind.ATTENTION_KEY;
import static io.quant4j.core.quantize.MatrixKind.ATTENTION_VALUE;

import io.quant4j.api.tensor.FormatId;
import java.util.List;
import java.util.Map;

/**
 * A named mix of formats.
 *
 * @param name as upstream spells it, such as {@code Q4_K_M}
 * @param base format of every matrix that no rule names
 * @param output format of the output matrix, and of an embedding that serves as such, if its rows
 *     fit the base's blocks
 * @param rules by kind of matrix; the first rule that applies decides
 * @param raised whether large models and those of eight experts get more bits in their attention
 */
record FileType(
    String name,
    FormatId base,
    FormatId output,
    Map<MatrixKind, List<Rule>> rules,
    boolean raised) {

  private static final FormatId Q3_K = new FormatId("Q3_K");

  FileType {
    rules = Map.copyOf(rules);
  }

  /** Gives a format under a condition. */
  record Rule(Condition condition, FormatId format) {}

  /** Whether every matrix gets the base format, a plain number type. */
  boolean plain() {
    return Codecs.isPlain(base);
  }

  /** The format of a matrix that is not the output matrix. */
  FormatId choose(Situation situation) {
    FormatId format =
        rules.getOrDefault(situation.kind(), List.of()).stream()
            .filter(r -> r.condition().holds(situation))
            .map(Rule::format)
            .findFirst()
            .orElse(base);
    return raised ? raise(situation, format) : format;
  }

  /** Matrices so small beside the rest that more bits cost next to nothing. */
  private static FormatId raise(Situation situation, FormatId format) {
    boolean value = situation.kind() == ATTENTION_VALUE;
    if ((value || situation.kind() == ATTENTION_KEY) && Condition.EIGHT_EXPERTS.holds(situation)) {
      return FormatId.Q8_0;
    }
    boolean low = format.equals(Q3_K) || format.equals(FormatId.Q4_K);
    return value && low && situation.large() ? FormatId.Q5_K : format;
  }

  /**
   * The format of the output matrix.
   *
   * @param fits whether its rows consist of whole blocks of {@link #base()}
   */
  FormatId chooseOutput(Situation situation, boolean fits) {
    return fits && !Condition.FALCON.holds(situation) ? output : FormatId.Q8_0;
  }
}
