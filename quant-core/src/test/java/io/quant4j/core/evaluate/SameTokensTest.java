package io.quant4j.core.evaluate;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.Tokenizer;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.model.SpecialTokens;
import io.quant4j.api.model.TokenType;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.model.Vocabulary;
import io.quant4j.core.tokenizer.ByteLevelBpe;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SameTokensTest {
  private static final List<String> PIECES = List.of("a", "b", "ab", "ba", "<s>");

  private static final List<String> BOTH = List.of("a b", "b a");
  private static final List<String> ONE = List.of("b a");

  private static Tokenizer tokenizer(List<String> pieces, List<String> merges, boolean addBos) {
    return new ByteLevelBpe()
        .create(
            new TokenizerSpec(
                TokenizerSpec.BYTE_LEVEL_BPE,
                new Vocabulary(
                    pieces, new float[0], Collections.nCopies(pieces.size(), TokenType.NORMAL)),
                merges,
                Optional.of("gpt-2"),
                List.of(),
                new SpecialTokens(
                    OptionalInt.of(4),
                    OptionalInt.empty(),
                    OptionalInt.empty(),
                    OptionalInt.empty(),
                    Set.of()),
                addBos,
                false,
                false,
                false,
                Set.of(),
                Set.of(),
                Optional.empty(),
                Map.of()));
  }

  private static void assertRefused(Tokenizer other, String... words) {
    Tokenizer base = tokenizer(PIECES, BOTH, true);
    assertThatThrownBy(() -> SameTokens.checkTokenizers(base, other, "aab"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void sameTokens_areAccepted() {
    SameTokens.checkVocabulary(4, 4);
    Tokenizer base = tokenizer(PIECES, BOTH, true);
    SameTokens.checkTokenizers(base, tokenizer(PIECES, BOTH, true), "aab");
    // Merges that the text has no use for make no difference.
    SameTokens.checkTokenizers(base, tokenizer(PIECES, ONE, true), "aa");
  }

  @Test
  void otherNumberOfLogits_isRefused() {
    assertThatThrownBy(() -> SameTokens.checkVocabulary(4, 5))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContainingAll("4 tokens", "5");
  }

  @Test
  void otherTokens_areRefusedByTheFirst() {
    List<String> other = List.of("a", "b", "ba", "ab", "<s>");
    assertRefused(tokenizer(other, BOTH, true), "token 2", "'ab'", "'ba'");
    List<String> more = List.of("a", "b", "ab", "ba", "<s>", "c");
    assertRefused(tokenizer(more, BOTH, true), "5 tokens", "6");
  }

  @Test
  void otherBegin_isRefused() {
    assertRefused(tokenizer(PIECES, BOTH, false), "token 4", "no added token");
  }

  @Test
  void otherTokensOfTheText_areRefusedByTheFirst() {
    assertRefused(tokenizer(PIECES, ONE, true), "token 2 at place 2", "token 0");
  }
}
