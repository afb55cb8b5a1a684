package io.quant4j.core.checkpoint.tokenizer;

import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.core.checkpoint.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The {@code pre_tokenizer} of a {@code tokenizer.json}.
 *
 * @param patterns regular expressions that split text into words, applied one after another
 * @param byteLevel whether bytes are mapped to GPT-2's printable alphabet
 * @param metaspace whether words begin with U+2581, and if so whether the first one gets one too
 */
record SplitRules(List<String> patterns, boolean byteLevel, Optional<Boolean> metaspace) {

  /**
   * Reads the section.
   *
   * @throws io.quant4j.api.error.UnsupportedModelException if it splits in a way that patterns
   *     cannot express
   */
  static SplitRules of(TokenizerJson json) {
    Reader reader = new Reader(json);
    json.preTokenizer().ifPresent(reader::read);
    return new SplitRules(List.copyOf(reader.patterns), reader.byteLevel, reader.metaspace);
  }

  private static final class Reader {
    private final TokenizerJson json;
    private final List<String> patterns = new ArrayList<>();
    private boolean byteLevel;

    /** Gemma's split at spaces, of which its normalizer leaves none. */
    private boolean splitsAtSpaces;

    private Optional<Boolean> metaspace = Optional.empty();

    Reader(TokenizerJson json) {
      this.json = json;
    }

    void read(JsonObject step) {
      String type = step.requireText("type");
      if (byteLevel) {
        throw unsupported(type + " after ByteLevel");
      }
      switch (type) {
        case "Sequence" -> step.objects("pretokenizers").forEach(this::read);
        case "ByteLevel" -> byteLevel(step);
        case "Split" -> split(step);
        case "Digits" ->
            patterns.add(
                step.flag("individual_digits").orElse(false)
                    ? KnownSplits.DIGIT
                    : KnownSplits.DIGIT + "+");
        case "Metaspace" -> metaspace = Optional.of(prepends(step));
        default -> throw unsupported(type);
      }
    }

    private void byteLevel(JsonObject step) {
      if (step.flag("add_prefix_space").orElse(true)) {
        throw unsupported("ByteLevel with add_prefix_space");
      }
      if (splitsAtSpaces) {
        throw unsupported("Split at spaces before ByteLevel");
      }
      if (step.flag("use_regex").orElse(true)) {
        patterns.add(KnownSplits.GPT_2);
      }
      byteLevel = true;
    }

    /**
     * Matches become words of their own; dropping what lies between matches is the same if nothing
     * lies there.
     */
    private void split(JsonObject step) {
      String behavior = step.requireText("behavior");
      boolean inverted = step.flag("invert").orElse(false);
      JsonObject pattern = step.object("pattern").orElseThrow(() -> step.absent("pattern"));
      Optional<String> literal = pattern.text("String");
      if (literal.isPresent() && literal.get().equals(" ")) {
        splitsAtSpaces = true;
      } else if (behavior.equals("Isolated") || (behavior.equals("Removed") && inverted)) {
        patterns.add(literal.map(Reader::quote).orElseGet(() -> pattern.requireText("Regex")));
      } else {
        throw unsupported("Split with behavior " + behavior);
      }
    }

    private static String quote(String literal) {
      return literal.replaceAll("[\\\\^$.|?*+()\\[\\]{}]", "\\\\$0");
    }

    private static boolean prepends(JsonObject step) {
      return step.text("prepend_scheme")
          .map(scheme -> !scheme.equals("never"))
          .orElseGet(() -> step.flag("add_prefix_space").orElse(true));
    }

    private UnsupportedModelException unsupported(String what) {
      return json.unsupported("pre_tokenizer", "the pre-tokenizer " + what);
    }
  }
}
