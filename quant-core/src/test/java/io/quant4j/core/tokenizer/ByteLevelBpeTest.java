package io.quant4j.core.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.Tokenizer;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.TokenType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ByteLevelBpeTest {

  private static Tokenizer create(SpecBuilder spec) {
    return new ByteLevelBpe().create(spec.build());
  }

  private static List<String> pieces(Tokenizer tokenizer, String text) {
    return Arrays.stream(tokenizer.encode(text, false, false))
        .mapToObj(tokenizer.spec().vocabulary().pieces()::get)
        .toList();
  }

  @Test
  void encode_severalMerges_takesTheLowestRankFirst() {
    assertThat(pieces(create(SpecBuilder.byteLevel().letters().mergedWords("b c", "a b")), "abc"))
        .containsExactly("a", "bc");
  }

  @Test
  void encode_sameMergeTwice_takesTheLeftmostFirst() {
    assertThat(pieces(create(SpecBuilder.byteLevel().letters().mergedWords("a a")), "aaaaa"))
        .containsExactly("aa", "aa", "a");
  }

  @Test
  void encode_mergeListedTwice_countsFirst() {
    SpecBuilder spec = SpecBuilder.byteLevel().letters().mergedWords("a b", "b c", "a b");
    assertThat(pieces(create(spec), "abc")).containsExactly("ab", "c");
  }

  @Test
  void encode_onlyListedPairsMerge_evenIfTheirTextIsAnEntry() {
    SpecBuilder spec = SpecBuilder.byteLevel().letters().mergedWords("b c", "ab c");
    assertThat(pieces(create(spec), "abc")).containsExactly("a", "bc");
  }

  @Test
  void encode_withIgnoreMerges_takesAWholeWordThatIsAnEntry() {
    SpecBuilder spec =
        SpecBuilder.byteLevel().letters().mergedWords("b c", "ab c").preTokenizer("gpt-2");
    assertThat(pieces(create(spec.ignoreMerges()), "abc abc"))
        .containsExactly("abc", "Ġ", "a", "bc");
  }

  @Test
  void encode_wordThatSpellsAControlToken_staysTextEvenWithIgnoreMerges() {
    SpecBuilder spec =
        SpecBuilder.byteLevel().letters().mergedWords("a b").control("abc").ignoreMerges();
    assertThat(pieces(create(spec), "abc")).containsExactly("ab", "c");
    assertThat(create(spec).encode("abc", false, true)).containsExactly(257);
  }

  @Test
  void encode_mergesDoNotCrossWords() {
    SpecBuilder spec =
        SpecBuilder.byteLevel().letters().mergedWords("a Ġ", "Ġ b").preTokenizer("gpt-2");
    assertThat(pieces(create(spec), "a b")).containsExactly("a", "Ġb");
  }

  @Test
  void encode_withoutSplit_mergesAcrossEverything() {
    SpecBuilder spec = SpecBuilder.byteLevel().letters().mergedWords("a Ġ", "aĠ b");
    assertThat(pieces(create(spec), "a b")).containsExactly("aĠb");
  }

  @Test
  void encode_patternsOfTheSpec_winOverItsName() {
    SpecBuilder spec = SpecBuilder.byteLevel().letters().mergedWords("a b").preTokenizer("gpt-2");
    assertThat(pieces(create(spec), "ab")).containsExactly("ab");
    assertThat(pieces(create(spec.patterns("a")), "ab")).containsExactly("a", "b");
  }

  @Test
  void encode_mergedTextThatIsNoEntry_fallsBackToBytes() {
    SpecBuilder spec = SpecBuilder.byteLevel().letters().merges(List.of("a b", "c ab"));
    assertThat(pieces(create(spec), "cab")).containsExactly("c", "a", "b");
  }

  @Test
  void encode_byteWithoutEntry_isLeftOut() {
    SpecBuilder spec = SpecBuilder.byteLevel().words("a", "b").mergedWords("a b");
    assertThat(pieces(create(spec), "abcb")).containsExactly("ab", "b");
    assertThat(pieces(create(spec.unknown("<unk>")), "acb")).containsExactly("a", "b");
  }

  @Test
  void decode_everyByte_givesItBack() {
    Tokenizer tokenizer = create(SpecBuilder.byteLevel().letters().mergedWords("a b"));
    byte[] bytes = new byte[256];
    IntStream.range(0, 256).forEach(b -> bytes[b] = (byte) b);
    assertThat(tokenizer.decode(IntStream.range(0, 256).toArray(), false))
        .isEqualTo(new String(bytes, StandardCharsets.UTF_8));
  }

  @Test
  void decode_entryOutsideTheAlphabet_givesItsText() {
    SpecBuilder spec = SpecBuilder.byteLevel().letters().mergedWords("a b").words("Ġ日", "Ġ");
    spec.add("Ġ", 0, TokenType.USER_DEFINED).add("Ġb", 0, TokenType.UNUSED);
    assertThat(create(spec).decode(new int[] {257, 258, 259, 260}, false)).isEqualTo("Ġ日 Ġ b");
  }

  @Test
  void encode_randomMerges_equalsTheDefinition() {
    for (int seed = 0; seed < 60; seed++) {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      List<String> merges = randomMerges(random);
      Tokenizer tokenizer =
          create(SpecBuilder.byteLevel().letters().mergedWords(merges.toArray(String[]::new)));
      for (int i = 0; i < 20; i++) {
        String text =
            random
                .ints(random.nextInt(1, 80), 0, 3)
                .mapToObj(c -> "abc".substring(c, c + 1))
                .reduce("", String::concat);
        List<String> expected =
            NaiveBpe.merge(
                text.chars().mapToObj(Character::toString).toList(),
                (left, right) -> {
                  int rank = merges.indexOf(left + " " + right);
                  return rank < 0 ? OptionalDouble.empty() : OptionalDouble.of(-rank);
                });
        assertThat(pieces(tokenizer, text)).as("seed %d", seed).isEqualTo(expected);
      }
    }
  }

  private static List<String> randomMerges(RandomGenerator random) {
    List<String> known = new ArrayList<>(List.of("a", "b", "c"));
    Set<String> merges = new LinkedHashSet<>();
    for (int i = 0; i < 40; i++) {
      String left = known.get(random.nextInt(known.size()));
      String right = known.get(random.nextInt(known.size()));
      if (left.length() + right.length() < 9 && merges.add(left + " " + right)) {
        known.add(left + right);
      }
    }
    return List.copyOf(merges);
  }

  @Test
  void create_withoutMerges_isRefused() {
    assertThatThrownBy(() -> create(SpecBuilder.byteLevel().letters()))
        .isInstanceOf(MalformedModelException.class)
        .hasMessageContaining("merges");
  }

  @Test
  void create_unknownPreTokenizer_isRefusedWithTheKnownNames() {
    assertThatThrownBy(() ->
            create(SpecBuilder.byteLevel().letters().mergedWords("a b").preTokenizer("nobody")))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("nobody")
        .hasMessageContaining("llama-bpe, llama-v3, llama3")
        .hasMessageContaining("qwen2");
  }

  @Test
  void create_patternThatDoesNotCompile_isRefusedWithThePattern() {
    assertThatThrownBy(
            () -> create(SpecBuilder.byteLevel().letters().mergedWords("a b").patterns("a", "(b")))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("(b");
  }
}
