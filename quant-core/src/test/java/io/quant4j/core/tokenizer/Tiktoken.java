package io.quant4j.core.tokenizer;

import io.quant4j.api.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Byte-level BPE from a file of tiktoken, which ranks entries instead of merges. The merges of an
 * entry are all its splits into two entries, as in Hugging Face's conversion.
 */
final class Tiktoken {
  private Tiktoken() {}

  /** Reads the entries, "base64 rank" in each line, in order of rank, and adds their merges. */
  static SpecBuilder read(Path file) throws IOException {
    Map<String, Integer> ranks = new HashMap<>();
    List<String> entries = new ArrayList<>();
    for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
      String entry = letters(Base64.getDecoder().decode(line.substring(0, line.indexOf(' '))));
      if (Integer.parseInt(line.substring(line.indexOf(' ') + 1).strip()) != entries.size()) {
        throw new IOException(file + ": ranks are not in order");
      }
      ranks.put(entry, entries.size());
      entries.add(entry);
    }
    List<String> merges = new ArrayList<>();
    for (String entry : entries) {
      merges.addAll(merges(entry, ranks));
    }
    return SpecBuilder.byteLevel().words(entries.toArray(String[]::new)).merges(merges);
  }

  private static String letters(byte[] bytes) {
    StringBuilder letters = new StringBuilder();
    for (byte b : bytes) {
      letters.append(ByteAlphabet.letter(b & 0xFF));
    }
    return letters.toString();
  }

  /** All ways to put an entry together of two others, those of better left parts first. */
  private static List<String> merges(String entry, Map<String, Integer> ranks) {
    return IntStream.range(1, entry.length())
        .filter(i -> ranks.containsKey(entry.substring(0, i)))
        .filter(i -> ranks.containsKey(entry.substring(i)))
        .boxed()
        .sorted(Comparator.comparing(i -> ranks.get(entry.substring(0, i))))
        .map(i -> entry.substring(0, i) + " " + entry.substring(i))
        .toList();
  }

  /** Llama 3 with its begin token. */
  static Tokenizer llama3() throws IOException {
    SpecBuilder spec = read(SharedTokenizers.path("tiktoken/llama-3.model"));
    return new ByteLevelBpe()
        .create(
            spec.bos("<|begin_of_text|>", true)
                .eos("<|end_of_text|>", false)
                .preTokenizer("llama-bpe")
                .ignoreMerges()
                .build());
  }

  /** Qwen 2 without added tokens. */
  static Tokenizer qwen2() throws IOException {
    return new ByteLevelBpe()
        .create(
            read(SharedTokenizers.path("tiktoken/qwen.tiktoken")).preTokenizer("qwen2").build());
  }
}
