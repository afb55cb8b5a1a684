package io.quant4j.core.tokenizer;

import io.quant4j.api.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Byte-level BPE from a file of tiktoken, which ranks entries instead of merges. An entry's merge is that of the two parts
 * to which the entries of better rank reduce it.
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
    for (int rank = 0; rank < entries.size(); rank++) {
      if (entries.get(rank).length() > 1) {
        merges.add(merge(entries.get(rank), rank, ranks));
      }
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

  private static String merge(String entry, int rank, Map<String, Integer> ranks) throws IOException {
    List<String> parts =
        NaiveBpe.merge(
            entry.chars().mapToObj(Character::toString).toList(),
            (left, right) -> {
              Integer found = ranks.get(left + right);
              return found == null || found >= rank
                  ? OptionalDouble.empty()
                  : OptionalDouble.of(-found);
            });
    if (parts.size() != 2) {
      throw new IOException("rank " + rank + " is not a merge of two better ones: " + parts);
    }
    return parts.getFirst() + " " + parts.getLast();
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
