package io.quant4j.core.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.Tokenizer;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@code llama_tokenize} of llama.cpp (commit 34af94cd9ab2) makes of texts with control tokens
 * in them, without tokens around the text, when it takes them for text and when it takes them for
 * tokens.
 */
@Tag("conformance")
class ControlTokenVectorsTest {

  static Stream<Arguments> vectors() {
    return Stream.of(
        vector("phi-3", "a</s> b", "263 829 29879 29958 289", "263 2 289"),
        vector("phi-3", "a </s>  b", "263 1533 29879 29958 29871 289", "263 29871 2 289"),
        vector(
            "phi-3",
            "<|user|>\n hi<|end|>\n<|assistant|> x",
            "529 29989 1792 29989 29958 13 7251 29966 29989 355 29989 29958 13 29966 29989 465"
                + " 22137 29989 29958 921",
            "32010 7251 32007 32001 921"),
        vector(
            "phi-3",
            "x <|endoftext|>  y",
            "921 529 29989 355 974 726 29989 29958 29871 343",
            "921 29871 32000 259 343"),
        vector("phi-3", "<s> a", "529 29879 29958 263", "1 29871 263"),
        vector("phi-3", "<unk>  b", "529 2960 29958 29871 289", "0 259 289"),
        vector(
            "phi-3",
            "[PAD32011] \n c",
            "518 29925 3035 29941 29906 29900 29896 29896 29962 29871 13 274",
            "32011 274"),
        vector(
            "phi-3",
            "<|end|>\t\n\u000b\f\r d",
            "529 29989 355 29989 29958 12 13 14 15 30004 270",
            "32007 270"),
        vector("phi-3", "<|endoftext|>", "529 29989 355 974 726 29989 29958", "32000"),
        vector("llama-spm", "a</s> b", "263 829 29879 29958 289", "263 2 29871 289"),
        vector("llama-spm", "a </s>  b", "263 1533 29879 29958 29871 289", "263 29871 2 259 289"),
        vector(
            "llama-spm",
            "<|user|>\n hi<|end|>\n<|assistant|> x",
            "529 29989 1792 29989 29958 13 7251 29966 29989 355 29989 29958 13 29966 29989 465"
                + " 22137 29989 29958 921",
            "529 29989 1792 29989 29958 13 7251 29966 29989 355 29989 29958 13 29966 29989 465"
                + " 22137 29989 29958 921"),
        vector(
            "llama-spm",
            "x <|endoftext|>  y",
            "921 529 29989 355 974 726 29989 29958 29871 343",
            "921 529 29989 355 974 726 29989 29958 29871 343"),
        vector("llama-spm", "<s> a", "529 29879 29958 263", "1 29871 263"),
        vector("llama-spm", "<unk>  b", "529 2960 29958 29871 289", "0 259 289"),
        vector(
            "llama-spm",
            "[PAD32011] \n c",
            "518 29925 3035 29941 29906 29900 29896 29896 29962 29871 13 274",
            "518 29925 3035 29941 29906 29900 29896 29896 29962 29871 13 274"),
        vector(
            "llama-spm",
            "<|end|>\t\n\u000b\f\r d",
            "529 29989 355 29989 29958 12 13 14 15 30004 270",
            "529 29989 355 29989 29958 12 13 14 15 30004 270"),
        vector(
            "llama-spm",
            "<|endoftext|>",
            "529 29989 355 974 726 29989 29958",
            "529 29989 355 974 726 29989 29958"));
  }

  private static Arguments vector(String vocabulary, String text, String plain, String special) {
    return Arguments.of(vocabulary, text, ids(plain), ids(special));
  }

  private static int[] ids(String list) {
    return Arrays.stream(list.split(" ")).mapToInt(Integer::parseInt).toArray();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void encode_withControlTokens_equalsLlamaCpp(
      String vocabulary, String text, int[] plain, int[] special) {
    Tokenizer tokenizer = SharedTokenizers.gguf(vocabulary);

    assertThat(tokenizer.encode(text, false, false)).isEqualTo(plain);
    assertThat(tokenizer.encode(text, false, true)).isEqualTo(special);
  }
}
