package io.quant4j.gguf.mapping;

import io.quant4j.gguf.file.GgufValue;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** Numbers of {@code general.file_type} (upstream: {@code enum llama_ftype} in llama.h). */
public final class FileTypes {
  /** Added to the number when a tool has guessed it from the tensors. */
  private static final int GUESSED = 1024;

  private static final Map<String, Integer> NUMBERS =
      Map.ofEntries(
          Map.entry("F32", 0),
          Map.entry("F16", 1),
          Map.entry("Q4_0", 2),
          Map.entry("Q4_1", 3),
          Map.entry("Q8_0", 7),
          Map.entry("Q5_0", 8),
          Map.entry("Q5_1", 9),
          Map.entry("Q2_K", 10),
          Map.entry("Q3_K_S", 11),
          Map.entry("Q3_K_M", 12),
          Map.entry("Q3_K_L", 13),
          Map.entry("Q4_K_S", 14),
          Map.entry("Q4_K_M", 15),
          Map.entry("Q5_K_S", 16),
          Map.entry("Q5_K_M", 17),
          Map.entry("Q6_K", 18),
          Map.entry("IQ2_XXS", 19),
          Map.entry("IQ2_XS", 20),
          Map.entry("Q2_K_S", 21),
          Map.entry("IQ3_XS", 22),
          Map.entry("IQ3_XXS", 23),
          Map.entry("IQ1_S", 24),
          Map.entry("IQ4_NL", 25),
          Map.entry("IQ3_S", 26),
          Map.entry("IQ3_M", 27),
          Map.entry("IQ2_S", 28),
          Map.entry("IQ2_M", 29),
          Map.entry("IQ4_XS", 30),
          Map.entry("IQ1_M", 31),
          Map.entry("BF16", 32),
          Map.entry("TQ1_0", 36),
          Map.entry("TQ2_0", 37),
          Map.entry("MXFP4_MOE", 38),
          Map.entry("NVFP4", 39),
          Map.entry("Q1_0", 40),
          Map.entry("Q2_0", 41));

  private static final Map<Integer, String> NAMES =
      NUMBERS.entrySet().stream()
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getValue, Map.Entry::getKey));

  private FileTypes() {}

  /** The number of a file type by its exact name. */
  public static OptionalInt numberOf(String name) {
    Integer number = NUMBERS.get(name);
    return number == null ? OptionalInt.empty() : OptionalInt.of(number);
  }

  /** The name that a file's metadata states, if it is known. */
  public static Optional<String> stated(Map<String, GgufValue> values) {
    return values.get(ModelKeys.FILE_TYPE) instanceof GgufValue.Int number
        ? nameOf((int) number.value())
        : Optional.empty();
  }

  /** The name of a number, guessed or not. */
  public static Optional<String> nameOf(int number) {
    return Optional.ofNullable(NAMES.get(number & ~GUESSED));
  }
}
