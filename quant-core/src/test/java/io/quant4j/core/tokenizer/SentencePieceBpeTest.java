package io.quant4j.core.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.Tokenizer;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.model.TokenType;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.model.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class SentencePieceBpeTest {

  private static Tokenizer create(SpecBuilder spec) {
    return new SentencePieceBpe().create(spec.build());
  }

  private static List<String> pieces(Tokenizer tokenizer, String text) {
    return Arrays.stream(tokenizer.encode(text, false, false))
        .mapToObj(tokenizer.spec().vocabulary().pieces()::get)
        .toList();
  }

  private static SpecBuilder withBytes() {
    return SpecBuilder.sentencePiece()
        .unknown("<unk>")
        .bos("<s>", true)
        .eos("</s>", false)
        .byteTokens();
  }

  @Test
  void encode_severalMerges_takesTheHighestScoreFirst() {
    SpecBuilder spec =
        withBytes()
            .words("a", "b", "c")
            .add("ab", -2, TokenType.NORMAL)
            .add("bc", -1, TokenType.NORMAL);
    assertThat(pieces(create(spec), "abc")).containsExactly("a", "bc");
  }

  @Test
  void encode_equalScores_takesTheLeftmostFirst() {
    SpecBuilder spec =
        withBytes()
            .words("a", "b", "c")
            .add("ab", -1, TokenType.NORMAL)
            .add("bc", -1, TokenType.NORMAL);
    assertThat(pieces(create(spec), "abc")).containsExactly("ab", "c");
    assertThat(pieces(create(withBytes().words("a", "aa")), "aaaaa"))
        .containsExactly("aa", "aa", "a");
  }

  @Test
  void encode_pieceOfCharactersThatAreNoEntries_isFound() {
    assertThat(pieces(create(withBytes().words("xy", "xyz")), "xyzx"))
        .containsExactly("xyz", "<0x78>");
  }

  @Test
  void encode_characterWithoutEntry_becomesItsBytes() {
    assertThat(pieces(create(withBytes().words("a")), "aé€😀"))
        .containsExactly(
            "a", "<0xC3>", "<0xA9>", "<0xE2>", "<0x82>", "<0xAC>", "<0xF0>", "<0x9F>", "<0x98>",
            "<0x80>");
  }

  @Test
  void encode_withoutByteTokens_givesOneUnknownTokenForARun() {
    SpecBuilder spec = SpecBuilder.sentencePiece().unknown("<unk>").words("a", "b", "▁");
    assertThat(pieces(create(spec), "aéxyb x a"))
        .containsExactly("a", "<unk>", "b", "▁", "<unk>", "▁", "a");
  }

  @Test
  void encode_withoutSomeByteTokens_givesNoPartOfACharacter() {
    SpecBuilder spec =
        SpecBuilder.sentencePiece().unknown("<unk>").add("<0xC3>", 0, TokenType.BYTE).words("a");
    assertThat(pieces(create(spec), "éa")).containsExactly("<unk>", "a");
  }

  @Test
  void encode_withoutUnknownToken_refusesWhatItCannotExpress() {
    Tokenizer tokenizer = create(SpecBuilder.sentencePiece().words("a"));
    assertThatThrownBy(() -> tokenizer.encode("ab", false, false))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("'b'");
  }

  @Test
  void encode_textThatSpellsControlOrByteTokens_staysText() {
    Tokenizer tokenizer =
        create(withBytes().words("<", "s", ">", "<s", "0", "x", "A", "<0", "<0x", "<0xA"));
    assertThat(pieces(tokenizer, "<s><0x0A>")).containsExactly("<s", ">", "<0x", "0", "A", ">");
    assertThat(tokenizer.encode("<s>s", false, true)).startsWith(1);
  }

  @Test
  void encode_withSpacePrefix_putsItAtTheStartAndAfterSpecialTokens() {
    Tokenizer tokenizer =
        create(withBytes().words("▁", "a", "▁a").userDefined("<tool>").addSpacePrefix());
    assertThat(pieces(tokenizer, "a a")).containsExactly("▁a", "▁a");
    assertThat(pieces(tokenizer, " a")).containsExactly("▁", "▁a");
    assertThat(pieces(tokenizer, "a<tool>a<tool>")).containsExactly("▁a", "<tool>", "▁a", "<tool>");
    assertThat(tokenizer.encode("<s>a", true, true)).hasSize(3).startsWith(1, 1);
  }

  @Test
  void encode_withoutSpacePrefix_putsNone() {
    assertThat(pieces(create(withBytes().words("▁", "a", "▁a")), "a a")).containsExactly("a", "▁a");
  }

  @Test
  void decode_withSpacePrefix_leavesOutTheFirstSpaceOnly() {
    Tokenizer tokenizer = create(withBytes().words("▁", "a", "▁a", "▁▁").addSpacePrefix());
    int a = tokenizer.spec().vocabulary().find("▁a").orElseThrow();
    int two = tokenizer.spec().vocabulary().find("▁▁").orElseThrow();
    assertThat(tokenizer.decode(new int[] {a, a}, false)).isEqualTo("a a");
    assertThat(tokenizer.decode(new int[] {1, a, a}, false)).isEqualTo("a a");
    assertThat(tokenizer.decode(new int[] {1, a, a}, true)).isEqualTo("<s> a a");
    assertThat(tokenizer.decode(new int[] {two, a}, false)).isEqualTo("  a");
    assertThat(tokenizer.decode(new int[] {3 + ' ', a}, false)).as("byte token").isEqualTo("  a");
  }

  @Test
  void stream_afterFinish_beginsANewText() {
    Tokenizer tokenizer = create(withBytes().words("▁", "a", "▁a").addSpacePrefix());
    int a = tokenizer.spec().vocabulary().find("▁a").orElseThrow();
    Tokenizer.Stream stream = tokenizer.newStream(false);
    assertThat(stream.accept(1) + stream.accept(a) + stream.accept(a)).isEqualTo("a a");
    assertThat(stream.accept(3 + 0xC3)).isEmpty();
    assertThat(stream.finish()).isEqualTo("\uFFFD");
    assertThat(stream.accept(a)).isEqualTo("a");
    assertThat(stream.finish()).isEmpty();
  }

  @Test
  void stream_ofByteTokens_givesWholeCharacters() {
    Tokenizer.Stream stream = create(withBytes()).newStream(false);
    assertThat(stream.accept(3 + 0xF0)).isEmpty();
    assertThat(stream.accept(3 + 0x9F)).isEmpty();
    assertThat(stream.accept(3 + 0x98)).isEmpty();
    assertThat(stream.accept(3 + 0x80)).isEqualTo("😀");
    assertThat(stream.accept(3 + 0xE2)).isEmpty();
    assertThat(stream.accept(3 + 'a')).isEqualTo("\uFFFDa");
    assertThat(stream.accept(3 + 0x80)).isEqualTo("\uFFFD");
  }

  @Test
  void decode_unusedAndUserDefinedTokens_givesTheirText() {
    Tokenizer tokenizer =
        create(withBytes().add("[PAD1]", 0, TokenType.UNUSED).userDefined("<a▁b>"));
    assertThat(tokenizer.decode(new int[] {259, 260}, false)).isEqualTo("[PAD1]<a▁b>");
    assertThat(tokenizer.decode(new int[] {0}, false)).isEmpty();
    assertThat(tokenizer.decode(new int[] {0}, true)).isEqualTo("<unk>");
  }

  @Test
  void encode_randomVocabularies_equalsTheDefinition() {
    for (int seed = 0; seed < 60; seed++) {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      Tokenizer tokenizer = create(randomVocabulary(random));
      Vocabulary vocabulary = tokenizer.spec().vocabulary();
      for (int i = 0; i < 20; i++) {
        String text = randomText(random, random.nextInt(1, 80));
        List<String> symbols =
            text.replace(' ', '▁').codePoints().mapToObj(Character::toString).toList();
        List<String> expected =
            NaiveBpe.merge(
                symbols,
                (left, right) -> {
                  int id = vocabulary.pieces().lastIndexOf(left + right);
                  return id < 0
                      ? OptionalDouble.empty()
                      : OptionalDouble.of(vocabulary.scores()[id]);
                });
        List<String> given = new ArrayList<>(pieces(tokenizer, text));
        assertThat(given).as("seed %d: '%s'", seed, text).isEqualTo(expected);
      }
    }
  }

  private static SpecBuilder randomVocabulary(RandomGenerator random) {
    SpecBuilder spec = withBytes().words("a", "b", "😀", "▁");
    for (int i = 0; i < 30; i++) {
      String piece = randomText(random, random.nextInt(2, 7)).replace(' ', '▁');
      spec.add(piece, random.nextInt(-8, 8) / 2f, TokenType.NORMAL);
    }
    return spec;
  }

  private static String randomText(RandomGenerator random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(List.of("a", "b", "😀", " ").get(random.nextInt(4)));
    }
    return text.toString();
  }

  @Test
  void encode_rankedMerges_equalsScores() {
    SpecBuilder words = withBytes().words("▁", "a", "b", "ab", "▁ab", "abab", "ba");
    SpecBuilder merged =
        withBytes()
            .words("▁", "a", "b", "ab", "▁ab", "abab", "ba")
            .merges(List.of("a b", "▁ ab", "ab ab", "b a"));
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
    for (int i = 0; i < 200; i++) {
      String text =
          random.ints(30, 0, 3).mapToObj(c -> "ab ".substring(c, c + 1)).reduce("", String::concat);
      assertThat(pieces(create(merged), text)).as(text).isEqualTo(pieces(create(words), text));
    }
  }

  @Test
  void create_withNeitherScoresNorMerges_isRefused() {
    TokenizerSpec spec = withBytes().words("a").buildUnscored();
    assertThatThrownBy(() -> new SentencePieceBpe().create(spec))
        .isInstanceOf(MalformedModelException.class)
        .hasMessageContaining("scores");
  }

  @Test
  void create_damagedData_isRefused() {
    for (SpecBuilder spec :
        List.of(
            withBytes().add("<0xG0>", 0, TokenType.BYTE),
            withBytes().add("<0x-1>", 0, TokenType.BYTE),
            withBytes().add("ab", Float.NaN, TokenType.NORMAL),
            withBytes().bosId(4711),
            withBytes().bosId(-1),
            SpecBuilder.sentencePiece().words("a").addBos(),
            withBytes().merges(List.of("ab")),
            withBytes().merges(List.of("a ")))) {
      assertThatThrownBy(() -> create(spec)).isInstanceOf(MalformedModelException.class);
    }
  }

  @Test
  void create_veryLongPieces_endsInTime() {
    SpecBuilder spec = withBytes().words("a");
    Collections.nCopies(50, "a".repeat(20_000)).forEach(spec::words);
    assertThat(pieces(create(spec), "aa")).containsExactly("a", "a");
  }
}
