package io.quant4j.core.quantize;

import static io.quant4j.core.quantize.Condition.ALWAYS;
import static io.quant4j.core.quantize.Condition.EIGHT_EXPERTS;
import static io.quant4j.core.quantize.Condition.FALCON;
import static io.quant4j.core.quantize.Condition.FIRST_EIGHTH;
import static io.quant4j.core.quantize.Condition.FIRST_EIGHTH_COUNTED;
import static io.quant4j.core.quantize.Condition.FIRST_SIXTEENTH;
import static io.quant4j.core.quantize.Condition.FOUR_EXPERTS;
import static io.quant4j.core.quantize.Condition.GROUPED;
import static io.quant4j.core.quantize.Condition.IMPORTANCE;
import static io.quant4j.core.quantize.Condition.MIDDLE;
import static io.quant4j.core.quantize.Condition.MORE;
import static io.quant4j.core.quantize.Condition.STACKED;
import static io.quant4j.core.quantize.Condition.first;
import static io.quant4j.core.quantize.Condition.not;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.core.quantize.FileType.Rule;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * All file types that can be asked for, as llama.cpp mixes them (commit 34af94cd9ab2, {@code
 * src/llama-quant.cpp}). The table states only what differs from the base format; rules of one
 * matrix are tried in the order written.
 */
final class FileTypes {
  private static final Map<String, FileType> BY_NAME = new LinkedHashMap<>();

  private static final Map<String, String> ALIASES =
      Map.of("Q3_K", "Q3_K_M", "Q4_K", "Q4_K_M", "Q5_K", "Q5_K_M");

  static {
    type("F32", "F32").add();
    type("F16", "F16").add();
    type("BF16", "BF16").add();
    legacyTypes();
    lowKQuants();
    highKQuants();
    threeAndFourBitCodebooks();
    lowestBits("IQ1_S", "IQ1_S", "IQ2_XXS", "Q2_K");
    lowestBits("IQ1_M", "IQ1_M", "IQ2_XXS", "Q2_K");
    lowestBits("IQ2_XXS", "IQ2_XXS", "IQ2_XXS", "Q2_K");
    lowestBits("IQ2_XS", "IQ2_XS", "IQ2_XS", "Q2_K");
    lowestBits("IQ2_S", "IQ2_XS", "IQ3_S", "IQ3_S");
    lowestBits("IQ2_M", "IQ2_S", "IQ3_S", "IQ3_S");
    type("TQ1_0", "TQ1_0").embedding(always("Q4_K")).add();
    type("TQ2_0", "TQ2_0").embedding(always("Q4_K")).add();
    type("Q1_0", "Q1_0").add();
    type("Q2_0", "Q2_0").embedding(always("Q4_K")).add();
    expertsOnly("MXFP4_MOE", "MXFP4");
  }

  private FileTypes() {}

  private static void legacyTypes() {
    type("Q4_0", "Q4_0").down(when(IMPORTANCE.and(FIRST_EIGHTH), "Q4_1")).add();
    type("Q4_1", "Q4_1").add();
    type("Q5_0", "Q5_0").down(when(IMPORTANCE.and(FIRST_EIGHTH), "Q5_1")).add();
    type("Q5_1", "Q5_1").add();
    type("Q8_0", "Q8_0").output("Q8_0").add();
  }

  private static void lowKQuants() {
    type("Q2_K", "Q2_K")
        .value(when(GROUPED, "Q4_K"), always("Q3_K"))
        .attentionOutput("Q5_K", "Q3_K")
        .down(always("Q3_K"))
        .add();
    type("Q2_K_S", "Q2_K").value(when(GROUPED, "Q4_K")).down(when(FIRST_EIGHTH, "Q4_K")).add();
    type("Q3_K_S", "Q3_K").attentionOutput("Q5_K", "Q3_K").add();
    type("Q3_K_M", "Q3_K")
        .value(when(first(2), "Q5_K"), always("Q4_K"))
        .attentionOutput("Q5_K", "Q4_K")
        .down(when(FIRST_SIXTEENTH, "Q5_K"), when(not(FALCON).or(MORE), "Q4_K"))
        .add();
    type("Q3_K_L", "Q3_K")
        .value(always("Q5_K"))
        .rules(
            MatrixKind.ATTENTION_OUTPUT,
            when(FALCON, "Q4_K"),
            when(EIGHT_EXPERTS, "Q3_K"),
            always("Q5_K"))
        .down(when(FALCON, "Q4_K"), always("Q5_K"))
        .add();
  }

  private static void highKQuants() {
    type("Q4_K_S", "Q4_K")
        .value(when(first(4), "Q5_K"))
        .attentionOutput("Q5_K", "Q4_K")
        .down(when(not(FALCON).and(FIRST_EIGHTH), "Q5_K"))
        .add();
    type("Q4_K_M", "Q4_K")
        .value(when(MORE, "Q6_K"))
        .attentionOutput("Q5_K", "Q4_K")
        .down(
            when(FALCON.and(FIRST_SIXTEENTH), "Q6_K"),
            when(FALCON.and(MORE), "Q5_K"),
            when(not(FALCON).and(MORE), "Q6_K"))
        .add();
    type("Q5_K_S", "Q5_K").add();
    type("Q5_K_M", "Q5_K").value(when(MORE, "Q6_K")).down(when(MORE, "Q6_K")).add();
    type("Q6_K", "Q6_K").add();
  }

  private static void threeAndFourBitCodebooks() {
    type("IQ3_XXS", "IQ3_XXS")
        .output("Q5_K")
        .embedding(always("IQ3_S"))
        .value(when(GROUPED, "Q4_K"), when(not(IMPORTANCE), "IQ3_S"))
        .queryAndKey(always("IQ2_S"))
        .attentionOutput("Q5_K", "IQ3_S")
        .down(when(not(IMPORTANCE).and(FIRST_EIGHTH), "Q4_K"), when(not(IMPORTANCE), "Q3_K"))
        .add();
    type("IQ3_XS", "IQ3_S")
        .value(when(GROUPED, "Q4_K"))
        .queryAndKey(always("IQ3_XXS"))
        .attentionOutput("Q5_K", "IQ3_S")
        .gateAndUp(when(MIDDLE, "IQ3_XXS"))
        .add();
    type("IQ3_S", "IQ3_S").value(when(GROUPED, "Q4_K")).attentionOutput("Q5_K", "IQ3_S").add();
    type("IQ3_M", "IQ3_S")
        .value(always("Q4_K"))
        .attentionOutput("Q5_K", "Q4_K")
        .down(when(FIRST_EIGHTH.or(EIGHT_EXPERTS.and(MORE)), "Q4_K"))
        .add();
    for (String name : List.of("IQ4_NL", "IQ4_XS")) {
      type(name, name)
          .value(when(GROUPED, "Q5_K"))
          .attentionOutput("Q5_K", name)
          .down(when(not(IMPORTANCE).and(FIRST_EIGHTH), "Q5_K"))
          .add();
    }
  }

  /** One and two bits: the few matrices that matter most keep more. */
  private static void lowestBits(String name, String base, String attentionOutput, String more) {
    type(name, base)
        .output("Q5_K")
        .embedding(always(more))
        .value(when(GROUPED.or(FOUR_EXPERTS), "Q4_K"), always(more))
        .rules(MatrixKind.ATTENTION_KEY, when(EIGHT_EXPERTS, "Q4_K"))
        .rules(MatrixKind.ATTENTION_OUTPUT, when(EIGHT_EXPERTS, "Q5_K"), always(attentionOutput))
        .down(when(FIRST_EIGHTH_COUNTED, more))
        .asListed()
        .add();
  }

  /** The base format for the experts, eight bits for everything else. */
  private static void expertsOnly(String name, String base) {
    Builder type = type(name, base).output("Q8_0").asListed();
    for (MatrixKind kind : MatrixKind.values()) {
      type.rules(kind, when(not(STACKED), "Q8_0"));
    }
    type.add();
  }

  /**
   * The file type of this name or alias; letter case does not matter.
   *
   * @throws InvalidRequestException listing the names
   */
  static FileType named(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    FileType type = BY_NAME.get(ALIASES.getOrDefault(upper, upper));
    if (type == null) {
      throw new InvalidRequestException(
          ErrorLocation.subject(name),
          "there is no file type of this name",
          "Known are " + String.join(", ", BY_NAME.keySet()) + ".");
    }
    return type;
  }

  private static Builder type(String name, String base) {
    return new Builder(name, new FormatId(base));
  }

  private static Rule when(Condition condition, String format) {
    return new Rule(condition, new FormatId(format));
  }

  private static Rule always(String format) {
    return when(ALWAYS, format);
  }

  /** Collects one line of the table. */
  private static final class Builder {
    private final String name;
    private final FormatId base;
    private final Map<MatrixKind, List<Rule>> rules = new EnumMap<>(MatrixKind.class);
    private FormatId output = FormatId.Q6_K;
    private boolean raised = true;

    Builder(String name, FormatId base) {
      this.name = name;
      this.base = base;
    }

    Builder rules(MatrixKind kind, Rule... inOrder) {
      rules.put(kind, List.of(inOrder));
      return this;
    }

    Builder output(String format) {
      output = new FormatId(format);
      return this;
    }

    Builder embedding(Rule... inOrder) {
      return rules(MatrixKind.TOKEN_EMBEDDING, inOrder);
    }

    Builder value(Rule... inOrder) {
      return rules(MatrixKind.ATTENTION_VALUE, inOrder);
    }

    Builder queryAndKey(Rule... inOrder) {
      return rules(MatrixKind.ATTENTION_QUERY, inOrder).rules(MatrixKind.ATTENTION_KEY, inOrder);
    }

    /** Falcon keeps the base format here. */
    Builder attentionOutput(String withEightExperts, String otherwise) {
      return rules(
          MatrixKind.ATTENTION_OUTPUT,
          when(FALCON, base.name()),
          when(EIGHT_EXPERTS, withEightExperts),
          always(otherwise));
    }

    Builder gateAndUp(Rule... inOrder) {
      return rules(MatrixKind.FEED_FORWARD_GATE, inOrder)
          .rules(MatrixKind.FEED_FORWARD_UP, inOrder);
    }

    Builder down(Rule... inOrder) {
      return rules(MatrixKind.FEED_FORWARD_DOWN, inOrder);
    }

    /** Without the raises that all other types share. */
    Builder asListed() {
      raised = false;
      return this;
    }

    void add() {
      BY_NAME.put(name, new FileType(name, base, output, rules, raised));
    }
  }
}
