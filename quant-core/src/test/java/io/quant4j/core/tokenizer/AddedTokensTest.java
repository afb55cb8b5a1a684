package io.quant4j.core.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddedTokensTest {

  private static List<String> cut(SpecBuilder spec, String text) {
    List<String> parts = new ArrayList<>();
    AddedTokens.of(spec.build(), true)
        .cut(
            text,
            new AddedTokens.Parts() {
              @Override
              public void text(int from, int to) {
                parts.add("'" + text.substring(from, to) + "'");
              }

              @Override
              public void token(int id) {
                parts.add(String.valueOf(id));
              }
            });
    return parts;
  }

  @Test
  void cut_tokensWithCommonBeginnings_takesTheLongest() {
    SpecBuilder spec =
        SpecBuilder.byteLevel().control("<a").control("<a>").control("<a><b").control("<");
    assertThat(cut(spec, "x<a><c<a<a><b")).containsExactly("'x'", "1", "3", "'c'", "0", "2");
  }

  @Test
  void cut_beginningOfATokenOnly_isText() {
    assertThat(cut(SpecBuilder.byteLevel().control("<abc>"), "<ab<abc><abc"))
        .containsExactly("'<ab'", "0", "'<abc'");
  }

  @Test
  void cut_runOfSpaces_takesTheLongestFromTheLeft() {
    SpecBuilder spec = SpecBuilder.byteLevel().userDefined("  ").userDefined("    ");
    assertThat(cut(spec, "a" + " ".repeat(7) + "b")).containsExactly("'a'", "1", "0", "' b'");
  }

  @Test
  void cut_strippingTokens_swallowWhiteSpace() {
    SpecBuilder spec =
        SpecBuilder.byteLevel().control("<l>").strip(true, false).control("<r>").strip(false, true);
    assertThat(cut(spec, "a \t\n<l> b <r> \r\n c"))
        .containsExactly("'a'", "0", "' b '", "1", "'c'");
    assertThat(cut(spec, " <l><r> <l> ")).containsExactly("0", "1", "0", "' '");
  }

  @Test
  void cut_emptyTextAndEmptyPieces_giveNothing() {
    SpecBuilder spec = SpecBuilder.byteLevel().control("").control("x");
    assertThat(cut(spec, "")).isEmpty();
    assertThat(cut(spec, "yx")).containsExactly("'y'", "1");
  }

  @Test
  void cut_withoutControl_leavesControlTokensInTheText() {
    SpecBuilder spec = SpecBuilder.byteLevel().control("<s>").unknown("<unk>").userDefined("<u>");
    List<Integer> ids = new ArrayList<>();
    AddedTokens.of(spec.build(), false)
        .cut(
            "<s><unk><u>",
            new AddedTokens.Parts() {
              @Override
              public void text(int from, int to) {
                assertThat(to).isEqualTo("<s><unk>".length());
              }

              @Override
              public void token(int id) {
                ids.add(id);
              }
            });
    assertThat(ids).containsExactly(2);
  }
}
