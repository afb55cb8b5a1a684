package io.quant4j.core.checkpoint.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.fail;

import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.QuantException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.TokenType;
import io.quant4j.api.model.TokenizerSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class SentencePieceModelTest {
  private static final long SEED = 7;

  @TempDir Path directory;

  private TokenizerSpec read(SentencePieceBytes model) {
    return read(model.bytes());
  }

  private TokenizerSpec read(byte[] model) {
    try {
      Files.write(directory.resolve("tokenizer.model"), model);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return TokenizerReader.read(directory, TokenizerHints.none()).orElseThrow();
  }

  @Test
  void read_bpeModel_givesPiecesScoresAndTypes() {
    TokenizerSpec spec = read(SentencePieceBytes.model());
    assertThat(spec.algorithm()).isEqualTo(TokenizerSpec.SENTENCEPIECE_BPE);
    assertThat(spec.vocabulary().pieces())
        .containsExactly("<unk>", "<s>", "</s>", "<0x0A>", "▁a", "▁", "a", "  ");
    assertThat(spec.vocabulary().scores()).startsWith(0, 0, 0, 0, -0f, -1, -2, 0);
    assertThat(spec.vocabulary().types())
        .containsExactly(
            TokenType.UNKNOWN,
            TokenType.CONTROL,
            TokenType.CONTROL,
            TokenType.BYTE,
            TokenType.NORMAL,
            TokenType.NORMAL,
            TokenType.NORMAL,
            TokenType.USER_DEFINED);
    assertThat(spec.merges()).isEmpty();
    assertThat(spec.preTokenizer()).isEmpty();
  }

  @Test
  void read_bpeModel_usesSentencePieceDefaults() {
    TokenizerSpec spec = read(SentencePieceBytes.model());
    assertThat(spec.special().unknown()).isEqualTo(OptionalInt.of(0));
    assertThat(spec.special().bos()).isEqualTo(OptionalInt.of(1));
    assertThat(spec.special().eos()).isEqualTo(OptionalInt.of(2));
    assertThat(spec.special().padding()).isEmpty();
    assertThat(spec.addBos()).isTrue();
    assertThat(spec.addEos()).isFalse();
    assertThat(spec.addSpacePrefix()).isTrue();
    assertThat(spec.extra()).containsEntry("remove_extra_whitespaces", true);
  }

  @Test
  void read_statedSettings_overruleDefaults() {
    TokenizerSpec spec =
        read(
            SentencePieceBytes.model()
                .trainer(new SentencePieceBytes().number(41, 2).number(42, -1).number(43, 3))
                .normalizer(new SentencePieceBytes().number(3, 0).number(4, 0)));
    assertThat(spec.special().bos()).isEqualTo(OptionalInt.of(2));
    assertThat(spec.special().eos()).isEmpty();
    assertThat(spec.special().padding()).isEqualTo(OptionalInt.of(3));
    assertThat(spec.addSpacePrefix()).isFalse();
    assertThat(spec.extra()).isEmpty();
  }

  @Test
  void read_fieldsOfLaterVersions_arePassedOver() {
    byte[] unknown =
        new SentencePieceBytes()
            .number(4000, Long.MAX_VALUE)
            .bytes(9, new byte[300])
            .varint(77 << 3 | 1)
            .raw(new byte[8])
            .bytes();
    TokenizerSpec spec = read(SentencePieceBytes.model().raw(unknown));
    assertThat(spec.vocabulary().size()).isEqualTo(8);
  }

  @Test
  void read_addedTokensBesideTheModel_areMerged() throws IOException {
    Files.writeString(
        directory.resolve("added_tokens.json"), "{\"<pad>\": 9, \"<|tool|>\": 10, \"<x>\": 99}");
    Files.writeString(
        directory.resolve("tokenizer_config.json"),
        "{\"pad_token\": \"<pad>\", \"added_tokens_decoder\": {\"10\": {\"content\": \"<|tool|>\","
            + " \"rstrip\": true, \"special\": false}}, \"add_bos_token\": false,"
            + " \"add_eos_token\": true, \"add_prefix_space\": false}");
    Files.write(directory.resolve("tokenizer.model"), SentencePieceBytes.model().bytes());
    var hints = new TokenizerHints(OptionalInt.of(12), OptionalInt.empty(), List.of());
    TokenizerSpec spec = TokenizerReader.read(directory, hints).orElseThrow();
    assertThat(spec.vocabulary().pieces().subList(8, 12))
        .containsExactly("[PAD8]", "<pad>", "<|tool|>", "[PAD11]");
    assertThat(spec.vocabulary().types().subList(8, 12))
        .containsExactly(
            TokenType.UNUSED, TokenType.CONTROL, TokenType.USER_DEFINED, TokenType.UNUSED);
    assertThat(spec.vocabulary().scores()).hasSize(12);
    assertThat(spec.special().padding()).isEqualTo(OptionalInt.of(9));
    assertThat(spec.stripRight()).containsExactly(10);
    assertThat(spec.addBos()).isFalse();
    assertThat(spec.addEos()).isTrue();
    assertThat(spec.addSpacePrefix()).isFalse();
  }

  private record Case(String name, byte[] model, Class<?> error, String... words) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case malformed(String name, SentencePieceBytes model, String... words) {
    return new Case(name, model.bytes(), MalformedModelException.class, words);
  }

  private static Case unsupported(String name, SentencePieceBytes trainer, String... words) {
    byte[] model = SentencePieceBytes.model().trainer(trainer).bytes();
    return new Case(name, model, UnsupportedModelException.class, words);
  }

  private static SentencePieceBytes fields() {
    return new SentencePieceBytes();
  }

  static Stream<Case> models() {
    return Stream.concat(
        Stream.of(
            malformed("empty file", fields(), "no pieces"),
            malformed("varint cut off", fields().raw((byte) 0x80), "cut off", "offset 1"),
            malformed("varint of 11 bytes", fields().raw(elevenBytes()), "more than 10 bytes"),
            malformed("field 0", fields().raw((byte) 2, (byte) 0), "number 0"),
            malformed("group", fields().raw((byte) 0x0b), "wire type 3"),
            malformed("length beyond the end", fields().varint(10).varint(9), "longer than"),
            malformed("length of 2^63", fields().varint(10).varint(Long.MIN_VALUE), "longer than"),
            malformed("length of 2^32", fields().varint(10).varint(1L << 32), "longer than"),
            malformed("piece as a number", fields().number(1, 5), "wire type 0 where 2"),
            malformed("piece without text", fields().message(1, fields()), "piece is empty"),
            malformed("text not UTF-8", fields().message(1, fields().bytes(1, latin1())), "UTF-8"),
            malformed("score NaN", fields().piece("a", Float.NaN, 1), "not finite"),
            malformed("score as a number", fields().message(1, fields().number(2, 1)), "wire type"),
            malformed("type 9", fields().piece("a", 0, 9), "unknown type 9"),
            malformed("byte 0x-1", fields().piece("<0x-1>", 0, 6), "<0x-1>"),
            malformed(
                "bos beyond the pieces",
                SentencePieceBytes.model().trainer(fields().number(41, 8)),
                "id 8",
                "8 pieces")),
        Stream.of(
            unsupported("Unigram", fields().number(3, 1), "Unigram"),
            unsupported("word model", fields().number(3, 3), "of type 3"),
            unsupported("spaces as suffix", fields().number(24, 1), "beginning of words"),
            new Case(
                "tiktoken ranks",
                "IQ== 0\nIg== 1\n".getBytes(StandardCharsets.US_ASCII),
                UnsupportedModelException.class,
                "tiktoken",
                "tokenizer.json")));
  }

  private static byte[] elevenBytes() {
    byte[] bytes = new byte[11];
    Arrays.fill(bytes, (byte) 0xff);
    return bytes;
  }

  private static byte[] latin1() {
    return new byte[] {(byte) 0xe9};
  }

  @ParameterizedTest
  @MethodSource("models")
  void read_damagedModel_saysWhatIsWrong(Case model) {
    assertThatThrownBy(() -> read(model.model()))
        .isInstanceOf(model.error())
        .hasMessageContaining("tokenizer.model")
        .satisfies(e -> assertThat(e.getMessage()).contains(model.words()));
  }

  @Test
  void read_cutOffOrFlipped_worksOrIsRefused() {
    byte[] whole = SentencePieceBytes.model().bytes();
    for (int length = 0; length < whole.length; length++) {
      readOrRefuse(Arrays.copyOf(whole, length), "cut off after " + length + " bytes");
    }
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 400; i++) {
      byte[] damaged = whole.clone();
      int bit = random.nextInt(8 * damaged.length);
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      readOrRefuse(damaged, "seed " + SEED + ", round " + i);
    }
  }

  private void readOrRefuse(byte[] model, String damage) {
    try {
      assertThat(read(model).vocabulary().size()).isPositive();
    } catch (QuantException e) {
      assertThat(e.remedy()).isNotBlank();
    } catch (RuntimeException e) {
      fail(damage, e);
    }
  }
}
